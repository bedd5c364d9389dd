"""An assembler of pickle opcodes: every function returns the bytes that build one value."""

import struct

MARK, STOP, NONE, POP, DUP, REDUCE, BUILD = b"(", b".", b"N", b"0", b"2", b"R", b"b"
NEWOBJ, NEWOBJ_EX, MEMOIZE, EMPTY_DICT, EMPTY_LIST = b"\x81", b"\x92", b"\x94", b"}", b"]"
EMPTY_TUPLE, TRUE, FALSE, SETITEM, SETITEMS, APPEND = b")", b"\x88", b"\x89", b"s", b"u", b"a"


def pickle(*parts: bytes, protocol: int = 4) -> bytes:
    """A whole file: header, the parts one after the other, STOP."""
    return b"\x80" + bytes((protocol,)) + b"".join(parts) + STOP


def text(value: str) -> bytes:
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def integer(value: int) -> bytes:
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes((len(data),)) + data


def raw(value: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(value)) + value


def sequence(*parts: bytes) -> bytes:
    """A tuple."""
    return MARK + b"".join(parts) + b"t"


def listed(*parts: bytes) -> bytes:
    """A list."""
    return b"](" + b"".join(parts) + b"e"


def mapping(**parts: bytes) -> bytes:
    """A dict with text keys."""
    return b"}(" + b"".join(text(key) + part for key, part in parts.items()) + b"u"


def name(module: str, attribute: str) -> bytes:
    """A class or function, by STACK_GLOBAL."""
    return text(module) + text(attribute) + b"\x93"


def old_name(module: str, attribute: str) -> bytes:
    """A class or function, by GLOBAL."""
    return f"c{module}\n{attribute}\n".encode()


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + sequence(*arguments) + REDUCE


def new(cls: bytes, *arguments: bytes) -> bytes:
    return cls + sequence(*arguments) + NEWOBJ


def with_state(made: bytes, state: bytes) -> bytes:
    return made + state + BUILD


def framed(body: bytes, size: int | None = None) -> bytes:
    """A frame around the body, which claims `size` bytes."""
    return b"\x95" + struct.pack("<Q", len(body) if size is None else size) + body


def model(**attributes: bytes) -> bytes:
    """A LogisticRegression that was never fitted, with these attributes."""
    cls = name("sklearn.linear_model._logistic", "LogisticRegression")
    return with_state(new(cls), mapping(**attributes))


def dtype(code: str, *, fields: tuple[bytes, bytes] = (NONE, NONE), size: int = -1,
          alignment: int = -1, flags: int = 0, order: str = "<", subarray: bytes = NONE,
          metadata: bytes = b"") -> bytes:  # fmt: skip
    """A numpy dtype as pickles hold it; `fields` are the names and the table of fields."""
    made = call(name("numpy", "dtype"), text(code), FALSE, TRUE)
    state = sequence(
        integer(3), text(order), subarray, *fields, integer(size), integer(alignment),
        integer(flags), metadata,
    )  # fmt: skip
    return with_state(made, state)


def objects() -> bytes:
    """The dtype of references."""
    return dtype("O8", order="|", flags=63)


def array(shape: bytes, kind: bytes, elements: bytes) -> bytes:
    """An ndarray by _reconstruct and its state."""
    made = call(
        name("numpy._core.multiarray", "_reconstruct"),
        name("numpy", "ndarray"), sequence(integer(0)), raw(b"b"),
    )  # fmt: skip
    return with_state(made, sequence(integer(1), shape, kind, FALSE, elements))


def wrapper(payload: bytes, *, shape: bytes | None = None, kind: bytes | None = None,
            cls: bytes | None = None, alignment: bytes = NONE, order: str = "C",
            subclass: bytes | None = None, allow_mmap: bytes = TRUE) -> bytes:  # fmt: skip
    """joblib's NumpyArrayWrapper and the bytes that follow it."""
    cls = cls or new(name("joblib.numpy_pickle", "NumpyArrayWrapper"))
    state = mapping(
        subclass=subclass or name("numpy", "ndarray"),
        shape=shape or sequence(integer(len(payload))),
        order=text(order),
        dtype=kind or dtype("u1", order="|"),
        allow_mmap=allow_mmap,
        numpy_array_alignment_bytes=alignment,
    )
    return cls + state + BUILD + payload
