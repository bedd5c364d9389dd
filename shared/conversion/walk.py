"""A symbolic pickle machine that knows joblib: reads a stream opcode by opcode, builds nothing.

It follows exactly what the unpickler would do with names, frames and raw arrays, and collects every
name that is not on the allow-list. What it does not understand it refuses: default deny.
"""

from collections.abc import Callable
from io import BufferedReader
from typing import Any

from shared.conversion import allowlist
from shared.conversion.decompress import Unreadable
from shared.conversion.findings import Findings, Refused
from shared.conversion.opcodes import Opcodes
from shared.conversion.payload import MEMMAP, OBJECTS, WRAPPER, Irregular, payload
from shared.conversion.values import MARK, Global, Made, Mapping, Opaque

MAX_OPCODES = 10_000_000
MAX_TEXT = 64 << 20
"""More Python objects, and more text in them, than any model has; bounds what a walk costs."""
MAX_NESTING = 8
_FRAME_HEADER = 9
"""Bytes of the opcode FRAME and its length."""

_FORBIDDEN = {
    "INST": "creates objects in a way that no model file uses",
    "OBJ": "creates objects in a way that no model file uses",
    "EXT1": "refers to the extension registry",
    "EXT2": "refers to the extension registry",
    "EXT4": "refers to the extension registry",
    "PERSID": "refers to an object outside the file",
    "BINPERSID": "refers to an object outside the file",
    "NEXT_BUFFER": "refers to a buffer outside the file",
    "READONLY_BUFFER": "refers to a buffer outside the file",
}
_LIST, _SET, _ARRAY = Opaque("list"), Opaque("set"), Opaque("array")
_EMPTY: dict[str, Callable[[], object]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": lambda: (),
    "EMPTY_LIST": lambda: _LIST,
    "EMPTY_SET": lambda: _SET,
    "EMPTY_DICT": Mapping,
}


