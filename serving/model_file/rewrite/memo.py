"""Opcodes that drop values, keep them in the memo and get them from there."""

from collections.abc import Callable

from serving.model_file import names
from serving.model_file.findings import Refused
from serving.model_file.rewrite.machine import NEAR, Machine, recalled
from serving.model_file.symbols import MARK, Made


def _drop(machine: Machine) -> None:
    if machine.stack.pop() is MARK:
        machine.marks -= 1
    machine.written += b"0"


def _drop_to_mark(machine: Machine) -> None:
    machine.pop_to_mark()
    machine.written += b"1"


def _memoize(machine: Machine) -> None:
    _remember(machine, len(machine.memo))


def _put_at(machine: Machine, width: int) -> None:
    _remember(machine, machine.number(width))


def _remember(machine: Machine, index: int) -> None:
    top = machine.stack[-1]
    position = len(machine.memo)
    if machine.indices is not None:
        if index in machine.indices:
            raise Refused("A memo entry is written twice")
        machine.indices[index] = position
    elif index != position:
        if index < position:
            raise Refused("A memo entry is written twice")
        machine.indices = {n: n for n in range(position)}
        machine.indices[index] = position
    if top is MARK:
        raise IndexError
    machine.memo.append(top)
    machine.places.append(machine.count)
    machine.count += 1
    machine.written += b"\x94"


def _recall(machine: Machine) -> None:
    source = machine.source
    start = source.position
    source.position = start + 1
    _get(machine, source.buffer[start])


def _recall_far(machine: Machine) -> None:
    _get(machine, machine.number(4))


def _get(machine: Machine, index: int) -> None:
    position = index if machine.indices is None else machine.indices[index]
    value = machine.memo[position]
    if type(value) is Made and value.maker.use == names.WRAPPER:
        raise Refused("An array wrapper that is used twice")
    place = machine.places[position]
    machine.written += NEAR[place] if place < 256 else recalled(place)
    machine.stack.append(value)


MEMO: dict[bytes, Callable[[Machine], None]] = {
    b"0": _drop,
    b"1": _drop_to_mark,
    b"\x94": _memoize,
    b"q": lambda machine: _put_at(machine, 1),
    b"r": lambda machine: _put_at(machine, 4),
    b"h": _recall,
    b"j": _recall_far,
}
