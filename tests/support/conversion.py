"""Model files for the conversion's tests: good ones as people train them, and hostile ones."""

import io
import os
import pickle
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
    "scipy.stats, whose state is code": spell(
        name("scipy.stats._continuous_distns", "norm_gen") + b")\x81}b"
    ),
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


def array_header(dtype: bytes, state: bytes, *, extra: bytes = b"") -> bytes:
    """joblib's wrapper of a one-element array, with a dtype and a state by hand."""
    made = name("numpy", "dtype") + text(dtype.decode()) + b"\x89\x88\x87R" + state + b"b"
    fields = {
        "subclass": name("numpy", "ndarray"),
        "shape": b"K\x01\x85",
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


HIDDEN = call("os", "system", TOUCH)

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
    "an array inside a frame": b"\x80\x04\x95" + (10_000).to_bytes(8, "little")
    + array_header(b"f8", dtype_state(0)) + HIDDEN + b"." + b"\0" * 10_000,
    "a frame inside a frame": b"\x80\x04\x95" + (100).to_bytes(8, "little")
    + b"\x95" + (4).to_bytes(8, "little") + HIDDEN + b".",
}  # fmt: skip


def write(folder: Path, data: bytes, file_name: str = "model.joblib") -> Path:
    path = folder / file_name
    path.write_bytes(data)
    return path
