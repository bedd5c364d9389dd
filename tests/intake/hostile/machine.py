"""Tricks with the pickle machine itself: memo, marks, frames, states, ends, foreign opcodes."""

import struct
from collections.abc import Iterator

from tests.intake.hostile import opcodes as op
from tests.intake.hostile.case import Case, fixed

SYSTEM = op.call(op.name("os", "system"), op.text("true"))
_LONG = b"A" * 20


def _memo() -> Iterator[tuple[str, bytes]]:
    yield "an entry that was never written", op.pickle(b"h\x07")
    yield "a far entry that was never written", op.pickle(b"j\xff\xff\xff\x7f")
    yield (
        "an entry written twice",
        op.pickle(op.text("os"), b"q\x00", op.POP, op.model(), b"q\x00", op.POP, b"h\x00"),
    )
    yield (
        "an entry written twice by MEMOIZE",
        op.pickle(op.text("os"), b"q\x01", op.text("x"), op.MEMOIZE, op.POP, op.POP, op.model()),
    )
    yield (
        "a far entry overwritten",
        op.pickle(
            op.NONE,
            b"r\xff\xff\xff\xff",
            op.text("a"),
            b"r\xff\xff\xff\xff",
            op.POP,
            op.POP,
            op.model(),
        ),
    )
    yield "an entry for a mark", op.pickle(op.MARK, op.MEMOIZE, op.NONE, b"t")
    yield "a name out of the memo", op.pickle(
        op.text("os"), b"q\x05", op.text("system"), b"q\x09", op.POP, op.POP,
        b"h\x05h\x09\x93", op.sequence(op.text("true")), op.REDUCE,
    )  # fmt: skip
    yield "a wrapper used twice", op.pickle(
        op.new(op.name("joblib.numpy_pickle", "NumpyArrayWrapper")), op.MEMOIZE, b"h\x00",
        op.mapping(shape=op.sequence()), op.BUILD,
    )  # fmt: skip
    yield "a text entry of protocol 0", op.pickle(op.text("os"), b"p0\n", op.POP, b"g0\n")


def _changed() -> Iterator[tuple[str, bytes]]:
    """Containers that are in order when they are looked at, and changed through the memo then."""
    i8 = op.dtype("i8") + op.MEMOIZE
    table = op.EMPTY_DICT + op.MEMOIZE + op.text("a") + b"h\x00" + op.integer(0) + b"\x86s"
    names = op.sequence(op.text("a"))
    record = op.dtype("V8", order="|", size=8, alignment=1, fields=(names, table), flags=16)
    one = op.array(op.sequence(op.integer(1)), record, op.raw(bytes(8)))
    changes = {
        "a field far outside": op.text("a") + b"h\x00" + op.integer(1 << 40) + b"\x86s",
        "a field before its record": op.text("a") + b"h\x00" + op.integer(-8) + b"\x86s",
        "a field of objects": op.text("a") + op.objects() + op.integer(0) + b"\x86s",
        "another field": op.text("b") + b"h\x00" + op.integer(64) + b"\x86s",
    }
    for said, change in changes.items():
        yield f"a record's {said}", op.pickle(i8, op.POP, op.model(C=one, D=b"h\x01" + change))
    unit = op.sequence(op.EMPTY_DICT + op.MEMOIZE, op.sequence(op.raw(b"ns"), *[op.integer(1)] * 3))
    time = op.dtype("M8", metadata=unit)
    yield (
        "a time's metadata",
        op.pickle(
            op.model(C=time, D=b"h\x00" + op.text("x") + op.name("numpy", "add") + op.SETITEM)
        ),
    )
    keywords = op.EMPTY_DICT + op.MEMOIZE
    check = op.name("sklearn.utils.validation", "check_array")
    partial = op.with_state(
        op.call(op.name("functools", "partial"), check),
        op.sequence(check, op.EMPTY_TUPLE, keywords, op.NONE),
    )
    yield (
        "a partial's keywords",
        op.pickle(op.model(C=partial, D=b"h\x00" + op.text("estimator") + op.model() + op.SETITEM)),
    )


