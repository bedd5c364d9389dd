"""The one reader of pickles: walks a file opcode by opcode and writes down what it understood.

Nothing is built or called. What it writes is canonical: protocol 5 of few opcodes, without frames,
its memo in order, every name on the list and every call of an allowed form. Only what was written
is ever loaded, so another reader of the uploaded bytes, who may see something else in them, does
not exist. A file is canonical when it is rewritten to itself.
"""

from array import array
from collections.abc import Callable, Iterator
from typing import IO, Any

from serving.model_file import calls, names, wrappers
from serving.model_file.errors import Refused, Unreadable
from serving.model_file.findings import Findings
from serving.model_file.source import CHUNK, LOOKAHEAD, Source
from serving.model_file.symbols import FLOAT, MARK, Data, Global, Items, Made, Table

HEADER = b"\x80\x05"
LONGEST_TEXT = 256
"""Longer texts name nothing and are not kept."""
LONGEST_NUMBER = 64
"""Bytes of an integer; random states have 624 words of 4 and two numbers of 16."""
MAX_NESTING = 8
MAX_MARKS = 10_000
LONGEST_KEY = 64
_LARGEST_KEY = 1 << 62
_NEVER = 1 << 62


class Rewriter:
    """One pickle on `source`, from here to its STOP.

    `uploads`: whether joblib's arrays and inert names are understood, as they are in uploads;
    a canonical file has none. `tolerant`: keep reading after a reason to refuse, to tell more of
    the file; what comes out then is not for loading.
    """

    def __init__(
        self, source: Source, findings: Findings, *, uploads: bool, tolerant: bool, depth: int = 0
    ) -> None:
        self._source, self._findings = source, findings
        self._uploads, self._tolerant, self._depth = uploads, tolerant, depth
        self._stack: list[Any] = []
        self._marks = 0
        self._memo: list[Any] = []
        self._places = array("I")
        """Of each memo entry in the written file, where nested pickles share one memo."""
        self._indices: dict[int, int] | None = None
        """From the file's own memo numbers to positions in `_memo`, where they are not in order."""
        self._frame_end = _NEVER
        self._written = bytearray()
        self._payload = 0
        self._tail = b""
        self._nested: Rewriter | None = None
        self._shape: object = None
        """Of the array that the nested pickle holds."""
        self._open = 0
        """joblib's wrappers whose arrays have not come yet."""
        self._count = 0
        """Memo entries of the written file so far."""

    def run(self) -> Iterator[bytes]:
        """The canonical file, piece by piece. Refused or Unreadable where there is none."""
        self._protocol()
        yield HEADER
        yield from self._body()
        yield b"."

    def _protocol(self) -> None:
        header = self._source.take(2)
        if header[:1] != b"\x80":
            raise Unreadable("Not a joblib or pickle file.")
        if not 2 <= header[1] <= 5:
            raise Unreadable(f"A pickle of protocol {header[1]}; 2 to 5 are read.")

    def _body(self) -> Iterator[bytes]:
        """Everything between header and STOP. Leaves the value as the only item of the stack."""
        source, written, steps = self._source, self._written, _STEPS
        while True:
            if source.end - source.position < LOOKAHEAD:
                source.fill()
                if not source.end:
                    raise Unreadable("The file ends too early: it is cut short.")
            offset = source.offset
            if offset >= self._frame_end:
                if offset > self._frame_end:
                    raise Refused("An opcode crosses the end of its frame")
                self._frame_end = _NEVER
            opcode = source.buffer[source.position]
            source.position += 1
            if opcode == _STOP:
                break
            try:
                steps[opcode](self)
            except (LookupError, TypeError, OverflowError):
                raise Unreadable(self._damage()) from None
            except RecursionError:
                raise Refused("Values inside each other without end") from None
            if source.position > source.end:
                raise Unreadable("The file ends too early: it is cut short.")
            if self._payload or self._nested:
                yield bytes(written)
                written.clear()
                yield from self._long_part()
            elif len(written) > CHUNK:
                yield bytes(written)
                written.clear()
        if self._frame_end not in (_NEVER, source.offset):
            raise Refused("A frame reaches beyond the end of its pickle")
        if len(self._stack) != 1 or self._marks:
            raise Unreadable(self._damage())
        if self._open:
            raise Refused("An array wrapper without its array")
        yield bytes(written)
        written.clear()

    def _long_part(self) -> Iterator[bytes]:
        """What follows the last opcode as it is: bytes, a long text, an array, a nested pickle."""
        if self._nested:
            nested, self._nested = self._nested, None
            nested._count = self._count
            nested._protocol()
            yield from nested._body()
            wrappers.check_elements(nested._stack[-1], self._shape)
            self._count = nested._count
        else:
            yield from self._source.chunks(self._payload)
            self._payload = 0
        self._written += self._tail
        self._tail = b""

    def _damage(self) -> str:
        named = self._findings.is_pickle
        return "A damaged pickle." if named else "Not a joblib or pickle file."

    def refuse(self, reason: str) -> None:
        """Note why the file is refused. Raises Refused unless the reading is tolerant."""
        self._findings.add_reason(reason)
        if not self._tolerant:
            raise Refused(reason)

    # constants

    def _none(self) -> None:
        self._stack.append(None)
        self._written += b"N"

    def _true(self) -> None:
        self._stack.append(True)
        self._written += b"\x88"

    def _false(self) -> None:
        self._stack.append(False)
        self._written += b"\x89"

    def _number(self, width: int) -> int:
        """An unsigned argument of few bytes: they are in the buffer, or the file is cut short."""
        source = self._source
        start = source.position
        source.position = start + width
        return int.from_bytes(source.buffer[start : start + width], "little")

    def _integer(self, value: int) -> None:
        self._stack.append(value)
        if -(1 << 31) <= value < 1 << 31:
            self._written += b"J" + value.to_bytes(4, "little", signed=True)
        else:
            data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            self._written += b"\x8a" + bytes((len(data),)) + data

    def _signed(self) -> None:
        source = self._source
        start = source.position
        source.position = start + 4
        data = source.buffer[start : start + 4]
        self._stack.append(int.from_bytes(data, "little", signed=True))
        self._written += b"J" + data

    def _byte(self) -> None:
        self._integer(self._number(1))

    def _two_bytes(self) -> None:
        self._integer(self._number(2))

    def _long(self) -> None:
        size = self._number(1)
        if size > LONGEST_NUMBER:
            raise Refused(f"A number of {size} bytes; no model holds one of over {LONGEST_NUMBER}")
        self._integer(int.from_bytes(self._source.take(size), "little", signed=True))

    def _float(self) -> None:
        source = self._source
        start = source.position
        source.position = start + 8
        self._stack.append(FLOAT)
        self._written += b"G" + source.buffer[start : start + 8]

    # texts and bytes

    def _text(self, width: int) -> None:
        size = self._number(width)
        if size > LONGEST_TEXT:
            self._long_data("text", size, b"X", b"\x8d")
            return
        source = self._source
        start = source.position
        if start + size <= source.end:
            source.position = start + size
            data = source.buffer[start : start + size]
        else:
            data = source.take(size)
        try:
            self._stack.append(data.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            raise Unreadable(self._damage()) from None
        self._written += b"X" + size.to_bytes(4, "little") + data

    def _long_data(self, kind: str, size: int, short: bytes, long: bytes | None) -> None:
        """Bytes that are passed on piece by piece, each opcode in its shortest wide form."""
        self._stack.append(Data(kind, size))
        if size < 1 << 32 and short:
            self._written += short + size.to_bytes(4, "little")
        elif long:
            self._written += long + size.to_bytes(8, "little")
        self._payload = size

    def _binary(self, width: int) -> None:
        self._long_data("bytes", self._number(width), b"B", b"\x8e")

    def _byte_array(self) -> None:
        self._long_data("bytearray", self._number(8), b"", b"\x96")

    # containers

    def _mark(self) -> None:
        self._stack.append(MARK)
        self._marks += 1
        if self._marks > MAX_MARKS:
            raise Refused(f"More than {MAX_MARKS:,} containers inside each other")
        self._written += b"("

    def _to_mark(self) -> list[Any]:
        stack = self._stack
        place = len(stack) - 1
        while stack[place] is not MARK:
            place -= 1
            if place < 0:
                raise IndexError
        items = stack[place + 1 :]
        del stack[place:]
        self._marks -= 1
        return items

    def _pop(self) -> Any:
        value = self._stack.pop()
        if value is MARK:
            raise IndexError
        return value

    def _empty_tuple(self) -> None:
        self._stack.append(())
        self._written += b")"

    def _empty_list(self) -> None:
        self._stack.append(Items("list"))
        self._written += b"]"

    def _empty_set(self) -> None:
        self._stack.append(Items("set"))
        self._written += b"\x8f"

    def _empty_dict(self) -> None:
        self._stack.append(Table())
        self._written += b"}"

    def _tuple(self) -> None:
        self._stack.append(tuple(self._to_mark()))
        self._written += b"t"

    def _tuple_of(self, size: int, opcode: bytes) -> None:
        items = self._stack[-size:]
        if len(items) < size or MARK in items:
            raise IndexError
        self._stack[-size:] = [tuple(items)]
        self._written += opcode

    def _frozen_set(self) -> None:
        items = Items("frozenset")
        kept = self._to_mark()
        self._check_keys(kept)
        items.extend(kept)
        self._stack.append(items)
        self._written += b"\x91"

    def _extend(self, kind: str, opcode: bytes) -> None:
        items = self._to_mark()
        target = self._stack[-1]
        if type(target) is Items and target.kind == kind:
            if kind == "set":
                self._check_keys(items)
            target.extend(items)
        elif not (kind == "list" and type(target) is Made and calls.takes_items(target)):
            self.refuse(f"Items for what is no {kind}")
        self._written += opcode

    def _append(self) -> None:
        item = self._pop()
        target = self._stack[-1]
        if type(target) is Items and target.kind == "list":
            target.extend([item])
        elif not (type(target) is Made and calls.takes_items(target)):
            self.refuse("An item for what is no list")
        self._written += b"a"

    def _set_items(self) -> None:
        items = self._to_mark()
        if len(items) % 2:
            raise IndexError
        self._put(items)
        self._written += b"u"

    def _set_item(self) -> None:
        value = self._pop()
        self._put([self._pop(), value])
        self._written += b"s"

    def _put(self, items: list[Any]) -> None:
        target = self._stack[-1]
        self._check_keys(items[::2])
        if type(target) is Table:
            for position in range(0, len(items), 2):
                key, value = items[position], items[position + 1]
                target.put(key, value)
                if key == "_sklearn_version" and type(value) is str:
                    self._findings.sklearn_versions.add(value[:40])
        elif not (type(target) is Made and calls.takes_pairs(target)):
            self.refuse("Entries for what is no dict")

    def _check_keys(self, keys: list[Any]) -> None:
        """Refuse what is slow to hash: enormous numbers, which collide, and tuples of tuples."""
        for key in keys:
            if type(key) is int and not -_LARGEST_KEY < key < _LARGEST_KEY:
                self.refuse("A key that is an enormous number")
            elif type(key) is tuple and (
                len(key) > LONGEST_KEY or any(type(k) is tuple for k in key)
            ):
                self.refuse("A key that is a long tuple or a tuple of tuples")

    # the stack and the memo

    def _drop(self) -> None:
        if self._stack.pop() is MARK:
            self._marks -= 1
        self._written += b"0"

    def _drop_to_mark(self) -> None:
        self._to_mark()
        self._written += b"1"

    def _memoize(self) -> None:
        self._remember(len(self._memo))

    def _put_at(self, width: int) -> None:
        self._remember(self._number(width))

    def _remember(self, index: int) -> None:
        top = self._stack[-1]
        position = len(self._memo)
        if self._indices is not None:
            if index in self._indices:
                raise Refused("A memo entry is written twice")
            self._indices[index] = position
        elif index != position:
            if index < position:
                raise Refused("A memo entry is written twice")
            self._indices = {n: n for n in range(position)}
            self._indices[index] = position
        if top is MARK:
            raise IndexError
        self._memo.append(top)
        self._places.append(self._count)
        self._count += 1
        self._written += b"\x94"

    def _recall(self, width: int) -> None:
        index = self._number(width)
        position = index if self._indices is None else self._indices[index]
        value = self._memo[position]
        if type(value) is Made and value.maker.use == names.WRAPPER:
            raise Refused("An array wrapper that is used twice")
        self._written += _recalled(self._places[position])
        self._stack.append(value)

    # names, calls and states

    def _global(self) -> None:
        try:
            module = self._source.line(LONGEST_TEXT).decode("utf-8")
            name = self._source.line(LONGEST_TEXT).decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable(self._damage()) from None
        module, name = names.of_today(module, name)
        for text in (module, name):
            data = text.encode("utf-8")
            self._written += b"X" + len(data).to_bytes(4, "little") + data
        self._name(module, name)

    def _stack_global(self) -> None:
        name, module = self._pop(), self._pop()
        if type(module) is not str or type(name) is not str:
            raise Refused("A name that is computed while loading")
        self._name(module, name)

    def _name(self, module: str, name: str) -> None:
        use = names.use_of(module, name)
        if use is None or (not self._uploads and use in names.ONLY_IN_UPLOADS):
            if not names.is_name(module, name) and not self._findings.is_pickle:
                raise Unreadable("Not a joblib or pickle file.")
            self._findings.add_name(module, name)
            if not self._tolerant:
                raise Refused(f"{module}.{name}"[:300])
            use = names.FORBIDDEN
        self._findings.is_pickle = True
        self._findings.add_module(module)
        if self._uploads and (stand_in := wrappers.STAND_INS.get((module, name))):
            self._written += b"00" + stand_in
        else:
            self._written += b"\x93"
        self._stack.append(Global(module, name, use))

    def _reduce(self) -> None:
        arguments, maker = self._pop(), self._pop()
        self._make(maker, arguments, by_call=True)
        self._written += b"R"

    def _new(self) -> None:
        arguments, maker = self._pop(), self._pop()
        self._make(maker, arguments, by_call=False)
        self._written += b"\x81"

    def _new_with_keywords(self) -> None:
        keywords, arguments, maker = self._pop(), self._pop(), self._pop()
        if not (type(keywords) is Table and keywords.whole and not keywords.known):
            self.refuse(f"{maker} made with keywords")
        self._make(maker, arguments, by_call=False)
        self._written += b"\x92"

    def _make(self, maker: object, arguments: object, *, by_call: bool) -> None:
        if type(maker) is not Global:
            raise Refused("A call of something that is not named in the file")
        if type(arguments) is not tuple:
            raise Refused(f"A call of {maker} without a tuple of arguments")
        if maker.use == names.FORBIDDEN:
            self._findings.add_call(maker.module, maker.name)
            made: object = Made(maker, arguments)
        else:
            made, problem = calls.make(maker, arguments, by_call=by_call)
            if problem:
                self.refuse(problem)
            self._open += maker.use == names.WRAPPER
        self._stack.append(made)

    def _build(self) -> None:
        state, target = self._pop(), self._stack[-1]
        if type(target) is not Made:
            raise Refused("State for something that is not an object of the model")
        if target.state is not None:
            self.refuse(f"State given twice to a {target.maker}")
        target.state = state
        if target.maker.use == names.WRAPPER:
            self._array(target)
            return
        if target.maker.use != names.FORBIDDEN and (problem := calls.state_problem(target)):
            self.refuse(problem)
        self._written += b"b"

    # joblib's arrays

    def _array(self, wrapper: Made) -> None:
        """The raw array behind a wrapper's state, written as the argument of a plain call."""
        try:
            size, aligned, shape = wrappers.payload(wrapper.state)
        except Refused as refusal:
            raise Refused(f"The file holds {refusal}") from None
        if self._frame_end not in (_NEVER, self._source.offset):
            raise Refused("An array inside a frame")
        self._frame_end = _NEVER
        self._open -= 1
        self._written += b"b\x940" + wrappers.ARRAY + _recalled(self._count)
        self._count += 1
        self._stack[-1] = Data("array", wrappers.count(shape))
        self._tail = b"\x86R"
        if size is None:
            if self._depth >= MAX_NESTING:
                raise Refused("Pickles inside pickles, too deep")
            self._shape = shape
            self._nested = Rewriter(
                self._source,
                self._findings,
                uploads=True,
                tolerant=self._tolerant,
                depth=self._depth + 1,
            )
            return
        if aligned:
            wrappers.skip_padding(self._source)
        self._written += b"\x96" + size.to_bytes(8, "little")
        self._payload = size
        if not size:
            self._written += self._tail
            self._tail = b""

    def _frame(self) -> None:
        size = self._number(8)
        if self._frame_end not in (_NEVER, self._source.offset - 9):
            raise Refused("A frame inside a frame")
        self._frame_end = self._source.offset + size


_STOP = b"."[0]

_UNUSED = {
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
_OLD = b"FILSVpgdlTU"
"""Opcodes of protocols 0 and 1, or of Python 2."""


def _recalled(place: int) -> bytes:
    """The opcode that gets this memo entry."""
    return b"h" + bytes((place,)) if place < 256 else b"j" + place.to_bytes(4, "little")


def _refusing(what: str) -> Callable[[Rewriter], None]:
    def step(_: Rewriter) -> None:
        raise Refused(f"The file {what}")

    return step


def _unknown(rewriter: Rewriter) -> None:
    raise Unreadable(rewriter._damage())


def _old(rewriter: Rewriter) -> None:
    if not rewriter._findings.is_pickle:
        raise Unreadable(rewriter._damage())
    raise Refused("The file mixes opcodes of the pickle protocols 0 and 1 into a later one")


_STEPS: list[Callable[[Rewriter], None]] = [_unknown] * 256
for _code in _OLD:
    _STEPS[_code] = _old
for _opcode, _what in _UNUSED.items():
    _STEPS[_opcode[0]] = _refusing(_what)
for _opcode, _step in {
    b"N": Rewriter._none,
    b"\x88": Rewriter._true,
    b"\x89": Rewriter._false,
    b"J": Rewriter._signed,
    b"K": Rewriter._byte,
    b"M": Rewriter._two_bytes,
    b"\x8a": Rewriter._long,
    b"G": Rewriter._float,
    b"\x8c": lambda r: r._text(1),
    b"X": lambda r: r._text(4),
    b"\x8d": lambda r: r._text(8),
    b"C": lambda r: r._binary(1),
    b"B": lambda r: r._binary(4),
    b"\x8e": lambda r: r._binary(8),
    b"\x96": Rewriter._byte_array,
    b"(": Rewriter._mark,
    b")": Rewriter._empty_tuple,
    b"]": Rewriter._empty_list,
    b"}": Rewriter._empty_dict,
    b"\x8f": Rewriter._empty_set,
    b"t": Rewriter._tuple,
    b"\x85": lambda r: r._tuple_of(1, b"\x85"),
    b"\x86": lambda r: r._tuple_of(2, b"\x86"),
    b"\x87": lambda r: r._tuple_of(3, b"\x87"),
    b"\x91": Rewriter._frozen_set,
    b"e": lambda r: r._extend("list", b"e"),
    b"\x90": lambda r: r._extend("set", b"\x90"),
    b"a": Rewriter._append,
    b"u": Rewriter._set_items,
    b"s": Rewriter._set_item,
    b"0": Rewriter._drop,
    b"1": Rewriter._drop_to_mark,
    b"\x94": Rewriter._memoize,
    b"q": lambda r: r._put_at(1),
    b"r": lambda r: r._put_at(4),
    b"h": lambda r: r._recall(1),
    b"j": lambda r: r._recall(4),
    b"c": Rewriter._global,
    b"\x93": Rewriter._stack_global,
    b"R": Rewriter._reduce,
    b"\x81": Rewriter._new,
    b"\x92": Rewriter._new_with_keywords,
    b"b": Rewriter._build,
    b"\x95": Rewriter._frame,
}.items():
    _STEPS[_opcode[0]] = _step


def rewritten(
    stream: IO[bytes], findings: Findings, *, uploads: bool, tolerant: bool = False
) -> Iterator[bytes]:
    """The model on `stream` in canonical form, piece by piece; refuses what follows its end."""
    source = Source(stream)
    yield from Rewriter(source, findings, uploads=uploads, tolerant=tolerant).run()
    source.fill(1)
    if source.end:
        raise Refused("More data follows the end of the model")
