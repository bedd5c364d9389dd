"""Opcodes that make containers and fill them."""

from collections.abc import Callable, Sequence
from typing import Any

from serving.model_file import calls
from serving.model_file.rewrite.batches import LARGE, read_batch
from serving.model_file.rewrite.machine import Machine
from serving.model_file.symbols import MARK, Items, Made, Table

LONGEST_KEY = 64
_LARGEST_KEY = 1 << 62
_SLOW = frozenset({int, tuple})
"""Kinds of keys among which some are slow to hash."""


def _mark(machine: Machine) -> None:
    target = machine.stack[-1] if machine.stack else None
    machine.mark()
    machine.written += b"("
    if (type(target) is Table or type(target) is Items) and target.size >= LARGE:
        read_batch(machine, target)


def _empty_tuple(machine: Machine) -> None:
    machine.stack.append(())
    machine.written += b")"


def _empty_list(machine: Machine) -> None:
    machine.stack.append(Items("list"))
    machine.written += b"]"


def _empty_set(machine: Machine) -> None:
    machine.stack.append(Items("set"))
    machine.written += b"\x8f"


def _empty_dict(machine: Machine) -> None:
    machine.stack.append(Table())
    machine.written += b"}"


def _tuple(machine: Machine) -> None:
    made = tuple(machine.pop_to_mark())
    machine.levels.add_tuple(made)
    machine.stack.append(made)
    machine.written += b"t"


def _tuple_of(machine: Machine, size: int, opcode: bytes) -> None:
    items = machine.stack[-size:]
    if len(items) < size or MARK in items:
        raise IndexError
    made = tuple(items)
    machine.levels.add_tuple(made)
    machine.stack[-size:] = [made]
    machine.written += opcode


def _frozen_set(machine: Machine) -> None:
    items = Items("frozenset")
    kept = machine.pop_to_mark()
    _check_keys(machine, kept)
    items.extend(kept)
    machine.levels.put(items, kept)
    machine.stack.append(items)
    machine.written += b"\x91"


def _extend(machine: Machine, kind: str, opcode: bytes) -> None:
    items = machine.pop_to_mark()
    target = machine.stack[-1]
    if type(target) is Items and target.kind == kind:
        _add(machine, target, items)
    elif kind == "list" and type(target) is Made and calls.takes_items(target):
        machine.levels.put(target, items)
    else:
        machine.refuse(f"Items for what is no {kind}")
    machine.written += opcode


def _append(machine: Machine) -> None:
    item = machine.pop()
    target = machine.stack[-1]
    if type(target) is Items and target.kind == "list":
        _add(machine, target, (item,))
    elif type(target) is Made and calls.takes_items(target):
        machine.levels.put(target, (item,))
    else:
        machine.refuse("An item for what is no list")
    machine.written += b"a"


def _set_items(machine: Machine) -> None:
    items = machine.pop_to_mark()
    if len(items) % 2:
        raise IndexError
    _put(machine, items)
    machine.written += b"u"


def _set_item(machine: Machine) -> None:
    value = machine.pop()
    _put(machine, [machine.pop(), value])
    machine.written += b"s"


def _put(machine: Machine, items: list[Any]) -> None:
    target = machine.stack[-1]
    _check_keys(machine, items[::2])
    if type(target) is Table:
        _check_open(machine, target)
        target.put(items)
        if "_sklearn_version" in items:
            _note_version(machine, items)
        machine.levels.put(target, items)
    elif type(target) is Made and calls.takes_pairs(target):
        machine.levels.put(target, items)
    else:
        machine.refuse("Entries for what is no dict")


def _note_version(machine: Machine, items: list[Any]) -> None:
    for key, value in zip(items[::2], items[1::2], strict=True):
        if key == "_sklearn_version" and type(value) is str:
            machine.findings.sklearn_versions.add(value[:40])


def _check_open(machine: Machine, target: Items | Table) -> None:
    if target.sealed:
        machine.refuse("A container that is changed after a call has taken it")


def _check_keys(machine: Machine, keys: Sequence[Any]) -> None:
    if problem := _problem_of_keys(keys):
        machine.refuse(problem)


def _problem_of_keys(keys: Sequence[Any]) -> str:
    """What is slow to hash: enormous numbers, which collide, and tuples of tuples; "" for none."""
    if _SLOW.isdisjoint(map(type, keys)):
        return ""
    for key in keys:
        kind = type(key)
        if kind is int:
            if not -_LARGEST_KEY < key < _LARGEST_KEY:
                return "A key that is an enormous number"
        elif kind is tuple and (len(key) > LONGEST_KEY or any(type(k) is tuple for k in key)):
            return "A key that is a long tuple or a tuple of tuples"
    return ""


def _add(machine: Machine, target: Items, items: Sequence[Any]) -> None:
    """Note the items of a list or set; of a list, whether a set could be made of it."""
    _check_open(machine, target)
    if target.kind == "set":
        _check_keys(machine, items)
    elif not target.slow_keys:
        target.slow_keys = bool(_problem_of_keys(items))
    target.extend(items)
    machine.levels.put(target, items)


CONTAINERS: dict[bytes, Callable[[Machine], None]] = {
    b"(": _mark,
    b")": _empty_tuple,
    b"]": _empty_list,
    b"}": _empty_dict,
    b"\x8f": _empty_set,
    b"t": _tuple,
    b"\x85": lambda machine: _tuple_of(machine, 1, b"\x85"),
    b"\x86": lambda machine: _tuple_of(machine, 2, b"\x86"),
    b"\x87": lambda machine: _tuple_of(machine, 3, b"\x87"),
    b"\x91": _frozen_set,
    b"e": lambda machine: _extend(machine, "list", b"e"),
    b"\x90": lambda machine: _extend(machine, "set", b"\x90"),
    b"a": _append,
    b"u": _set_items,
    b"s": _set_item,
}
