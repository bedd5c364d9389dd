import datetime as dt
import random
from collections import Counter

from devstack.azureml_emulator.arm.records import Deployment
from devstack.azureml_emulator.serving.front_door import (
    concurrency_limit,
    draw,
    request_timeout,
)


def deployment(settings: dict | None, capacity: int = 1) -> Deployment:
    return Deployment(
        endpoint="one",
        name="blue",
        location="westeurope",
        sku={"capacity": capacity},
        properties={"instanceType": "Standard_DS1_v2", "requestSettings": settings},
    )


def test_the_timeout_is_the_deployments_own_or_five_seconds():
    assert request_timeout(deployment(None)) == dt.timedelta(seconds=5)
    assert request_timeout(deployment({"requestTimeout": "PT1M30S"})) == dt.timedelta(seconds=90)
    assert request_timeout(deployment({"requestTimeout": "PT0.5S"})) == dt.timedelta(seconds=0.5)


def test_twice_what_the_instances_can_run_may_be_pending():
    assert concurrency_limit(deployment(None)) == 2
    settings = {"maxConcurrentRequestsPerInstance": 3}
    assert concurrency_limit(deployment(settings, capacity=4)) == 24


def test_a_thousand_requests_are_shared_by_weight_within_three_points():
    chance = random.Random(1)
    seen = Counter(draw({"blue": 90, "green": 10, "red": 0}, chance) for _ in range(1000))
    assert set(seen) == {"blue", "green"}
    assert abs(seen["green"] / 1000 - 0.10) < 0.03


def test_each_request_is_drawn_by_itself():
    chance = random.Random(1)
    drawn = [str(draw({"blue": 50, "green": 50}, chance)) for _ in range(20)]
    assert drawn != sorted(drawn)
    assert drawn != ["blue", "green"] * 10


def test_nobody_is_drawn_where_nobody_has_a_share():
    assert draw({}, random.Random(1)) is None
    assert draw({"blue": 0}, random.Random(1)) is None
