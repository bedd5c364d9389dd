"""Model files for the conversion's tests: good ones as people train them, and hostile ones."""

import io
import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CANARY = "SLIPWAY_CANARY"
"""What hostile files try to create: a file of this name in the working directory."""


class Call:
    """Pickles to a call of `function` while loading."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.function, self.arguments


def bomb() -> Call:
    return Call(os.system, f"touch {CANARY}")


def spell(*parts: bytes) -> bytes:
    """A pickle by hand: protocol 4 header, parts, STOP."""
    return b"\x80\x04" + b"".join(parts) + b"."


def text(value: str) -> bytes:
    data = value.encode()
    return b"\x8c" + bytes([len(data)]) + data


def name(module: str, attribute: str) -> bytes:
    """STACK_GLOBAL."""
    return text(module) + text(attribute) + b"\x93"


def call(module: str, attribute: str, *arguments: bytes) -> bytes:
    return name(module, attribute) + b"(" + b"".join(arguments) + b"tR"


TOUCH = text(f"touch {CANARY}")

HANDMADE: dict[str, bytes] = {
    "os.system": spell(call("os", "system", TOUCH)),
    "posix.system": spell(call("posix", "system", TOUCH)),
    "protocol 0": b"cos\nsystem\n(S'touch " + CANARY.encode() + b"'\ntR.",
    "INST": b"\x80\x04(" + TOUCH + b"ios\nsystem\n.",
    "OBJ": spell(b"(" + name("os", "system") + TOUCH + b"o"),
    "EXT1": spell(b"\x82\x01" + b"(" + TOUCH + b"tR"),
    "EXT2": spell(b"\x83\x01\x00" + b"(" + TOUCH + b"tR"),
    "EXT4": spell(b"\x84\x01\x00\x00\x00" + b"(" + TOUCH + b"tR"),
    "PERSID": b"\x80\x04Pwhatever\n.",
    "BINPERSID": spell(text("whatever") + b"Q"),
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "module from the memo": spell(
        text("os") + b"\x94" + text("system") + b"\x94" + b"00h\x00h\x01\x93(" + TOUCH + b"tR"
    ),
    "names swapped through the memo": spell(
        text("system") + b"\x94" + text("os") + b"\x94" + b"00h\x01h\x00\x93(" + TOUCH + b"tR"
    ),
    "DUP of the name": spell(text("os") + text("system") + b"\x93" + b"2" + b"(" + TOUCH + b"tR"),
    "a computed name": spell(
        call("builtins", "str", text("os")) + text("system") + b"\x93(" + TOUCH + b"tR"
    ),
    "a name in a long text": spell(
        b"\x8d" + (2).to_bytes(8, "little") + b"os" + text("system") + b"\x93(" + TOUCH + b"tR"
    ),
    "builtins.eval": spell(call("builtins", "eval", text("1+1"))),
    "builtins.exec": spell(call("builtins", "exec", text("pass"))),
    "builtins.getattr": spell(call("builtins", "getattr", name("builtins", "str"), text("join"))),
    "builtins.__import__": spell(call("builtins", "__import__", text("os"))),
    "a dotted name": spell(call("builtins", "str.join.__self__", text("x"))),
    "functools.partial": spell(call("functools", "partial", name("builtins", "str"))),
    "operator.attrgetter": spell(call("operator", "attrgetter", text("system"))),
    "operator.methodcaller": spell(call("operator", "methodcaller", text("system"))),
    "numpy.f2py": spell(call("numpy.f2py", "compile", text("x"))),
    "numpy.load": spell(call("numpy", "load", text("/etc/passwd"))),
    "numpy.fromfile": spell(call("numpy", "fromfile", text("/etc/passwd"))),
    "numpy.memmap": spell(
        call("numpy", "memmap", text(CANARY), name("builtins", "float"), text("w+"))
    ),
    "numpy runstring": spell(call("numpy.testing._private.utils", "runstring", text("x"), b"}")),
    "joblib.load": spell(call("joblib.numpy_pickle", "load", text("/tmp/x"))),
    "joblib.Memory": spell(call("joblib.memory", "Memory", text("/tmp/x"))),
    "os through sklearn": spell(call("sklearn.datasets._base", "os.system", TOUCH)),
    "sklearn's loader": spell(call("sklearn.datasets._base", "load_files", text("/etc"))),
    "sklearn's joblib": spell(call("sklearn.utils._joblib", "joblib.load", text("/tmp/x"))),
    "pandas.read_pickle": spell(call("pandas.io.pickle", "read_pickle", text("/tmp/x"))),
    "pandas.eval": spell(call("pandas.core.computation.eval", "eval", text("1"))),
    "code objects": spell(call("types", "CodeType")),
    "sys.modules": spell(name("sys", "modules")),
    "state for a class": spell(
        name("sklearn.linear_model._ridge", "Ridge")
        + b"N}"
        + text("predict")
        + name("builtins", "str")
        + b"s\x86b"
    ),
    "an item of a class": spell(name("builtins", "dict") + text("x") + text("y") + b"s"),
    "a call of a result": spell(call("collections", "OrderedDict") + b")R"),
}

INERT = spell(name("scipy.stats._continuous_distns", "norm_gen") + b")\x81}b")
"""A search space of a fitted search: its state would be code, were it loaded."""
RIDGE = name("sklearn.linear_model._ridge", "Ridge") + b")\x81}"
"""A model, and a table for its attributes on top of it."""


def in_a_model(data: bytes) -> bytes:
    """The same, as the attribute of a model: what is refused for being no model is not masked."""
    return spell(RIDGE + text("coef_") + data[2:-1] + b"sb")


def after_arrays() -> bytes:
    """A payload behind real arrays, where scanners that do not know joblib lose their way."""
    import joblib
    import numpy as np

    out = io.BytesIO()
    joblib.dump([np.arange(1000.0), np.ones((20, 20)), bomb()], out)
    return out.getvalue()


def in_object_array() -> bytes:
    """joblib pickles the elements of an object array as a stream of their own."""
    import joblib
    import numpy as np

    out = io.BytesIO()
    joblib.dump({"categories": np.array(["a", bomb()], dtype=object)}, out)
    return out.getvalue()


def in_nested_object_arrays() -> bytes:
    import joblib
    import numpy as np

    inner = io.BytesIO()
    joblib.dump(np.array([bomb()], dtype=object), inner)
    outer = np.array([np.array([bomb()], dtype=object), inner.getvalue()], dtype=object)
    out = io.BytesIO()
    joblib.dump(outer, out)
    return out.getvalue()


def in_attribute_of_good_model() -> bytes:
    import joblib
    from sklearn.linear_model import Ridge

    model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    model.extra_ = bomb()
    out = io.BytesIO()
    joblib.dump(model, out)
    return out.getvalue()


def array_header(
    dtype: bytes,
    state: bytes,
    *,
    count: int = 1,
    shape: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """joblib's wrapper of an array of `count` elements, with a dtype and a state by hand."""
    made = name("numpy", "dtype") + text(dtype.decode()) + b"\x89\x88\x87R" + state + b"b"
    fields = {
        "subclass": name("numpy", "ndarray"),
        "shape": b"K" + bytes([count]) + b"\x85" if shape is None else shape,
        "order": text("C"),
        "dtype": made,
        "allow_mmap": b"\x88",
    }
    items = b"".join(text(key) + value for key, value in fields.items())
    wrapper = name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}("
    return wrapper + items + extra + b"ub"


def dtype_state(flags: int, *, size: int = -1, subarray: bytes = b"N") -> bytes:
    number = b"J" + size.to_bytes(4, "little", signed=True)
    return (
        b"(K\x03" + text("<") + subarray + b"NN" + number + b"J\xff\xff\xff\xff"
        + b"K" + bytes([flags]) + b"t"
    )  # fmt: skip


def _types_of_types(levels: int) -> bytes:
    """A dtype whose two fields are of the one type below it: 2**levels numbers."""
    made = name("numpy", "dtype") + text("f8") + b"\x89\x88\x87R\x94"
    for level in range(levels):
        below = b"h" + bytes([level])
        fields = b"".join(
            text(field) + below + b"K" + bytes([place]) + b"\x86s"
            for place, field in enumerate("ab")
        )
        state = b"(K\x03" + text("|") + b"N" + text("a") + text("b") + b"\x86}" + fields
        made += b"0" + name("numpy", "dtype") + text("V16") + b"\x89\x88\x87R\x94"
        made += state + b"K\x10K\x01K\x10tb"
    return made


MANY_NUMBERS = b"(" + (b"\x8a\xff" + b"\x7f" * 255) * 8000 + b"t"
HIDDEN = call("os", "system", TOUCH)
OPCODES = b"cos\nsystem\n(" + TOUCH + b"tR."
OBJECTS = name("numpy", "dtype") + text("O8") + b"\x89\x88\x87R" + dtype_state(63) + b"b"

OPCODES_IN_AN_ARRAY = spell(array_header(b"u1", dtype_state(0), count=len(OPCODES)) + OPCODES)
"""Numbers to a reader that knows joblib's arrays, a call to one that does not."""

DISGUISED: dict[str, bytes] = {
    "numbers whose flags say objects": spell(
        array_header(b"f8", dtype_state(1)) + pickle.dumps(bomb(), 4)
    ),
    "objects whose flags say numbers": spell(array_header(b"O8", dtype_state(0)) + b"\0" * 8),
    "bytes whose size is another": spell(
        array_header(b"V100", dtype_state(0, size=4)) + b"\0\0\0\0" + HIDDEN
    ),
    "an unknown field in the header": spell(
        array_header(b"f8", dtype_state(0), extra=text("read") + name("builtins", "str"))
    ),
    "an array of arrays": spell(
        array_header(b"f8", dtype_state(0, subarray=b"K\x01")) + b"\0" * 8
    ),
    "a wrapper made by a call": spell(
        call("joblib.numpy_pickle", "NumpyArrayWrapper", b"N", b"N", b"N", b"N")
    ),
    "pointers as the data of objects": spell(
        call("numpy", "ndarray", b"K\x01\x85", OBJECTS, b"C\x08" + b"A" * 8)
    ),
    "pointers in an array that is mapped": spell(
        call("numpy", "memmap", b"K\x01\x85", OBJECTS, b"C\x08" + b"A" * 8)
    ),
    "pointers in a scalar": spell(
        call("numpy._core.multiarray", "scalar", OBJECTS, b"C\x08" + b"A" * 8)
    ),
    "a wrapper made by copyreg": spell(
        call(
            "copyreg",
            "_reconstructor",
            name("joblib.numpy_pickle", "NumpyArrayWrapper"),
            name("builtins", "object"),
            b"N",
        )
        + b"}b"
    ),
    "numbers without end in a shape": spell(
        array_header(b"f8", dtype_state(0), shape=MANY_NUMBERS)
    ),
    "a type that is its own field": spell(
        name("numpy", "dtype") + text("V8") + b"\x89\x88\x87R\x94(K\x03" + text("|") + b"N"
        + text("f") + b"\x85}" + text("f") + b"h\x00K\x00\x86sK\x08K\x01K\x10tb"
    ),
    "types without end": spell(_types_of_types(20)),
    "a maker behind another": spell(
        call("pandas.core.indexes.base", "_new_Index", name("numpy", "memmap"), b"}")
    ),
    "an opcode across the end of a frame": b"\x80\x05\x95" + (3).to_bytes(8, "little")
    + b"\x8c\x14" + b"A" * 20 + b".",
    "an array inside a frame": b"\x80\x04\x95" + (10_000).to_bytes(8, "little")
    + array_header(b"f8", dtype_state(0)) + HIDDEN + b"." + b"\0" * 10_000,
    "a frame inside a frame": b"\x80\x04\x95" + (100).to_bytes(8, "little")
    + b"\x95" + (4).to_bytes(8, "little") + HIDDEN + b".",
}  # fmt: skip


def write(folder: Path, data: bytes, file_name: str = "model.joblib") -> Path:
    path = folder / file_name
    path.write_bytes(data)
    return path


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether there is such a process; one that has ended and waits to be noticed is none."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
