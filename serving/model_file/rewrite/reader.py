"""Reads one pickle, opcode by opcode, and the pickles of arrays of objects inside it."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from serving.model_file import wrappers
from serving.model_file.findings import Refused, Unreadable
from serving.model_file.lightgbm_text import LightGBMText
from serving.model_file.rewrite.constants import CONSTANTS
from serving.model_file.rewrite.containers import CONTAINERS
from serving.model_file.rewrite.machine import Machine
from serving.model_file.rewrite.memo import MEMO
from serving.model_file.rewrite.objects import OBJECTS
from serving.model_file.source import CHUNK

HEADER = b"\x80\x05"
MAX_NESTING = 8
Step = Callable[[Machine], bool | None]
"""What an opcode does; returns whether what follows are no opcodes."""


def _frame(machine: Machine) -> None:
    machine.source.begin_frame(machine.number(8))


def _stop(machine: Machine) -> bool:
    machine.ended = True
    return True


def _refuse_opcode(what: str) -> Step:
    def step(_: Machine) -> None:
        raise Refused(f"The file {what}")

    return step


def _unknown(machine: Machine) -> None:
    raise machine.damaged()


def _old(machine: Machine) -> None:
    if not machine.findings.is_pickle:
        raise machine.damaged()
    raise Refused("The file mixes opcodes of the pickle protocols 0 and 1 into a later one")


_OLD = b"FILSVpgdlTU"
"""Opcodes of protocols 0 and 1, or of Python 2."""
_REFUSED = {
    b"i": "creates objects in a way that no model file uses (INST)",
    b"o": "creates objects in a way that no model file uses (OBJ)",
    b"\x82": "refers to the extension registry (EXT1)",
    b"\x83": "refers to the extension registry (EXT2)",
    b"\x84": "refers to the extension registry (EXT4)",
    b"P": "refers to an object outside the file (PERSID)",
    b"Q": "refers to an object outside the file (BINPERSID)",
    b"\x97": "refers to a buffer outside the file (NEXT_BUFFER)",
    b"\x98": "refers to a buffer outside the file (READONLY_BUFFER)",
    b"2": "takes a value twice (DUP), as no pickler does",
    b"\x8b": "holds a number of enormous length (LONG4)",
    b"\x80": "begins a second time (PROTO)",
}
_STEPS: dict[bytes, Step] = {
    **{bytes((code,)): _old for code in _OLD},
    **{code: _refuse_opcode(what) for code, what in _REFUSED.items()},
    **CONSTANTS,
    **CONTAINERS,
    **MEMO,
    **OBJECTS,
    b"\x95": _frame,
    b".": _stop,
}


class Reader(Machine):
    """One pickle on `source`, from here to its STOP."""

    steps: ClassVar = [_STEPS.get(bytes((code,)), _unknown) for code in range(256)]
    """What each opcode does."""

    def run(self) -> Iterator[bytes]:
        """The canonical file, piece by piece. Refused or Unreadable where there is none."""
        self._protocol()
        yield HEADER
        yield from self._body()
        yield b"."

    def _protocol(self) -> None:
        header = self.source.take(2)
        if header[:1] != b"\x80":
            raise Unreadable("Not a joblib or pickle file.")
        if not 2 <= header[1] <= 5:
            raise Unreadable(f"A pickle of protocol {header[1]}; 2 to 5 are read.")

    def _body(self) -> Iterator[bytes]:
        """Everything between header and STOP. Leaves the value as the only item of the stack."""
        source, written, steps = self.source, self.written, self.steps
        while not self.ended:
            source.begin_opcodes()
            try:
                while (position := source.position) < source.limit:
                    source.position = position + 1
                    if steps[source.buffer[position]](self):
                        break
            except (LookupError, TypeError, OverflowError):
                if source.position > source.end:
                    raise Unreadable("The file ends too early: it is cut short.") from None
                raise self.damaged() from None
            except RecursionError:
                raise Refused("Values inside each other without end") from None
            if source.position > source.end:
                raise Unreadable("The file ends too early: it is cut short.")
            if self.payload or self.elements_of is not None:
                yield bytes(written)
                written.clear()
                yield from self._long_part()
            elif len(written) > CHUNK:
                yield bytes(written)
                written.clear()
        self._check_end()
        yield bytes(written)
        written.clear()

    def _check_end(self) -> None:
        self.source.expect_no_frame("A frame reaches beyond the end of its pickle")
        if len(self.stack) != 1 or self.marks:
            raise self.damaged()
        if self.open_arrays:
            raise Refused("An array wrapper without its array")

    def _long_part(self) -> Iterator[bytes]:
        """What follows the last opcode as it is: bytes, a long text, an array, a nested pickle."""
        if self.elements_of is not None:
            yield from self._elements(self.elements_of)
            self.elements_of = None
        elif self.watched is not None:
            yield from self._watched_text(self.watched)
            self.watched = None
        else:
            yield from self.source.chunks(self.payload)
        self.payload = 0
        self.written += self.tail
        self.tail = b""

    def _watched_text(self, text: LightGBMText) -> Iterator[bytes]:
        for piece in self.source.chunks(self.payload):
            text.feed(piece)
            if self.writes:
                yield piece
        if text.release:
            self.findings.lightgbm_releases.add(text.release)

    def _elements(self, shape: object) -> Iterator[bytes]:
        """The pickle of an array of objects, of this shape."""
        if self.depth >= MAX_NESTING:
            raise Refused("Pickles inside pickles, too deep")
        nested = type(self)(
            self.source,
            self.findings,
            uploads=True,
            writes=self.writes,
            depth=self.depth + 1,
        )
        nested.count = self.count
        nested._protocol()
        yield from nested._body()
        wrappers.check_elements(nested.stack[-1], shape)
        self.count = nested.count
