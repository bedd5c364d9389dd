"""Opcodes that drop values, keep them in the memo and get them from there."""

from collections.abc import Callable

from serving.model_file import names
from serving.model_file.findings import Refused
from serving.model_file.rewrite.machine import Machine, recalled
from serving.model_file.symbols import MARK, Made


def _drop(machine: Machine) -> None:
    if machine.stack.pop() is MARK:
        machine.marks -= 1
    machine.written += b"0"


def _drop_to_mark(machine: Machine) -> None:
    machine.pop_to_mark()
    machine.written += b"1"


def _memoize(machine: Machine) -> None:
    if machine.indices is not None:
        _give_number(machine, machine.memo.size)
    _remember(machine)


def _put_at(machine: Machine, width: int) -> None:
    index = machine.number(width)
    if machine.indices is not None or index != machine.memo.size:
        _give_number(machine, index)
    _remember(machine)


def _remember(machine: Machine) -> None:
    top = machine.stack[-1]
    if top is MARK:
        raise IndexError
    machine.memo.values.append(top)
    machine.memo.places.append(machine.count)
    machine.count += 1
    machine.written += b"\x94"


def _give_number(machine: Machine, index: int) -> None:
    """Note the file's own number of the next entry, where numbers are not in order."""
    position = machine.memo.size
    if machine.indices is None:
        machine.indices = {n: n for n in range(position)}
    if index in machine.indices:
        raise Refused("A memo entry is written twice")
    machine.indices[index] = position


def _recall(machine: Machine) -> None:
    source = machine.source
    start = source.position
    source.position = start + 1
    _get(machine, source.buffer[start])


def _recall_far(machine: Machine) -> None:
    _get(machine, machine.number(4))


def _get(machine: Machine, index: int) -> None:
    """Push the entry that has this number in the file."""
    if machine.indices is not None:
        index = machine.indices[index]
    value, place = machine.memo.entry(index)
    if type(value) is Made and value.maker.use == names.WRAPPER:
        raise Refused("An array wrapper that is used twice")
    machine.written += recalled(place)
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
