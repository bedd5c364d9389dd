"""The legal moves of a deployment's status; the database holds the same table in a trigger."""

from enum import StrEnum


class Status(StrEnum):
    DEPLOYING = "deploying"
    ACTIVE = "active"
    ASLEEP = "asleep"
    """Its container is removed and costs nothing; it can be woken."""
    FAILED = "failed"
    DELETED = "deleted"


LIVING = (Status.DEPLOYING, Status.ACTIVE)
"""What has, or is about to have, resources in Azure ML."""

LEGAL_MOVES: dict[Status, frozenset[Status]] = {
    Status.DEPLOYING: frozenset({Status.ACTIVE, Status.FAILED, Status.DELETED, Status.ASLEEP}),
    Status.ACTIVE: frozenset({Status.DELETED, Status.FAILED, Status.ASLEEP}),
    Status.ASLEEP: frozenset({Status.DEPLOYING, Status.DELETED}),
    Status.FAILED: frozenset({Status.DELETED}),
    Status.DELETED: frozenset(),
}


def may_move(old: Status, new: Status) -> bool:
    return new in LEGAL_MOVES[old]
