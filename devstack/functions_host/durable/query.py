"""Which instances a caller wants to see: the query parameters of the management API, as SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from devstack.functions_host.durable.history import timestamp
from devstack.functions_host.durable.instance import Status

Place = tuple[str, str]  # created_at, instance_id: where a page ends
PAGE = 100


class InvalidFilterError(Exception):
    """A query parameter that cannot be read."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"The value '{value}' of '{name}' is not valid.")


@dataclass(frozen=True)
class InstanceFilter:
    created_from: str | None = None
    created_to: str | None = None
    statuses: tuple[str, ...] = ()
    prefix: str = ""
    top: int = PAGE

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "InstanceFilter":
        """Raises InvalidFilterError."""
        statuses = tuple(s for s in query.get("runtimeStatus", "").split(",") if s)
        known = {s.lower() for s in (*Status, "ContinuedAsNew", "Canceled")}
        for status in statuses:
            if status.lower() not in known:
                raise InvalidFilterError("runtimeStatus", status)
        return cls(
            created_from=moment(query, "createdTimeFrom"),
            created_to=moment(query, "createdTimeTo"),
            statuses=statuses,
            prefix=query.get("instanceIdPrefix", ""),
            top=page_size(query),
        )

    def sql(self, after: Place | None) -> tuple[str, tuple[object, ...]]:
        """A condition and its values."""
        conditions: list[tuple[str, tuple[object, ...]]] = [("1", ())]
        if self.created_from is not None:
            conditions.append(("created_at >= ?", (self.created_from,)))
        if self.created_to is not None:
            conditions.append(("created_at <= ?", (self.created_to,)))
        if self.statuses:
            marks = ",".join("?" * len(self.statuses))
            lowered = tuple(s.lower() for s in self.statuses)
            conditions.append((f"lower(status) in ({marks})", lowered))
        if self.prefix:
            conditions.append(("substr(instance_id, 1, ?) = ?", (len(self.prefix), self.prefix)))
        if after is not None:
            conditions.append(("(created_at, instance_id) > (?, ?)", after))
        return " and ".join(c for c, _ in conditions), tuple(v for _, vs in conditions for v in vs)


def moment(query: Mapping[str, str], name: str) -> str | None:
    """A query parameter that is a time, as text that sorts. Raises InvalidFilterError."""
    text = query.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidFilterError(name, text) from error
    return timestamp(found if found.tzinfo else found.replace(tzinfo=UTC))


def page_size(query: Mapping[str, str]) -> int:
    """Raises InvalidFilterError."""
    text = query.get("top") or str(PAGE)
    if not text.isdigit() or int(text) == 0:
        raise InvalidFilterError("top", text)
    return int(text)
