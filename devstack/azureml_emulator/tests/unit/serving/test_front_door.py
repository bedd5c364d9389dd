import datetime as dt

from devstack.azureml_emulator.arm.records import Deployment
from devstack.azureml_emulator.serving.front_door import concurrency_limit, request_timeout


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
