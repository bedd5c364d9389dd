"""What the adapters for one user's rows share: that user's client, and one deadline."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.adapters.supabase.connection import connection_to
from shared.adapters.supabase.replies import Asker, data_of
from shared.adapters.supabase.time_left import within
from shared.config import Settings
from shared.domain.deadline import Deadline
from shared.identity.tokens import Principal

if TYPE_CHECKING:
    from supabase import Client


class UserCalls:
    """Row level security decides what is seen; a forgotten filter shows nobody else's rows.

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
