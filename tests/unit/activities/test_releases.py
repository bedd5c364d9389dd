"""A watched revision against its limits and against the one that it should replace."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.metrics import Served
from shared.domain.release import Release
from shared.wire.phases import WatchRelease
from tests.support.phases import Performed, PhaseWorld
from tests.support.records import NOW, row
from tests.support.serving_target import ServingTargetFake

GOOD = Served(requests=100, errors=1, p95_ms=100)
BEGAN = NOW - timedelta(minutes=2)


class NoMetrics(ServingTargetFake):
    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self.metrics = None


def watch(
    new: Served, *old: Served, cloud: type[ServingTargetFake] = ServingTargetFake, **asked: Any
) -> Performed:
    """`asked`: fields of the release and of the phase's input."""
    phase = {"share": 10, "last": True, "note": "", **asked}
    fields = {name: phase.pop(name) for name in list(phase) if name in Release.model_fields}
    release = Release(strategy="canary", **fields)
    world = PhaseWorld(row(release=release.model_dump()), cloud=cloud)
    before = [f"old-{number}" for number in range(len(old))]
    world.target.measured = {"blue": new, **dict(zip(before, old, strict=True))}
    return world.perform(WatchRelease, before=before, since=BEGAN, until=NOW, **phase)


def test_a_good_one_is_told_with_both_ones_numbers():
    told = watch(GOOD, GOOD).done
    assert told["silent"] is False
    assert told["message"] == (
        "10 %: good. The new revision had 1.0 % errors of 100 requests, p95 100 ms;"
        " the old one 1.0 % errors of 100 requests, p95 100 ms."
    )
    assert watch(GOOD, share=0).done["message"].startswith("Copied requests: good.")


def test_before_the_steps_end_nothing_is_told_but_what_its_owner_has_asked():
    assert watch(GOOD, last=False).done["message"] == ""
    assert watch(GOOD, last=False, note="Paused.").done["message"] == "Paused."
    assert watch(GOOD, note="Resumed.").done["message"].startswith("Resumed. 10 %: good.")


@pytest.mark.parametrize(
    ("on_silence", "next"), [("wait", "Waiting for more."), ("go_on", "Going on, as asked.")]
)
def test_too_few_requests_prove_nothing(on_silence: str, next: str):
    few = Served(requests=19, errors=19, p95_ms=9000)
    told = watch(few, on_silence=on_silence).done
    assert told["silent"] is True
    assert told["message"] == f"10 %: only 19 of at least 20 requests to judge by. {next}"
    told = watch(few, on_silence=on_silence, note="Resumed.").done["message"]
    assert told.startswith("Resumed. 10 %: only 19")
    assert watch(few, min_requests=19).failed is not None


def test_metrics_are_asked_for_of_this_endpoint_since_the_step_began():
    asked: list[Any] = []

    class Asked(ServingTargetFake):
        def served(self, *place_and_time: Any) -> Served:
            asked.append(place_and_time)
            return super().served(*place_and_time)

    watch(GOOD, GOOD, cloud=Asked)
    assert asked == [("iris", name, BEGAN, NOW) for name in ("blue", "old-0")]


def test_a_cloud_without_metrics_is_silent():
    assert watch(GOOD, cloud=NoMetrics).done["silent"] is True


@pytest.mark.parametrize(
    ("errors", "old", "bad"),
    [(1, 0, False), (2, 0, True), (5, 5, False), (6, 5, True)],
    ids=["at the limit", "over it", "as the old one", "worse than the old one"],
)
def test_more_errors_than_allowed_and_than_the_old_one_has_are_bad(
    errors: int, old: int, bad: bool
):
    outcome = watch(Served(requests=100, errors=errors), Served(requests=100, errors=old))
    assert (outcome.failed is not None) is bad
    if bad:
        assert outcome.refusal.code == "release_rejected"
        assert outcome.refusal.message == (
            f"{errors:.1f} % of its answers were errors; at most 1 % were allowed."
            f" The new revision had {errors:.1f} % errors of 100 requests;"
            f" the old one {old:.1f} % errors of 100 requests."
        )


@pytest.mark.parametrize(
    ("p95", "old", "limit", "bad"),
    [
        (200, 100, 200, False),
        (201, 100, 200, True),
        (900, 100, 1000, False),
        (150, 100, None, False),
        (151, 100, None, True),
        (300, 200, None, False),
        (301, 200, None, True),
        (60, 10, None, False),
        (61, 10, None, True),
        (9000, None, None, False),
        (None, 100, 1, False),
    ],
)
def test_a_slow_one_is_bad_by_its_limit_else_by_the_old_one(
    p95: float | None, old: float | None, limit: float | None, bad: bool
):
    asked: dict[str, Any] = {} if limit is None else {"max_p95_ms": limit}
    new, before = Served(requests=100, p95_ms=p95), Served(requests=100, p95_ms=old)
    outcome = watch(new, before, **asked)
    assert (outcome.failed is not None) is bad
    if bad and limit:
        assert outcome.refusal.message.startswith("Its p95 was 201 ms; at most 200 ms were allowed")
    elif bad:
        assert f"Its p95 was {p95} ms, more than 1.5 times the old one's." in (
            outcome.refusal.message
        )


def test_several_old_ones_are_judged_together():
    bad_one = Served(requests=100, errors=10, p95_ms=100)
    together = Served(requests=100, errors=5, p95_ms=100)
    assert watch(together, bad_one, GOOD).failed is None
    assert watch(Served(requests=100, errors=6), bad_one, GOOD).failed is not None
