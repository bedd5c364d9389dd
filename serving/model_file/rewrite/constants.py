"""Opcodes that push a number, a text or bytes."""

from collections.abc import Callable

from serving.model_file.findings import Refused
from serving.model_file.rewrite.machine import Machine
from serving.model_file.symbols import FLOAT

LONGEST_TEXT = 256
"""Longer texts name nothing and are not kept."""
_BYTES = [b"J" + bytes((value, 0, 0, 0)) for value in range(256)]
LONGEST_NUMBER = 64
"""Bytes of an integer; random states have 624 words of 4 and two numbers of 16."""


def _none(machine: Machine) -> None:
    machine.stack.append(None)
    machine.written += b"N"


def _true(machine: Machine) -> None:
    machine.stack.append(True)
    machine.written += b"\x88"


def _false(machine: Machine) -> None:
    machine.stack.append(False)
    machine.written += b"\x89"


def _integer(machine: Machine, value: int) -> None:
    machine.stack.append(value)
    if -(1 << 31) <= value < 1 << 31:
        machine.written += b"J" + value.to_bytes(4, "little", signed=True)
    else:
        data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        machine.written += b"\x8a" + bytes((len(data),)) + data


def _signed(machine: Machine) -> None:
    source = machine.source
    start = source.position
    source.position = start + 4
    data = source.buffer[start : start + 4]
    machine.stack.append(int.from_bytes(data, "little", signed=True))
    machine.written += b"J" + data


def _byte(machine: Machine) -> None:
    source = machine.source
    start = source.position
    source.position = start + 1
    value = source.buffer[start]
    machine.stack.append(value)
    machine.written += _BYTES[value]


def _two_bytes(machine: Machine) -> None:
    _integer(machine, machine.number(2))


def _long(machine: Machine) -> None:
    size = machine.number(1)
    if size > LONGEST_NUMBER:
        raise Refused(f"A number of {size} bytes; no model holds one of over {LONGEST_NUMBER}")
    _integer(machine, int.from_bytes(machine.source.take(size), "little", signed=True))


def _float(machine: Machine) -> None:
    source = machine.source
    start = source.position
    source.position = start + 8
    machine.stack.append(FLOAT)
    machine.written += b"G" + source.buffer[start : start + 8]


def _text(machine: Machine, width: int) -> bool:
    size = machine.number(width)
    if size > LONGEST_TEXT:
        return machine.pass_on("text", size, b"X", b"\x8d")
    source = machine.source
    start = source.position
    if start + size <= source.end:
        source.position = start + size
        data = source.buffer[start : start + size]
    else:
        data = source.take(size)
    try:
        machine.stack.append(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        raise machine.damaged() from None
    machine.written += b"X" + size.to_bytes(4, "little") + data
    return False


def _binary(machine: Machine, width: int) -> bool:
    return machine.pass_on("bytes", machine.number(width), b"B", b"\x8e")


def _byte_array(machine: Machine) -> bool:
    return machine.pass_on("bytearray", machine.number(8), b"", b"\x96")


CONSTANTS: dict[bytes, Callable[[Machine], bool | None]] = {
    b"N": _none,
    b"\x88": _true,
    b"\x89": _false,
    b"J": _signed,
    b"K": _byte,
    b"M": _two_bytes,
    b"\x8a": _long,
    b"G": _float,
    b"\x8c": lambda machine: _text(machine, 1),
    b"X": lambda machine: _text(machine, 4),
    b"\x8d": lambda machine: _text(machine, 8),
    b"C": lambda machine: _binary(machine, 1),
    b"B": lambda machine: _binary(machine, 4),
    b"\x8e": lambda machine: _binary(machine, 8),
    b"\x96": _byte_array,
}
