"""Calls to Supabase, and what their replies come to: rows, or an error that says whether to wait.

Where it cannot be reached, is slow or overloaded, a user is told to come back (Unavailable), and
an activity is tried again (TransientError).
"""

import re
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx
import structlog

from shared.adapters.supabase.connection import connection_to, within
from shared.adapters.supabase.database_errors import error_of
from shared.config import Settings
from shared.domain.deadline import Deadline
from shared.errors import SlipwayError
from shared.errors.requests import InvalidRequest, SignedOut
from shared.errors.waiting import SupabaseMisconfigured, SupabaseUnavailable, SupabaseUnreachable
from shared.identity.tokens import Principal

if TYPE_CHECKING:
    from postgrest import APIError

    from supabase import Client

log = structlog.get_logger()

PASSING = re.compile(
    r"5\d\d|429|408"  # HTTP, where the body is not PostgREST's: a proxy, a paused project
    r"|PGRST00[0-3]"  # PostgREST has no connection, no schema yet, or no slot
    r"|08...|53...|57...|58...|25006|40001|40P01|55P03|XX000"  # PostgreSQL
)
TOKEN_REFUSED = re.compile(r"PGRST30[0-3]|401")
VALUE_REFUSED = re.compile(r"22...|23502|23514|PGRST102")


class Asker(Enum):
    """Who asks: a user gets errors to act on, the service such as are tried again."""

    USER = "user"
    SERVICE = "service"

    def unavailable(self) -> SlipwayError:
        return SupabaseUnavailable() if self is Asker.USER else SupabaseUnreachable()

    def token_refused(self, code: str) -> SlipwayError:
        return SignedOut() if self is Asker.USER else SupabaseMisconfigured(code)


class UserCalls:
    """What the adapters for one user's rows share: that user's client, and one deadline.

    Row level security decides what is seen; a forgotten filter shows nobody else's rows.
    All calls together keep the deadline; without one, each has the settings' time-out.
    """

    def __init__(
        self, settings: Settings, principal: Principal, deadline: Deadline | None = None
    ) -> None:
        self._settings, self._principal, self._deadline = settings, principal, deadline

    @cached_property
    def _client(self) -> "Client":
        return connection_to(self._settings).as_user(self._principal.token)

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._data(self._client.rpc(function, arguments))

    def _data(self, query: Any) -> Any:
        with within(self._deadline):
            return data_of(query, Asker.USER)


def data_of(query: Any, asker: Asker) -> Any:
    """The data of this query, which is anything with `execute`.

    Raises the errors of database_errors.py; Unavailable for a user and TransientError for the
    service where Supabase does not answer; InvalidRequest, SignedOut, SupabaseMisconfigured.
    """
    from postgrest import APIError

    try:
        return query.execute().data
    except httpx.HTTPError as error:
        log.warning("supabase_unreachable", reason=type(error).__name__)
        raise asker.unavailable() from error
    except APIError as error:
        raise _as_slipway_error(error, asker) from error


def _as_slipway_error(error: "APIError", asker: Asker) -> SlipwayError:
    code = error.code
    if code == "P0001" and (raised := error_of(error.message, error.details)):
        return raised
    if code is None or PASSING.fullmatch(code):
        log.warning("supabase_unavailable", code=code)
        return asker.unavailable()
    if TOKEN_REFUSED.fullmatch(code):
        return asker.token_refused(code)
    if VALUE_REFUSED.fullmatch(code):
        return InvalidRequest(
            f"The database refuses a value: {error.message}",
            fix="Correct the value and send it again.",
        )
    log.error("supabase_misconfigured", code=code)
    return SupabaseMisconfigured(code)
