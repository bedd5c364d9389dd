"""Files that cost far more to read or to load than their size; makers hidden in pandas' own."""

import struct
from collections.abc import Callable, Iterator

from tests.intake.hostile import opcodes as op
from tests.intake.hostile.case import Case, fixed

Make = Callable[[], bytes]


def _doubled(first: bytes, step: Callable[[bytes], bytes], levels: int) -> bytes:
    """Each level holds the one below twice, the second time out of the memo."""
    value = first + op.MEMOIZE
    for level in range(levels):
        below = b"h" + bytes((level,)) if level < 256 else b"j" + struct.pack("<I", level)
        value = step(value + below) + op.MEMOIZE
    return value


def _floods() -> Iterator[tuple[str, Make]]:
    many = 600_000
    number = b"\x8a\xff" + b"\x7f" * 255
    yield "LONG1 of 255 bytes", lambda: op.pickle(op.listed(number * 50_000))
    yield (
        "LONG4 of 1 MB",
        lambda: op.pickle(b"\x8b" + struct.pack("<i", 1 << 20) + b"\x7f" * (1 << 20)),
    )
    yield "LONG4 of a negative length", lambda: op.pickle(b"\x8b" + struct.pack("<i", -1))
    yield "LONG of decimal digits", lambda: op.pickle(op.model(C=b"L" + b"9" * 1_000_000 + b"L\n"))
    yield "marks", lambda: op.pickle(op.MARK * many)
    yield "marks and tuples", lambda: op.pickle(op.MARK * many + b"t" * many)
    yield "tuples in each other", lambda: op.pickle(op.NONE + b"\x85" * many)
    yield "lists in each other", lambda: op.pickle(b"]" * many + b"a" * (many - 1))
    yield "values that are dropped", lambda: op.pickle(b"N0" * many)
    yield "values on the stack", lambda: op.pickle(op.NONE * many)
    yield "frames without content", lambda: op.pickle((b"\x95" + bytes(8)) * many)


def _laughs() -> Iterator[tuple[str, Make]]:
    loss = op.new(op.name("sklearn._loss._loss", "CyHuberLoss"))
    huge = _doubled(op.NONE, lambda pair: pair + b"\x86", 200)
    yield "a state of doubled tuples", lambda: op.pickle(op.with_state(loss, op.sequence(huge)))
    deep = op.NONE + b"\x85" * 100_000
    yield (
        "a state of tuples in each other",
        lambda: op.pickle(op.with_state(loss, op.sequence(deep))),
    )
    yield "a shape of doubled tuples", lambda: op.pickle(op.wrapper(b"", shape=huge))
    yield (
        "a dtype of doubled tuples",
        lambda: op.pickle(
            op.with_state(
                op.call(op.name("numpy", "dtype"), op.text("i8"), op.FALSE, op.TRUE), huge
            )
        ),
    )
    yield (
        "the arguments of a call, doubled",
        lambda: op.pickle(op.name("builtins", "complex"), huge, op.REDUCE),
    )


def _loading() -> Iterator[tuple[str, Make]]:
    """Costly to load or to walk; what reads the bytes only need not see it."""
    yield (
        "a billion laughs of tuples",
        lambda: op.pickle(
            op.model(C=_doubled(op.text("ha" * 20), lambda pair: pair + b"\x86", 60))
        ),
    )
    colliding = b"".join(op.integer(k * ((1 << 61) - 1)) + op.NONE for k in range(1, 60_000))
    yield "a dict whose keys collide", lambda: op.pickle(op.model(C=b"}(" + colliding + b"u"))
    same = b"".join(op.integer(k * ((1 << 61) - 1)) for k in range(1, 60_000))
    yield "a set whose items collide", lambda: op.pickle(op.model(C=b"\x8f(" + same + b"\x90"))
    yield (
        "a key of doubled tuples",
        lambda: op.pickle(
            op.model(C=b"}" + _doubled(op.NONE, lambda pair: pair + b"\x86", 60) + op.NONE + b"s")
        ),
    )
    yield "a parameter of enormous digits", lambda: op.pickle(op.model(C=op.integer(1 << 500)))
    cls = op.name("sklearn.linear_model._logistic", "LogisticRegression")
    itself = op.new(cls) + op.MEMOIZE + op.mapping(C=b"h\x00") + op.BUILD
    yield "a model that is its own parameter", lambda: op.pickle(itself)
    listed = b"]" + op.MEMOIZE + b"h\x00a"
    yield "a list that holds itself", lambda: op.pickle(op.model(classes_=listed))


