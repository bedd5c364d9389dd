"""What Supabase replies: rows, or an error that says whether waiting helps.

Where it cannot be reached, is slow or overloaded, a user is told to come back (Unavailable), and
an activity is tried again (TransientError).
"""

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

import httpx
import structlog

from shared.adapters.supabase.database_errors import error_of
from shared.errors import SlipwayError
from shared.errors.requests import InvalidRequest, SignedOut
from shared.errors.waiting import SupabaseMisconfigured, SupabaseUnavailable, SupabaseUnreachable

if TYPE_CHECKING:
    from postgrest import APIError

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
