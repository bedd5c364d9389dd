"""Hostile files: none passes the scan, none runs in the worker even where the scan is bypassed."""

import io
import pickle
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from serving.model_file.findings import Findings
from serving.model_file.load import load_upload
from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.sandbox.process import Sandbox
from shared.adapters.conversion.sandbox.report import Failure
from shared.adapters.conversion.scan.child import scan
from shared.errors.models import ModelRefused
from tests.contract.conversion.conftest import LIMITS, trained
from tests.support import conversion as files

JOBLIB_FILES = {
    "after arrays": files.after_arrays,
    "in an object array": files.in_object_array,
    "in nested object arrays": files.in_nested_object_arrays,
    "in an attribute of a good model": files.in_attribute_of_good_model,
}
WITHOUT_A_HEADER = {"protocol 0"}
"""Not read at all."""
EVERY_FILE = {
    case: files.in_a_model(data)
    for case, data in {**files.HANDMADE, **files.DISGUISED}.items()
    if case not in WITHOUT_A_HEADER
}
SEVERAL = ["os.system", "builtins.getattr", "numpy.memmap", "pointers in an array that is mapped"]
"""Of every kind of refusal one: each takes a process."""


def stack_that_evaluates_text() -> object:
    x, y = np.arange(8.0).reshape(4, 2), [0.0, 1, 0, 1]
    stack = StackingRegressor([("a", LinearRegression())], LinearRegression(), cv=2).fit(x, y)
    stack.estimators_ = [FrozenEstimator(pd.DataFrame({"a": [1.0]}))]
    stack.stack_method_ = ["eval"]
    return make_pipeline(FunctionTransformer().fit(x), stack)


def counter_of_files() -> object:
    texts = pd.DataFrame({"a": ["good", "bad", "good", "bad"]})
    counting = CountVectorizer(analyzer="char")
    columns = ColumnTransformer([("files", counting, "a")])
    model = make_pipeline(columns, Ridge()).fit(texts, [1.0, 0, 1, 0])
    for each in (model[0].named_transformers_["files"], model[0].transformers[0][1]):
        each.input = "filename"
    return model


VALUES = {
    "a stack that evaluates text": (stack_that_evaluates_text, "stack_method_"),
    "a counter that reads files": (counter_of_files, "input"),
}


@pytest.mark.parametrize("case", JOBLIB_FILES)
def test_the_scan_refuses_what_joblib_wrote(case: str, tmp_path: Path) -> None:
    verdict = scan(files.write(tmp_path, JOBLIB_FILES[case]()))
    assert verdict.verdict == "refused"
    assert verdict.reasons[0].startswith("posix.system: ")
    assert verdict.refusal is not None
    assert "posix.system" in verdict.refusal.message


@pytest.mark.parametrize("codec", ["zlib", "gzip", "bz2", "xz", "lzma"])
def test_the_scan_refuses_what_joblib_compressed(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump([files.bomb()], path, compress=(codec, 3))
    assert scan(path).verdict == "refused"


@pytest.mark.parametrize("case", SEVERAL)
def test_the_confined_child_refuses_what_was_made_by_hand(case: str, tmp_path: Path) -> None:
    assert scan(files.write(tmp_path, EVERY_FILE[case])).verdict == "refused"


@pytest.mark.parametrize("case", [*EVERY_FILE, *JOBLIB_FILES])
def test_the_loader_of_uploads_runs_nothing(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses, as nothing is loaded but what was rewritten."""
    data = EVERY_FILE[case] if case in EVERY_FILE else JOBLIB_FILES[case]()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r".+"):
        load_upload(io.BufferedReader(io.BytesIO(data)), Findings())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
def test_a_placeholder_runs_nothing_of_what_it_stands_for() -> None:
    data = io.BytesIO(files.in_a_model(files.INERT))
    loaded = load_upload(io.BufferedReader(data), Findings())
    assert type(loaded.coef_).__mro__[1].__module__ == "serving.model_file.inert"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
def test_opcodes_in_an_array_are_numbers_to_the_loader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = io.BytesIO(files.in_a_model(files.OPCODES_IN_AN_ARRAY))
    loaded = load_upload(io.BufferedReader(data), Findings())
    assert loaded.coef_.tobytes() == files.OPCODES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("case", [*SEVERAL, "in nested object arrays"])
def test_the_worker_refuses_what_bypassed_the_scan(
    case: str, interpreter: Interpreter, tmp_path: Path
) -> None:
    data = EVERY_FILE[case] if case in EVERY_FILE else JOBLIB_FILES[case]()
    path = files.write(tmp_path, data)
    with Sandbox(interpreter, LIMITS) as sandbox:
        report = sandbox.run(path, tmp_path / "model.pkl", None)
    assert isinstance(report.outcome, Failure)
    assert report.outcome.code == "model_unsafe"
    assert (tmp_path / "model.pkl").read_bytes() == b""
    assert {each.name for each in tmp_path.iterdir()} == {path.name, "model.pkl"}


@pytest.mark.parametrize("protocol", [2, 5])
@pytest.mark.parametrize("case", VALUES)
def test_allowed_classes_with_hostile_values_are_refused_when_loaded(
    case: str, protocol: int, converter: SandboxedConverter, tmp_path: Path
) -> None:
    make, place = VALUES[case]
    path = files.write(tmp_path, pickle.dumps(make(), protocol))
    refusal = refused(converter, path, tmp_path)
    assert refusal.code == "model_unsafe"
    assert place in refusal.message


def refused(converter: SandboxedConverter, path: Path, folder: Path) -> ModelRefused:
    def convert() -> None:
        plan = converter.plan(converter.scan(path), model=trained())
        converter.convert(path, folder / "m", plan)

    with pytest.raises(ModelRefused) as refusal:
        convert()
    return refusal.value


UNFITTED = pickle.dumps(Ridge())
TRANSFORMER = pickle.dumps(FunctionTransformer().fit([[1.0]]))


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (files.HANDMADE["os.system"], "model_unsafe", "os.system"),
        (b"", "model_unreadable", "empty"),
        (files.spell(files.name("torch.nn", "Linear") + b")\x81"), "model_unsupported", "PyTorch"),
        (files.spell(b"}"), "model_without_predict", "plain values"),
        (UNFITTED, "model_not_fitted", "Ridge"),
        (TRANSFORMER, "model_without_predict", "FunctionTransformer"),
    ],
)
def test_the_converter_explains_its_refusal(
    converter: SandboxedConverter, data: bytes, code: str, told: str, tmp_path: Path
) -> None:
    refusal: Any = refused(converter, files.write(tmp_path, data), tmp_path)
    assert refusal.code == code
    assert told in refusal.message
    assert refusal.fix
