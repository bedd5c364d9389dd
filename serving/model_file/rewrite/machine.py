"""What the pickle machine holds while a file is read: symbols of values, and what was written."""

from typing import Any

from serving.model_file import lightgbm_text
from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.rewrite.entries import Memo
from serving.model_file.rewrite.levels import Levels
from serving.model_file.source import Source
from serving.model_file.symbols import MARK, data

MAX_MARKS = 10_000


class Machine:
    """The state between two opcodes.

    `uploads`: whether joblib's arrays and inert names are understood, as they are in uploads;
    a canonical file has none. `writes`: whether what is understood is written down, for loading;
    then the first reason to refuse ends the reading.
    """

    def __init__(
        self, source: Source, findings: Findings, *, uploads: bool, writes: bool, depth: int = 0
    ) -> None:
        self.source, self.findings = source, findings
        self.uploads, self.writes, self.depth = uploads, writes, depth
        self.stack: list[Any] = []
        self.marks = 0
        """Marks on the stack."""
        self.memo = Memo()
        self.indices: dict[int, int] | None = None
        """From the file's own memo numbers to those in order, where the file's are not."""
        self.count = 0
        """Memo entries of the written file so far."""
        self.ended = False
        """STOP was read."""
        self.written = bytearray()
        self.payload = 0
        """Bytes that follow the last opcode as they are."""
        self.watched: lightgbm_text.LightGBMText | None = None
        """What the text that follows tells of its writer."""
        self.tail = b""
        """What is written behind them."""
        self.elements_of: object = None
        """The shape of the array of objects whose pickle follows the last opcode."""
        self.levels = Levels()
        self.open_arrays = 0
        """joblib's wrappers whose arrays have not come yet."""

    def refuse(self, reason: str) -> None:
        """Note why the file is refused. Raises Refused where something is written."""
        self.findings.add_reason(reason)
        if self.writes:
            raise Refused(reason)

    def damaged(self) -> Unreadable:
        """What to raise where the bytes are no pickle."""
        named = self.findings.is_pickle
        return Unreadable("A damaged pickle." if named else "Not a joblib or pickle file.")

    def number(self, width: int) -> int:
        """An unsigned argument of few bytes: they are in the buffer, or the file is cut short."""
        source = self.source
        start = source.position
        source.position = start + width
        return int.from_bytes(source.buffer[start : start + width], "little")

    def pop(self) -> Any:
        """The top of the stack, which must be a value."""
        value = self.stack.pop()
        if value is MARK:
            raise IndexError
        return value

    def mark(self) -> None:
        self.stack.append(MARK)
        self.marks += 1
        if self.marks > MAX_MARKS:
            raise Refused(f"More than {MAX_MARKS:,} containers inside each other")

    def pop_to_mark(self) -> list[Any]:
        """All values above the topmost mark, which goes as well."""
        stack = self.stack
        place = len(stack) - 1
        while stack[place] is not MARK:
            place -= 1
            if place < 0:
                raise IndexError
        items = stack[place + 1 :]
        del stack[place:]
        self.marks -= 1
        return items

    def write_text(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self.written += b"X" + len(data).to_bytes(4, "little") + data

    def pass_on(self, kind: str, size: int, short: bytes, long: bytes) -> bool:
        """Push a value of `size` bytes that follow, written by the shortest wide opcode.

        Returns whether what follows are no opcodes.
        """
        self.stack.append(data(kind, size))
        if size < 1 << 32 and short:
            self.written += short + size.to_bytes(4, "little")
        else:
            self.written += long + size.to_bytes(8, "little")
        start = self.source.position
        if kind == "text" and self.source.buffer.startswith(lightgbm_text.BEGIN, start):
            self.watched = lightgbm_text.LightGBMText()
        return self.follow(size)

    def follow(self, size: int) -> bool:
        """What comes next are `size` bytes that are no opcodes. Returns whether they are still."""
        if not self.writes and self.watched is None:
            self.source.skip(size)
            return False
        self.payload = size
        return True


NEAR = [b"h" + bytes((place,)) for place in range(256)]


def recalled(place: int) -> bytes:
    """The opcode that gets this memo entry."""
    return NEAR[place] if place < len(NEAR) else b"j" + place.to_bytes(4, "little")
