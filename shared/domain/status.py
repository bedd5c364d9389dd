"""The legal moves of a deployment's status; the database holds the same table in a trigger."""

from enum import StrEnum


class Status(StrEnum):
    """A deployment's status, as its row has it."""

    DEPLOYING = "deploying"
    ACTIVE = "active"
    ASLEEP = "asleep"
    """Its container is removed and costs nothing; it can be woken."""
    FAILED = "failed"
    DELETED = "deleted"


PROVISIONED = (Status.DEPLOYING, Status.ACTIVE)
"""These have a container in the cloud, or are about to have one."""
LIVING = (*PROVISIONED, Status.ASLEEP)
"""These keep their names on the endpoint and can serve, now or when they are woken."""

LEGAL_MOVES: dict[Status, frozenset[Status]] = {
    Status.DEPLOYING: frozenset({Status.ACTIVE, Status.FAILED, Status.DELETED, Status.ASLEEP}),
    Status.ACTIVE: frozenset({Status.DELETED, Status.FAILED, Status.ASLEEP}),
    Status.ASLEEP: frozenset({Status.DEPLOYING, Status.DELETED}),
    Status.FAILED: frozenset({Status.DELETED}),
    Status.DELETED: frozenset(),
}


def may_move(old: Status, new: Status) -> bool:
    """Whether LEGAL_MOVES allows it."""
    return new in LEGAL_MOVES[old]