def _pandas() -> Iterator[tuple[str, bytes]]:
    index = op.name("pandas.core.indexes.base", "_new_Index")
    for module, name in (("numpy", "memmap"), ("os", "system"), ("builtins", "eval"),
                         ("pandas.io.pytables", "HDFStore"), ("numpy", "ndarray"),
                         ("sklearn.pipeline", "Pipeline"), ("pandas", "read_pickle")):  # fmt: skip
        yield (
            f"_new_Index({name})",
            op.pickle(
                op.call(index, op.name(module, name), op.mapping(filename=op.text("/etc/passwd")))
            ),
        )
    cls = op.name("pandas.core.indexes.base", "Index")
    for key in ("dtype", "copy", "tupleize_cols", "filename", "__class__"):
        yield (
            f"_new_Index with {key}",
            op.pickle(op.call(index, cls, op.mapping(**{key: op.name("os", "system")}))),
        )
    yield "_new_Index over a range that allocates", op.pickle(
        op.call(index, cls, op.mapping(data=op.call(op.name("builtins", "range"), op.integer(0),
                                                    op.integer(1 << 39), op.integer(1))))
    )  # fmt: skip
    yield "_new_Index over a text", op.pickle(op.call(index, cls, op.mapping(data=op.text("x"))))
    block = op.name("pandas._libs.internals", "_unpickle_block")
    yield (
        "_unpickle_block over a function",
        op.pickle(
            op.call(
                block,
                op.name("os", "system"),
                op.call(op.name("builtins", "slice"), op.NONE, op.NONE, op.NONE),
                op.integer(1),
            )
        ),
    )
    yield (
        "_unpickle_block over a model",
        op.pickle(op.call(block, op.model(), op.NONE, op.integer(1))),
    )
    manager = op.name("pandas.core.internals.managers", "BlockManager")
    for said, state in (
        ("a dict", op.EMPTY_DICT),
        ("a list", op.EMPTY_LIST),
        ("a model", op.model()),
        ("a function", op.name("os", "system")),
    ):
        yield (
            f"a BlockManager with {said} as state",
            op.pickle(op.with_state(op.new(manager), state)),
        )
        yield f"a BlockManager of {said}", op.pickle(op.call(manager, state, op.EMPTY_LIST))
    frame = op.name("pandas.core.frame", "DataFrame")
    for key in ("_mgr", "attrs", "_typ", "_metadata", "eval"):
        yield (
            f"a DataFrame whose {key} is a function",
            op.pickle(
                op.with_state(op.new(frame), op.mapping(**{key: op.name("builtins", "str")}))
            ),
        )
    for maker, other in (
        ("pandas._libs.arrays.__pyx_unpickle_NDArrayBacked", "sklearn.pipeline.Pipeline"),
        ("pandas._libs.internals.__pyx_unpickle_BlockValuesRefs", "builtins.str"),
        ("pandas._libs.tslibs.offsets.__pyx_unpickle_BaseOffset", "os.system"),
        ("numpy.random.bit_generator.__pyx_unpickle_SeedSequence", "builtins.object"),
        ("sklearn._loss._loss.__pyx_unpickle_CyHuberLoss", "sklearn.pipeline.Pipeline"),
        ("sklearn.tree._tree.__pyx_unpickle_TreeBuilder", "builtins.object"),
        ("sklearn.neighbors._kd_tree.newObj", "builtins.str"),
        ("sklearn.metrics._dist_metrics.newObj", "os.system"),
        ("pandas.core.arrays.arrow.array._from_arrow", "builtins.str"),
        ("numpy.ma.core._mareconstruct", "os.system"),
        ("numpy.random._pickle.__randomstate_ctor", "os.system"),
        ("numpy.random._pickle.__bit_generator_ctor", "os.system"),
        ("collections.Counter", "os.system"),
        ("collections.deque", "builtins.range"),
    ):
        names = [full.rpartition(".")[::2] for full in (maker, other)]
        for checksum in (0, 1 << 20):
            yield (
                f"{maker} of {other}, {checksum}",
                op.pickle(
                    op.call(op.name(*names[0]), op.name(*names[1]), op.integer(checksum), op.NONE)
                ),
            )
    tree = op.name("sklearn.tree._tree", "Tree")
    for said, arguments in (
        ("no arguments", ()),
        ("enormous numbers", (op.integer(1 << 39), op.NONE, op.integer(1 << 39))),
        ("fewer classes than outputs", (
            op.integer(1), op.array(op.sequence(op.integer(1)), op.dtype("i8"), op.raw(bytes(8))),
            op.integer(10_000))),
        ("fewer classes in a nested array", (
            op.integer(1), op.wrapper(op.pickle(op.array(
                op.sequence(op.integer(1)), op.dtype("i8"), op.raw(bytes(8)))),
                kind=op.objects(), shape=op.sequence(op.integer(90_000))), op.integer(90_000))),
        ("classes as a function", (op.integer(1), op.name("os", "system"), op.integer(1))),
    ):  # fmt: skip
        yield f"a Tree of {said}", op.pickle(op.call(tree, *arguments))


def cases() -> Iterator[Case]:
    for name, make in _floods():
        yield Case(name, "sizes without end", make)
    for name, make in _laughs():
        yield Case(name, "sizes without end", make)
    for name, make in _loading():
        yield Case(name, "costly to load", make, "values")
    for name, data in _pandas():
        yield fixed(name, "makers behind makers", data)
