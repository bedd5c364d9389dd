"""Arrays and dtypes that are more than data: wrappers that lie, pointers, records without end."""

from collections.abc import Iterator

from tests.intake.hostile import opcodes as op
from tests.intake.hostile.case import Case, fixed

_HIDDEN = b"cos\nsystem\n(X\x04\0\0\0true\x85R0" + op.model() + b"."
_WRAPPER = op.name("joblib.numpy_pickle", "NumpyArrayWrapper")
_ONE = op.sequence(op.integer(1))
_POINTER = b"\x41" * 8


def _wrappers() -> Iterator[tuple[str, bytes]]:
    payload = b"x" * 24
    reconstructor = op.call(
        op.name("copyreg", "_reconstructor"), _WRAPPER, op.name("builtins", "object"), op.NONE
    )
    makers = {
        "_reconstructor": reconstructor,
        "__newobj__": op.call(op.name("copyreg", "__newobj__"), _WRAPPER),
        "a call": op.call(_WRAPPER),
        "NEWOBJ_EX": _WRAPPER + b")" + b"}" + op.NEWOBJ_EX + op.POP + op.call(_WRAPPER),
        "NEWOBJ with arguments": op.new(_WRAPPER, op.NONE),
        "OBJ": op.MARK + _WRAPPER + b"o",
        "INST": b"(ijoblib.numpy_pickle\nNumpyArrayWrapper\n",
    }
    for said, made in makers.items():
        yield f"a wrapper made by {said}", op.pickle(op.wrapper(payload, cls=made))
        hidden = b"B" + len(_HIDDEN).to_bytes(4, "little") + _HIDDEN
        yield (
            f"{said}, opcodes hidden behind",
            op.pickle(op.wrapper(payload, cls=made) + op.POP + hidden),
        )
    u1 = op.dtype("u1", order="|")
    sized = {
        "a negative length": op.sequence(op.integer(-1)),
        "lengths whose product wraps": op.sequence(op.integer(1 << 32), op.integer(1 << 32)),
        "40 dimensions": op.sequence(*[op.integer(1)] * 40),
        "a length that is a bool": op.sequence(op.TRUE),
        "a length that is a float": op.sequence(b"G" + bytes(8)),
        "a list": op.listed(op.integer(24)),
        "8,000 lengths of 255 bytes": op.sequence(*[b"\x8a\xff" + b"\x7f" * 255] * 8000),
        "8,000 lengths of 60 bytes": op.sequence(*[op.integer(1 << 470)] * 8000),
        "4 TB": op.sequence(op.integer(1 << 42)),
        "2**63": op.sequence(op.integer(1 << 63)),
        "too many for the file": op.sequence(op.integer(25)),
        "too few for the file": op.sequence(op.integer(3)),
    }
    for said, shape in sized.items():
        yield f"a wrapper's shape: {said}", op.pickle(op.wrapper(payload, shape=shape, kind=u1))
    classes = {"os.system": op.name("os", "system"), "a text": op.text("ndarray"),
               "a model": op.name("sklearn.pipeline", "Pipeline"),
               "MaskedArray": op.name("numpy.ma", "MaskedArray"),
               "recarray": op.name("numpy", "recarray")}  # fmt: skip
    for said, subclass in classes.items():
        yield f"a wrapper of class {said}", op.pickle(op.wrapper(payload, subclass=subclass))
    yield "a wrapper in an unknown order", op.pickle(op.wrapper(payload, order="A"))
    yield "a wrapper mapped by a text", op.pickle(op.wrapper(payload, allow_mmap=op.text("r+")))
    for size in (-1, 0, 255, 1 << 40):
        padded = op.wrapper(b"\x03\xff\xff\xff" + payload, alignment=op.integer(size))
        yield f"a wrapper aligned to {size}", op.pickle(padded)
    aligned = {"opcodes as padding": b"\x10" + b"cos\nsystem\n(tR.N", "long padding": b"\xff" * 256}
    for said, padding in aligned.items():
        shape, sixteen = op.sequence(op.integer(4)), op.integer(16)
        data = op.wrapper(padding + b"data", shape=shape, alignment=sixteen)
        yield f"a wrapper with {said}", op.pickle(data)
    extra = op.mapping(subclass=op.name("numpy", "ndarray"), __class__=op.name("os", "system"))
    yield "a wrapper with a class", op.pickle(op.new(_WRAPPER), extra, op.BUILD)
    yield "a wrapper without state", op.pickle(op.model(C=op.new(_WRAPPER)))
    for old in ("NDArrayWrapper", "ZNDArrayWrapper"):
        for module in ("joblib.numpy_pickle", "joblib.numpy_pickle_compat"):
            state = op.mapping(
                filename=op.text("../../etc/passwd"),
                subclass=op.name("numpy", "ndarray"),
                allow_mmap=op.TRUE,
            )
            yield (
                f"{module}.{old} with a file's name",
                op.pickle(op.with_state(op.new(op.name(module, old)), state)),
            )
    nested = op.pickle(op.with_state(op.new(_WRAPPER), op.mapping(shape=op.sequence())))
    yield (
        "a wrapper in an array of objects",
        op.pickle(op.wrapper(nested, kind=op.objects(), shape=_ONE)),
    )
    deep = op.pickle(op.NONE)
    for _ in range(40):
        deep = op.pickle(op.wrapper(deep, kind=op.objects(), shape=_ONE))
    yield "40 arrays of objects in each other", deep


