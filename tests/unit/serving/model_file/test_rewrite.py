"""The one reader: what it writes down loads the same, is canonical, and is all there is."""

import io
import pickle
import tempfile
from collections.abc import Callable
from typing import IO, Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from serving.model_file.calls import CALLS
from serving.model_file.calls_of_arrow import ARROW_CALLS
from serving.model_file.canonical import check_canonical
from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.load import load_canonical, load_upload
from serving.model_file.names import listed
from serving.model_file.rewrite import examine, rewritten
from serving.model_file.save import save_model, served_by
from serving.model_file.source import CHUNK, LOOKAHEAD
from tests.support.conversion import call, name, spell, text

TABLE = pd.DataFrame({"n": [0.0, 1.0, 2.0, 3.0] * 5, "c": ["a", "b", "a", "c"] * 5})
Y = np.array([0, 1, 1, 0] * 5)
NUMBERS = TABLE[["n"]]


def mixed() -> Any:
    columns = ColumnTransformer(
        [
            ("n", SimpleImputer(), TABLE.select_dtypes("number").columns),
            ("c", OneHotEncoder(), ["c"]),
        ]
    )
    return make_pipeline(columns, DecisionTreeClassifier(random_state=0)).fit(TABLE, Y)


def search() -> Any:
    import scipy.stats

    tree = DecisionTreeClassifier(random_state=0)
    spaces = {"max_depth": scipy.stats.randint(2, 6)}
    return RandomizedSearchCV(tree, spaces, n_iter=2, cv=2, random_state=0).fit(NUMBERS, Y)


MODELS: dict[str, tuple[Callable[[], Any], pd.DataFrame]] = {
    "columns of pandas 3": (mixed, TABLE),
    "a search over a distribution": (search, NUMBERS),
    "a forest": (lambda: RandomForestClassifier(3, random_state=0).fit(NUMBERS, Y), NUMBERS),
    "boosting": (lambda: GradientBoostingClassifier(n_estimators=2).fit(NUMBERS, Y), NUMBERS),
    "neighbours": (lambda: KNeighborsClassifier(algorithm="ball_tree").fit(NUMBERS, Y), NUMBERS),
}


def with_joblib(model: Any) -> bytes:
    out = io.BytesIO()
    joblib.dump(model, out)
    return out.getvalue()


WAYS: dict[str, Callable[[Any], bytes]] = {
    "joblib": with_joblib,
    **{f"protocol {n}": lambda model, n=n: pickle.dumps(model, n) for n in (2, 3, 4, 5)},  # type: ignore[misc]
}


def loaded(data: bytes) -> Any:
    return load_upload(io.BytesIO(data), Findings())


def saved(model: Any) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115
    save_model(model, file)
    return file


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", MODELS)
def test_a_model_predicts_the_same_from_its_canonical_file(kind: str, way: str) -> None:
    fit, rows = MODELS[kind]
    model = fit()
    read = served_by(loaded(WAYS[way](model)))
    with saved(read) as file:
        served = load_canonical(file)
    assert np.array_equal(served.predict(rows), model.predict(rows))


def test_the_same_file_gives_the_same_bytes() -> None:
    data = with_joblib(mixed())
    with saved(loaded(data)) as first, saved(loaded(data)) as second:
        first.seek(0)
        second.seek(0)
        assert first.read() == second.read()


@pytest.mark.parametrize("way", WAYS)
def test_what_others_write_is_not_canonical(way: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(WAYS[way](DecisionTreeClassifier().fit(NUMBERS, Y)))
        file.seek(0)
        with pytest.raises((Refused, Unreadable)):
            check_canonical(file, Findings())


def test_one_other_byte_is_not_canonical() -> None:
    with saved(DecisionTreeClassifier(random_state=0).fit(NUMBERS, Y)) as file:
        file.seek(0)
        data = file.read()
    number = data.index(b"J\x00\x00\x00\x00")
    with tempfile.TemporaryFile() as file:
        file.write(data[:number] + b"K\x00" + data[number + 5 :])
        file.seek(0)
        with pytest.raises(Refused, match="canonical"):
            check_canonical(file, Findings())


HOSTILE = {
    "a forbidden call": spell(call("os", "system", text("true"))),
    "an opcode across a frame's end": b"\x80\x05\x95" + (3).to_bytes(8, "little")
    + b"\x8c\x14AAAA.",
    "a frame inside a frame": b"\x80\x04\x95" + (100).to_bytes(8, "little")
    + b"\x95" + (4).to_bytes(8, "little") + b"N0N0N.",
    "a value taken twice": spell(b"]2\x86"),
    "a memo entry written twice": spell(b"]q\x00]q\x00"),
    "more data behind the end": spell(b"N") + b"N.",
    "an enormous number": b"\x80\x04\x8a\xff" + b"\x7f" * 255 + b".",
    "numbers that collide as keys": spell(b"}\x8a\x09" + (1 << 65).to_bytes(9, "little") + b"Ns"),
    "a state for a class": spell(name("sklearn.linear_model._ridge", "Ridge") + b"}b"),
    "pointers": spell(
        call("numpy._core.multiarray", "scalar", name("numpy", "dtype") + text("O8")
             + b"\x89\x88\x87R(K\x03" + text("|")
             + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb", b"C\x08AAAAAAAA")
    ),
    "a time without a unit": spell(
        name("numpy", "dtype") + text("m8") + b"\x89\x88\x87R(K\x03" + text("<")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    ),
    "a mapped array that is called": spell(call("numpy", "memmap", b"K\x01\x85")),
    "a maker behind a maker": spell(
        call("pandas.core.indexes.base", "_new_Index", name("numpy", "memmap"), b"}")
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_refuses(kind: str) -> None:
    with pytest.raises((Refused, Unreadable)):
        list(rewritten(io.BytesIO(HOSTILE[kind]), Findings(), uploads=True))


def test_every_call_says_why_it_can_do_no_harm() -> None:
    for pair, known in {**CALLS, **ARROW_CALLS}.items():
        assert known.why.endswith("."), pair
        assert len(known.why) > 10, pair


def test_no_listed_name_reaches_files_programs_or_the_interpreter() -> None:
    reaching = {
        "os",
        "sys",
        "subprocess",
        "io",
        "pickle",
        "importlib",
        "ctypes",
        "socket",
        "shutil",
    }
    modules = {module.partition(".")[0] for module, _ in listed()}
    assert modules & reaching == set()
    assert ("builtins", "eval") not in listed()
    assert listed()[("numpy", "memmap")] == "foreign"


@pytest.mark.parametrize("before_the_end", range(LOOKAHEAD + 20))
def test_a_frame_may_begin_anywhere_before_the_end_of_what_is_read_ahead(
    before_the_end: int,
) -> None:
    numbers = b"J\x01\x02\x03\x04" * 100 + b"e."
    header = 2 + len(framed(b"]("))
    filler = CHUNK - header - before_the_end
    file = b"\x80\x04" + framed(b"](" + b"N" * filler) + framed(numbers)
    examine(io.BytesIO(file), Findings())


def framed(opcodes: bytes) -> bytes:
    return b"\x95" + len(opcodes).to_bytes(8, "little") + opcodes
