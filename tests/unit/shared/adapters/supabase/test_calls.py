"""From what PostgREST or the network says to what the caller should do."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from postgrest import APIError

from shared.adapters.supabase.calls import Asker, data_of
from shared.errors import SlipwayError, TransientError
from shared.errors.requests import EndpointNameTaken, InvalidRequest, Unauthenticated
from shared.errors.waiting import Unavailable


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def execute(self) -> Any:
        raise self.error


def outcome(error: Exception, asker: Asker) -> SlipwayError:
    with pytest.raises(SlipwayError) as raised:
        data_of(Failing(error), asker)
    return raised.value


def said(code: str | None, message: str = "m", details: str | None = None) -> APIError:
    return APIError({"code": code, "message": message, "details": details, "hint": None})


PASSING: list[Callable[[], Exception]] = [
    *(
        lambda code=code: said(code)
        for code in ("503", "500", "540", "429", "PGRST000", "PGRST001", "PGRST002", "PGRST003",
                     "57014", "57P03", "53300", "08006", "40001", "40P01", "25006", None)
    ),
    lambda: httpx.ConnectError("refused"),
    lambda: httpx.ReadTimeout("slow"),
    lambda: httpx.PoolTimeout("busy"),
    lambda: httpx.RemoteProtocolError("cut"),
]  # fmt: skip


@pytest.mark.parametrize("make", PASSING)
def test_what_passes_is_a_503_to_a_user_and_another_try_to_an_activity(
    make: Callable[[], Exception],
) -> None:
    told = outcome(make(), Asker.USER)
    assert isinstance(told, Unavailable)
    assert told.code == "supabase_unavailable"
    assert isinstance(outcome(make(), Asker.SERVICE), TransientError)


@pytest.mark.parametrize("code", ["PGRST301", "PGRST302", "PGRST303", "401"])
def test_a_refused_token_is_the_users_to_renew_and_a_refused_key_the_operators(code: str) -> None:
    assert isinstance(outcome(said(code), Asker.USER), Unauthenticated)
    misconfigured = outcome(said(code), Asker.SERVICE)
    assert isinstance(misconfigured, Unavailable)
    assert misconfigured.code == "supabase_misconfigured"


@pytest.mark.parametrize("code", ["42501", "42P01", "42883", "PGRST202", "PGRST205", "404"])
@pytest.mark.parametrize("asker", Asker)
def test_a_project_without_the_migrations_is_named_as_such(code: str, asker: Asker) -> None:
    error = outcome(said(code), asker)
    assert isinstance(error, Unavailable)
    assert code in error.message
    assert "supabase/migrations" in error.fix


@pytest.mark.parametrize("code", ["22P02", "22P05", "23514", "23502"])
def test_a_value_that_the_database_refuses_is_the_callers_to_correct(code: str) -> None:
    assert isinstance(outcome(said(code), Asker.USER), InvalidRequest)


def test_a_refusal_of_our_own_functions_comes_with_its_facts() -> None:
    error = outcome(said("P0001", "endpoint_name_taken", '{"name": "iris"}'), Asker.USER)
    assert isinstance(error, EndpointNameTaken)
    assert "iris" in error.message


def test_somebody_elses_exception_is_not_taken_for_ours() -> None:
    error = outcome(said("P0001", "a trigger of the project's own"), Asker.USER)
    assert isinstance(error, Unavailable)
    assert error.code == "supabase_misconfigured"