def _pointers() -> Iterator[tuple[str, bytes]]:
    for code in ("O8", "O", "|O", "object", "O4"):
        kind = op.dtype(code, order="|", flags=63)
        yield f"{code} over bytes", op.pickle(op.array(_ONE, kind, op.raw(_POINTER)))
        for core in ("numpy.core", "numpy._core"):
            scalar = op.name(f"{core}.multiarray", "scalar")
            yield f"{core} scalar of {code}", op.pickle(op.call(scalar, kind, op.raw(_POINTER)))
    frombuffer = op.name("numpy._core.numeric", "_frombuffer")
    yield (
        "_frombuffer of objects",
        op.pickle(op.call(frombuffer, op.raw(_POINTER), op.objects(), _ONE, op.text("C"))),
    )
    for cls in ("ndarray", "frombuffer", "fromstring"):
        yield (
            f"numpy.{cls} called",
            op.pickle(op.call(op.name("numpy", cls), _ONE, op.objects(), op.raw(_POINTER))),
        )
    plain = op.dtype("u1", order="|")
    kinds = {
        "disguised flags": op.dtype("i8", flags=63),
        "objects without flags": op.dtype("O8", order="|", flags=0),
        "a subarray": op.dtype("V8", size=8, subarray=op.sequence(op.objects(), _ONE)),
        "a subarray of itself": op.dtype(
            "V8", size=8, subarray=op.sequence(plain, op.sequence(op.integer(1 << 40)))
        ),
        "another size": op.dtype("V8", size=1 << 30),
        "a negative size": op.dtype("V8", size=-8),
        "an enormous text": op.dtype("U9999999", size=39999996),
        "metadata": op.dtype("i8", metadata=op.mapping(x=op.name("os", "system"))),
        "a time without a unit": op.dtype("m8"),
        "a date without a unit": op.dtype("M8"),
        "a date whose unit is None": op.dtype("M8", metadata=op.NONE),
        "flags that are negative": op.dtype("i8", flags=-1),
        "an unknown order": op.dtype("i8", order="!"),
        "an alignment of 2**40": op.dtype("i8", alignment=1 << 40),
        "a code with fields": op.dtype("i8,O"),
        "a comma code": op.dtype("(1000000,1000000)f8"),
        "a code of a class": op.call(
            op.name("numpy", "dtype"), op.name("numpy", "object_"), op.FALSE, op.TRUE
        ),
        "a code that is a dict": op.call(
            op.name("numpy", "dtype"), op.mapping(names=b"]"), op.FALSE, op.TRUE
        ),
        **dict(_records()),
    }
    for said, kind in kinds.items():
        yield f"a dtype with {said}", op.pickle(op.array(_ONE, kind, op.raw(_POINTER)))
        yield (
            f"a wrapper's dtype with {said}",
            op.pickle(op.wrapper(_POINTER, kind=kind, shape=_ONE)),
        )
    for said, shape in {"too many": 9, "negative": -1, "enormous": 1 << 60}.items():
        data = op.array(op.sequence(op.integer(shape)), op.dtype("i8"), op.raw(_POINTER))
        yield f"an array of {said} elements", op.pickle(data)
    nothing = op.sequence(op.integer(4_000_000_000), op.integer(0))
    yield (
        "an array of 4,000,000,000 rows of nothing",
        op.pickle(op.array(nothing, op.dtype("i8"), op.raw(b""))),
    )
    yield (
        "a wrapper of 4,000,000,000 rows of nothing",
        op.pickle(op.wrapper(b"", kind=op.dtype("i8"), shape=nothing)),
    )
    yield (
        "an array of objects, too few",
        op.pickle(op.array(op.sequence(op.integer(5)), op.objects(), op.listed(op.NONE))),
    )
    yield "an array with a file's memory", op.pickle(
        op.with_state(
            op.call(op.name("numpy._core.multiarray", "_reconstruct"), op.name("numpy", "memmap"),
                    op.sequence(op.integer(0)), op.raw(b"b")), op.NONE)
    )  # fmt: skip


def _records() -> Iterator[tuple[str, bytes]]:
    i8 = op.dtype("i8")

    def record(size: int, *fields: tuple[str, bytes, int]) -> bytes:
        names = op.sequence(*(op.text(name) for name, _, _ in fields))
        table = op.mapping(**{n: op.sequence(kind, op.integer(at)) for n, kind, at in fields})
        return op.dtype(f"V{size}", order="|", size=size, fields=(names, table), flags=16)

    yield "objects in a record", record(8, ("a", op.objects(), 0))
    yield "a negative offset", record(8, ("a", i8, -8))
    yield "an offset outside", record(8, ("a", i8, 4096))
    yield "fields over each other", record(12, ("a", i8, 0), ("b", i8, 4))
    yield "a record in a record", record(8, ("a", record(8, ("b", i8, 0)), 0))
    yield (
        "names without fields",
        op.dtype("V8", size=8, fields=(op.sequence(op.text("a")), op.NONE)),
    )
    yield "a field called twice", record(16, ("a", i8, 0), ("a", i8, 8))
    level = i8 + op.MEMOIZE
    for depth in range(20):
        level = record(8 << depth, ("a", level, 0), ("b", b"h" + bytes((depth,)), 0)) + op.MEMOIZE
    yield "20 levels that double", level
    made = op.call(op.name("numpy", "dtype"), op.text("V8"), op.FALSE, op.TRUE) + op.MEMOIZE
    table = op.mapping(a=op.sequence(b"h\x00", op.integer(0)))
    yield "itself as a field", op.with_state(
        made,
        op.sequence(op.integer(3), op.text("|"), op.NONE, op.sequence(op.text("a")), table,
                    op.integer(8), op.integer(1), op.integer(16)),
    )  # fmt: skip


def cases() -> Iterator[Case]:
    for name, data in _wrappers():
        yield fixed(name, "array wrappers", data)
    for name, data in _pointers():
        yield fixed(name, "pointers", data)