def _stack() -> Iterator[tuple[str, bytes]]:
    yield "DUP of a call", op.pickle(op.model(), op.DUP, b"\x86")
    yield "nothing on the stack", op.pickle()
    yield "two values on the stack", op.pickle(op.model(), op.model())
    yield "POP of nothing", op.pickle(op.POP, op.model())
    yield "REDUCE of nothing", op.pickle(op.REDUCE)
    yield "a tuple without a mark", op.pickle(b"t")
    yield "a tuple over a mark", op.pickle(op.NONE, op.MARK, b"\x86")
    yield "a mark left open", op.pickle(op.model(), op.MARK)
    yield "entries for a list", op.pickle(op.EMPTY_LIST, op.text("a"), op.NONE, op.SETITEM)
    yield "items for a model", op.pickle(op.model(), op.NONE, op.APPEND)
    yield "entries for a model", op.pickle(op.model(), op.text("a"), op.NONE, op.SETITEM)
    yield (
        "items for a class",
        op.pickle(op.name("sklearn.linear_model._logistic", "LogisticRegression"), b"(Ne"),
    )
    yield "a call of a call", op.pickle(op.call(op.call(op.name("builtins", "set"), b"]"), op.NONE))
    yield "a call of a text", op.pickle(op.call(op.text("os.system"), op.text("true")))
    yield "arguments that are a list", op.pickle(op.name("builtins", "set"), b"]R")
    yield "a name that is computed", op.pickle(
        op.call(op.name("_codecs", "encode"), op.text("os"), op.text("latin1")), op.text("system"),
        b"\x93",
    )  # fmt: skip
    yield "a name of bytes", op.pickle(op.raw(b"os"), op.raw(b"system"), b"\x93")


def _frames() -> Iterator[tuple[str, bytes]]:
    crossing = struct.pack("<Q", 3)
    yield "an opcode over a frame's end", b"\x80\x05\x95" + crossing + b"\x8c\x14" + _LONG + b"."
    yield "a call over a frame's end", op.pickle(op.framed(SYSTEM, 5))
    yield "a frame inside a frame", op.pickle(op.framed(op.framed(op.model()) + op.NONE + op.POP))
    yield "a frame beyond the file", op.pickle(op.framed(op.model(), 1 << 20))
    yield "a frame of 2**63 bytes", op.pickle(op.framed(op.model(), 1 << 63))
    yield "a frame that ends behind STOP", op.pickle(op.framed(op.model(), len(op.model()) + 9))
    yield "an array inside a frame", op.pickle(op.framed(op.wrapper(b"0" * 40) + op.NONE))
    yield (
        "a frame's end inside bytes",
        op.pickle(op.framed(op.raw(b"x" * 50), 20), op.POP, op.model()),
    )
    yield "a name over a frame's end", op.pickle(op.framed(op.old_name("os", "system"), 6))


def _foreign() -> Iterator[tuple[str, bytes]]:
    for code, argument in ((b"\x82", b"\x01"), (b"\x83", b"\x01\x00"), (b"\x84", b"\x01\0\0\0")):
        yield f"EXT {code.hex()}", op.pickle(code + argument)
    yield "PERSID", op.pickle(b"Pos.system\n")
    yield "BINPERSID", op.pickle(op.text("os"), b"Q")
    yield "NEXT_BUFFER", op.pickle(b"\x97", protocol=5)
    yield "READONLY_BUFFER", op.pickle(b"\x97\x98", protocol=5)
    yield "PROTO twice", op.pickle(b"\x80\x04", op.model())
    yield "protocol 9", op.pickle(op.model(), protocol=9)
    yield "protocol 0 inside 4", op.pickle(op.model(C=b"S'x'\n"))
    yield "INT of protocol 0", op.pickle(op.model(C=b"I01\n"))
    yield "FLOAT of protocol 0", op.pickle(op.model(C=b"F1e999\n"))
    yield "UNICODE of protocol 0", op.pickle(op.model(C=b"V\\u0000\n"))
    yield "an unknown opcode", op.pickle(b"\xfe")
    yield "a text that is no UTF-8", op.pickle(b"X\x02\0\0\0\xff\xfe")
    yield "a name that does not end", b"\x80\x04c" + b"o" * 100_000