class Walk:
    """One pickle on `stream`, from here to its STOP."""

    def __init__(self, stream: BufferedReader, findings: Findings, depth: int = 0) -> None:
        if depth > MAX_NESTING:
            raise Refused("Pickles inside pickles, too deep")
        self._opcodes = Opcodes(stream)
        self._findings = findings
        self._depth = depth
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._frame_end = 0

    def run(self) -> Any:
        """The value at STOP. Raises Refused or Unreadable; forbidden names are only collected."""
        while True:
            self._findings.opcodes += 1
            if self._findings.opcodes > MAX_OPCODES:
                raise Refused(f"More than {MAX_OPCODES:,} pickle opcodes")
            name, argument = self._opcodes.next()
            try:
                if name == "STOP":
                    return self._pop()
                self._step(name, argument)
            except (Refused, Unreadable):
                raise
            except (LookupError, TypeError, ValueError):
                raise Unreadable(self._damage()) from None

    def _damage(self) -> str:
        known = self._findings.named
        return "A damaged pickle." if known else "Not a joblib or pickle file."

    def _step(self, name: str, argument: Any) -> None:
        if name in _FORBIDDEN:
            if name == "INST":
                self._global(argument)
            raise Refused(f"The opcode {name} {_FORBIDDEN[name]}")
        if make := _EMPTY.get(name):
            self._stack.append(make())
        elif handler := _HANDLERS.get(name):
            handler(self, argument)
        elif argument is not None:
            self._keep(argument)
        else:
            raise Refused(f"The opcode {name} is unknown")

    def _keep(self, constant: object) -> None:
        if isinstance(constant, str):
            self._findings.text += len(constant)
            if self._findings.text > MAX_TEXT:
                raise Refused(f"More than {MAX_TEXT >> 20} MB of short texts")
        self._stack.append(constant)

    def _pop(self) -> Any:
        value = self._stack.pop()
        if value is MARK:
            raise IndexError
        return value

    def _top(self) -> Any:
        if self._stack[-1] is MARK:
            raise IndexError
        return self._stack[-1]

    def _pop_to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (value := self._stack.pop()) is not MARK:
            items.append(value)
        items.reverse()
        return items

    def _name(self, module: object, name: object) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise Refused("A name that is computed while loading")
        if not allowlist.is_name(module, name):
            if not self._findings.named:
                raise Unreadable("Not a joblib or pickle file.")
        else:
            self._findings.named = True
        if not allowlist.is_allowed(module, name):
            reason = allowlist.reason(module[:100], name[:100])
            self._findings.refused.setdefault((module, name), reason)
        self._stack.append(Global(module, name))

    def _stack_global(self, _: Any) -> None:
        name, module = self._pop(), self._pop()
        self._name(module, name)

    def _global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._name(module, name)

    def _make(self, maker: object, arguments: object, *, by_call: bool) -> None:
        if not isinstance(maker, Global):
            raise Refused("A call of something that is not named in the file")
        if maker.pair == MEMMAP:
            raise Refused("A call that opens a file (numpy.memmap)")
        if maker.pair == WRAPPER and (by_call or arguments != ()):
            raise Refused("An array wrapper that joblib did not write")
        self._stack.append(Made(maker, arguments))

    def _reduce(self, _: Any) -> None:
        arguments, maker = self._pop(), self._pop()
        self._make(maker, arguments, by_call=True)

    def _newobj(self, _: Any) -> None:
        arguments, maker = self._pop(), self._pop()
        self._make(maker, arguments, by_call=False)

    def _newobj_ex(self, _: Any) -> None:
        self._pop()
        self._newobj(None)

    def _build(self, _: Any) -> None:
        state, target = self._pop(), self._top()
        if not isinstance(target, Made):
            raise Refused("Changes something that is not an object of the model")
        target.state, target.built = state, target.built + 1
        if target.maker.pair == WRAPPER:
            self._stack[-1] = self._array(target)

    def _array(self, wrapper: Made) -> object:
        if self._opcodes.position < self._frame_end:
            raise Refused("An array in the middle of a pickle frame")
        try:
            size, aligned = payload(wrapper)
        except Irregular as irregular:
            raise Refused(f"The file holds {irregular}") from None
        if size is OBJECTS:
            Walk(self._opcodes.stream, self._findings, self._depth + 1).run()
        else:
            if aligned:
                self._opcodes.skip(self._opcodes.number(1))
            self._opcodes.skip(size)
        return _ARRAY

    def _drop(self, _: Any) -> None:
        self._stack.pop()

    def _drop_to_mark(self, _: Any) -> None:
        self._pop_to_mark()

    def _frame(self, size: int) -> None:
        if self._opcodes.position - _FRAME_HEADER < self._frame_end:
            raise Refused("A pickle frame inside a pickle frame")
        self._frame_end = self._opcodes.position + size

    def _put(self, index: int | str) -> None:
        self._memo[int(index)] = self._top()

    def _memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._top()

    def _get(self, index: int | str) -> None:
        self._stack.append(self._memo[int(index)])

    def _tuple(self, _: Any) -> None:
        self._stack.append(tuple(self._pop_to_mark()))

    def _tuple_of(self, size: int) -> None:
        items = [self._pop() for _ in range(size)]
        self._stack.append(tuple(reversed(items)))

    def _collect(self, what: Opaque) -> None:
        self._pop_to_mark()
        self._stack.append(what)

    def _dict(self, _: Any) -> None:
        items = self._pop_to_mark()
        self._stack.append(Mapping())
        self._put_items(items)

    def _set_items(self, items: list[Any]) -> None:
        self._check_container()
        self._put_items(items)

    def _put_items(self, items: list[Any]) -> None:
        target = self._top()
        for key, value in zip(items[::2], items[1::2], strict=True):
            if key == "_sklearn_version" and isinstance(value, str):
                self._findings.sklearn_versions.add(value[:40])
            if isinstance(target, Mapping):
                target.put(key, value)

    def _set_item(self, _: Any) -> None:
        value, key = self._pop(), self._pop()
        self._set_items([key, value])

    def _append(self, _: Any) -> None:
        self._pop()
        self._check_container()

    def _extend(self, _: Any) -> None:
        self._pop_to_mark()
        self._check_container()

    def _check_container(self) -> None:
        if not isinstance(self._top(), Made | Mapping | Opaque):
            raise Refused("Changes something that is not an object of the model")

    def _protocol(self, _: int) -> None:
        self._findings.named = True


_HANDLERS: dict[str, Callable[[Walk, Any], None]] = {
    "PROTO": Walk._protocol,
    "FRAME": Walk._frame,
    "GLOBAL": Walk._global,
    "STACK_GLOBAL": Walk._stack_global,
    "REDUCE": Walk._reduce,
    "NEWOBJ": Walk._newobj,
    "NEWOBJ_EX": Walk._newobj_ex,
    "BUILD": Walk._build,
    "MARK": lambda walk, _: walk._stack.append(MARK),
    "POP": Walk._drop,
    "POP_MARK": Walk._drop_to_mark,
    "DUP": lambda walk, _: walk._stack.append(walk._top()),
    "PUT": Walk._put,
    "BINPUT": Walk._put,
    "LONG_BINPUT": Walk._put,
    "MEMOIZE": Walk._memoize,
    "GET": Walk._get,
    "BINGET": Walk._get,
    "LONG_BINGET": Walk._get,
    "TUPLE": Walk._tuple,
    "TUPLE1": lambda walk, _: walk._tuple_of(1),
    "TUPLE2": lambda walk, _: walk._tuple_of(2),
    "TUPLE3": lambda walk, _: walk._tuple_of(3),
    "LIST": lambda walk, _: walk._collect(_LIST),
    "FROZENSET": lambda walk, _: walk._collect(_SET),
    "DICT": Walk._dict,
    "SETITEM": Walk._set_item,
    "SETITEMS": lambda walk, _: walk._set_items(walk._pop_to_mark()),
    "APPEND": Walk._append,
    "APPENDS": Walk._extend,
    "ADDITEMS": Walk._extend,
}
