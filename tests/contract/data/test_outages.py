"""Supabase slow, broken or away: a user is told within five seconds, an activity tries again."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from shared.adapters.supabase.connection import connection_to
from shared.adapters.supabase.files import SupabaseFiles
from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.user_data import SupabaseUserData
from shared.domain.deadline import Deadline
from shared.domain.deployment import DeploymentQuery
from shared.domain.failure import Failure
from shared.domain.model import ServingRecipe
from shared.domain.status import Status
from shared.errors import SlipwayError, TransientError
from shared.errors.requests import Unauthenticated
from shared.errors.waiting import Unavailable
from shared.identity.tokens import TokenVerifier
from tests.support.data import Person, Project, settings_for
from tests.support.world import until

FAULTS = [
    {"status": 503},
    {"status": 500},
    {"status": 429},
    {"drop_connection": True},
]
SOME_ID = "00000000-0000-4000-8000-000000000001"
SERVING = ServingRecipe(
    sha256="0", version="1", algorithm="Ridge", columns=[], example={}, requirements=["a==1"],
    environment_name="slipway-serving-0",
)  # fmt: skip
Order = Callable[[dict[str, Any]], None]


@pytest.fixture
def order(project: Project) -> Iterator[Order]:
    """Orders a fault for every data request until the test ends. No import is timed."""
    connection_to(project.settings).as_service()

    def order(fault: dict[str, Any]) -> None:
        match = {"path_regex": "^/(rest|storage)/"}
        httpx.put(
            f"{project.url}/_control/faults", json=[{"match": match, "times": 1000, **fault}]
        ).raise_for_status()

    yield order
    httpx.delete(f"{project.url}/_control/faults").raise_for_status()


def failure(attempt: Callable[[], object]) -> tuple[SlipwayError, float]:
    began = time.monotonic()
    with pytest.raises(SlipwayError) as raised:
        attempt()
    return raised.value, time.monotonic() - began


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_user_is_told_to_come_back(
    project: Project, ada: Person, order: Order, fault: dict[str, Any]
) -> None:
    data = SupabaseUserData(project.settings, ada.principal)
    order(fault)
    for attempt in (
        data.stats,
        data.count_request,
        lambda: data.deployments(DeploymentQuery()),
        lambda: data.deployment(SOME_ID),
        lambda: data.delete_deployment(SOME_ID),
    ):
        error, seconds = failure(attempt)
        assert isinstance(error, Unavailable)
        assert (error.code, error.status) == ("supabase_unavailable", 503)
        assert error.fix
        assert seconds < 1


def test_a_user_is_told_within_five_seconds_when_nothing_comes_back(
    project: Project, ada: Person, order: Order
) -> None:
    order({"delay_seconds": 30})
    error, seconds = failure(SupabaseUserData(project.settings, ada.principal).stats)
    assert isinstance(error, Unavailable)
    assert seconds < 5


def test_all_calls_of_a_request_share_its_deadline(
    project: Project, ada: Person, order: Order
) -> None:
    data = SupabaseUserData(project.settings, ada.principal, Deadline.after(3))
    order({"delay_seconds": 2})
    data.count_request()
    error, seconds = failure(data.stats)
    assert isinstance(error, Unavailable)
    assert seconds < 1.8, "what was left, not a time-out of its own"


def test_a_request_whose_time_is_over_asks_nothing_more(project: Project, ada: Person) -> None:
    over = SupabaseUserData(project.settings, ada.principal, Deadline.after(0))
    error, seconds = failure(over.stats)
    assert isinstance(error, Unavailable)
    assert seconds < 0.2


def test_a_deployment_that_was_not_started_is_given_up_even_when_the_time_is_over(
    project: Project, ada: Person
) -> None:
    made = project.database.new_deployment(ada.id, ada.model_id)
    over = SupabaseUserData(project.settings, ada.principal, Deadline.after(0))
    over.abandon_deployment(
        made, Failure(code="start_failed", message="It could not be started.", fix="Try again.")
    )
    row = SupabaseRecords(project.settings).deployment(made)
    assert row is not None
    assert row.status is Status.FAILED


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_activity_is_tried_again(
    project: Project, order: Order, tmp_path: Path, fault: dict[str, Any]
) -> None:
    records, files = SupabaseRecords(project.settings), SupabaseFiles(project.settings)
    order(fault)
    for attempt in (
        lambda: records.deployment(SOME_ID),
        lambda: records.move(SOME_ID, Status.ACTIVE),
        lambda: files.find_artifact("a/b"),
        lambda: files.keep_artifact("a/b", tmp_path, SERVING),
        lambda: files.download_model(f"{SOME_ID}/m", tmp_path / "m", max_bytes=9),
    ):
        error, seconds = failure(attempt)
        assert isinstance(error, TransientError)
        assert error.code == "supabase_unavailable"
        assert error.wait_seconds > 0
        assert seconds < 1


def test_a_project_that_is_away_is_the_same_to_both(
    project: Project, ada: Person, tmp_path: Path
) -> None:
    away = settings_for(project.facts, supabase_url="http://127.0.0.1:9")
    error, seconds = failure(SupabaseUserData(away, ada.principal).stats)
    assert isinstance(error, Unavailable)
    assert seconds < 5
    error, _ = failure(lambda: SupabaseRecords(away).deployment(SOME_ID))
    assert isinstance(error, TransientError)
    error, _ = failure(lambda: SupabaseFiles(away).find_artifact("a"))
    assert isinstance(error, TransientError)
    error, _ = failure(lambda: TokenVerifier(away).verify(f"Bearer {ada.token}"))
    assert isinstance(error, Unavailable)


def test_work_goes_on_when_the_fault_has_passed(
    project: Project, ada: Person, order: Order
) -> None:
    data = SupabaseUserData(project.settings, ada.principal)
    order({"drop_connection": True})
    failure(data.stats)
    httpx.delete(f"{project.url}/_control/faults")
    assert data.stats().total_deployments == 0


def test_a_wrong_secret_key_is_a_matter_for_the_operator(project: Project) -> None:
    wrong = settings_for(project.facts, supabase_service_key="sb_secret_wrong")
    error, _ = failure(lambda: SupabaseRecords(wrong).deployment(SOME_ID))
    assert isinstance(error, Unavailable)
    assert error.code == "supabase_misconfigured"
    assert "SUPABASE_SERVICE_KEY" in error.fix
    assert "sb_secret_wrong" not in str(error)


def test_a_project_without_the_migrations_is_a_matter_for_the_operator(
    project: Project, ada: Person
) -> None:
    data = SupabaseUserData(project.settings, ada.principal)

    def refusal() -> Unavailable | None:
        try:
            data.stats()
        except Unavailable as error:
            return error
        return None

    def missing_from_the_picture() -> Unavailable | None:
        """Not PostgreSQL's own 42P01: the gateway itself has looked, and no older look is left."""
        error = refusal()
        return error if error and getattr(error.__cause__, "code", "") == "PGRST205" else None

    project.database.run("alter view public.deployment_numbers rename to hidden_numbers")
    try:
        error = until(missing_from_the_picture, "the gateway sees that the view is gone", 60)
    finally:
        project.database.run("alter view public.hidden_numbers rename to deployment_numbers")
    assert error.code == "supabase_misconfigured"
    assert "supabase/migrations" in error.fix
    until(lambda: refusal() is None, "the gateway sees that the view is back", 60)


def test_a_token_that_supabase_itself_refuses_means_signing_in_again(
    project: Project, ada: Person
) -> None:
    head, body, signature = ada.token.split(".")
    forged = SecretStr(f"{head}.{body}.{signature[::-1]}")
    principal = type(ada.principal)(ada.id, forged)
    error, _ = failure(SupabaseUserData(project.settings, principal).stats)
    assert isinstance(error, Unauthenticated)