def _states() -> Iterator[tuple[str, bytes]]:
    cls = op.name("sklearn.linear_model._logistic", "LogisticRegression")
    for target, said in ((cls, "a class"), (op.name("numpy", "add"), "a function"),
                         (op.name("copyreg", "_reconstructor"), "copyreg")):  # fmt: skip
        yield f"a dict for {said}", op.pickle(op.with_state(target, op.mapping(predict=op.NONE)))
        slots = op.sequence(op.NONE, op.mapping(__name__=op.text("x")))
        yield f"slots for {said}", op.pickle(op.with_state(target, slots))
    made = op.new(cls)
    yield (
        "slots for a model",
        op.pickle(
            op.with_state(
                made, op.sequence(op.NONE, op.mapping(__class__=op.name("builtins", "str")))
            )
        ),
    )
    yield "a list as state", op.pickle(op.with_state(made, op.EMPTY_LIST))
    yield "a call as state", op.pickle(op.with_state(made, SYSTEM))
    twice = op.with_state(op.with_state(made, op.mapping(C=op.NONE)), op.mapping(C=op.NONE))
    yield "state twice", op.pickle(twice)
    yield "a model made with arguments", op.pickle(op.new(cls, op.text("l2")))
    yield "a model made by a call", op.pickle(op.call(cls))
    yield "a model made with keywords", op.pickle(cls, b")", op.mapping(C=op.NONE), op.NEWOBJ_EX)
    yield "a function called", op.pickle(op.call(op.name("numpy", "add"), op.NONE, op.NONE))
    yield "a function made", op.pickle(op.new(op.name("numpy", "add")))
    yield "a type called", op.pickle(op.call(op.name("builtins", "int"), op.text("1")))
    yield (
        "getattr of a class",
        op.pickle(op.call(op.name("builtins", "getattr"), cls, op.text("__init__"))),
    )
    yield (
        "getattr of str's format",
        op.pickle(
            op.call(op.name("builtins", "getattr"), op.name("builtins", "str"), op.text("format"))
        ),
    )
    yield (
        "getattr with a default",
        op.pickle(
            op.call(
                op.name("builtins", "getattr"), op.name("builtins", "str"), op.text("x"), SYSTEM
            )
        ),
    )
    yield (
        "_reconstructor with a base",
        op.pickle(
            op.call(
                op.name("copyreg", "_reconstructor"),
                cls,
                op.name("builtins", "dict"),
                op.EMPTY_DICT,
            )
        ),
    )
    yield "__newobj__", op.pickle(op.call(op.name("copyreg", "__newobj__"), cls))
    yield "__newobj_ex__", op.pickle(op.call(op.name("copyreg", "__newobj_ex__"), cls, b")", b"}"))
    yield (
        "add_extension",
        op.pickle(
            op.call(
                op.name("copyreg", "add_extension"), op.text("os"), op.text("system"), op.integer(1)
            )
        ),
    )
    yield (
        "encode with another codec",
        op.pickle(op.call(op.name("_codecs", "encode"), op.text("x"), op.text("zlib"))),
    )
    yield (
        "bytearray of a length",
        op.pickle(op.call(op.name("builtins", "bytearray"), op.integer(1 << 40))),
    )
    yield "bytes of a length", op.pickle(op.call(op.name("builtins", "bytes"), op.integer(1 << 40)))


def _ends() -> Iterator[tuple[str, bytes]]:
    good = op.pickle(op.model())
    yield "one byte more", good + b"\x00"
    yield "a newline more", good + b"\n"
    yield "a second pickle", good + op.pickle(SYSTEM)
    yield "the same pickle twice", good * 2
    yield "a zip behind it", good + b"PK\x05\x06" + bytes(18)
    yield "nothing", b""
    yield "only a header", b"\x80\x04"
    yield "one byte less", good[:-1]
    yield "a third of it", good[: len(good) // 3]
    yield "a byte before it", b"\x00" + good
    yield "bytes longer than the file", op.pickle(b"B\xff\xff\xff\x7fx")
    yield "bytes of 2**63", op.pickle(b"\x8e" + struct.pack("<Q", 1 << 63))
    yield "a text of 2**63", op.pickle(b"\x8d" + struct.pack("<Q", 1 << 63))
    yield "a bytearray of 2**62", op.pickle(b"\x96" + struct.pack("<Q", 1 << 62), protocol=5)


def cases() -> Iterator[Case]:
    kinds = {
        "memo": _memo, "changed after use": _changed, "stack": _stack, "frames": _frames,
        "foreign opcodes": _foreign, "states": _states, "ends": _ends,
    }  # fmt: skip
    for kind, made in kinds.items():
        for name, data in made():
            yield fixed(name, kind, data)
