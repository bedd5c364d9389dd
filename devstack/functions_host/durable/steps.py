"""What an orchestrator awaits: single steps, and groups of them that end with all or with one."""

from collections.abc import Callable


class Step:
    """Something awaited. Ends once; tells whoever waits, at once when it has ended already."""

    __slots__ = ("_then", "ended", "failed")

    def __init__(self) -> None:
        self.ended = self.failed = False
        self._then: list[Callable[[Step], None]] = []

    def end(self, failed: bool = False) -> None:
        if self.ended:
            return
        self.ended, self.failed = True, failed
        for callback in self._then:
            callback(self)

    def then(self, callback: "Callable[[Step], None]") -> None:
        if self.ended:
            callback(self)
        else:
            self._then.append(callback)


def when_all(members: list[Step]) -> Step:
    """Ends when *all* have: a fan-out that failed schedules nothing before its last sibling."""
    group = Step()
    left = len(members)

    def one_less(_: Step) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            group.end()

    for member in members:
        member.then(one_less)
    if not members:
        group.end()
    return group


def when_any(members: list[Step]) -> Step:
    """Ends when one has; at once where there is none."""
    group = Step()
    for member in members:
        member.then(lambda _: group.end())
    if not members:
        group.end()
    return group
