"""What a file is, told by its bytes; the model inside forms that hold one."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy.sparse import csr_matrix
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.load import load_upload
from serving.model_file.rewrite import rewritten
from shared.adapters.conversion.inside.forms import the_estimator
from shared.adapters.conversion.scan.forms import open_form
from shared.adapters.conversion.scan.opened import Kind
from shared.adapters.conversion.scan.refusal import Refusal, Turned

X = pd.DataFrame({"a": [0.0, 1, 2, 3] * 5, "b": [1.0, 0, 1, 0] * 5})
Y = [0, 0, 1, 1] * 5
MODEL = LogisticRegression().fit(X, Y)


def loaded(data: bytes) -> Any:
    return load_upload(open_form(io.BytesIO(data)).stream, Findings())


def turned(data: bytes) -> Refusal:
    with pytest.raises(Turned) as caught:
        open_form(io.BytesIO(data))
    return caught.value.refusal


def zipped(**members: bytes) -> bytes:
    return zipped_names(dict(members.items()))


def zipped_names(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "compress", [bytes, zlib.compress, gzip.compress, bz2.compress, lzma.compress]
)
def test_opens_pickles_however_they_are_compressed(compress: Callable[[bytes], bytes]) -> None:
    opened = open_form(io.BytesIO(compress(pickle.dumps(MODEL))))
    assert opened.kind is Kind.PICKLE
    assert not opened.note
    assert opened.stream.read() == pickle.dumps(MODEL)


FOREIGN = {
    "ONNX": (b"\x08\x09\x12\x08skl2onnx" + b"\0" * 30, "model_unsupported", "ONNX"),
    "SavedModel": (b"\x08\x01\x12\xf9\x01", "model_unsupported", "TensorFlow SavedModel"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + b"\0" * 50, "model_unsupported", "HDF5"),
    "safetensors": (
        (90).to_bytes(8, "little") + b'{"w":{"dtype":"F32"}}',
        "model_unsupported",
        "safetensors",
    ),
    "GGUF": (b"GGUF\x03\0\0\0", "model_unsupported", "GGUF"),
    "tflite": (b"\x1c\0\0\0TFL3" + b"\0" * 20, "model_unsupported", "TensorFlow Lite"),
    "CatBoost": (b"CBM1\x10\0\0\0", "model_unsupported", "CatBoost"),
    "PMML": (b'<?xml version="1.0"?>\n<PMML version="4.4">', "model_unsupported", "PMML"),
    "R": (gzip.compress(b"X\n\0\0\0\x03\0\x04"), "model_unsupported", "R object"),
    "old XGBoost": (b"binf\0\0\0?\x03\0\0\0", "model_unsupported", "old binary form"),
    "LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "model_unreadable",
        "Git LFS pointer",
    ),
    "CSV": (b"a,b,y\n1,2,0\n3,4,1\n", "model_unreadable", "CSV"),
    "CSV of x": (b"x,y\n1,2\n3,4\n", "model_unreadable", "CSV"),
    "CSV in gzip": (gzip.compress(b"a;b\n1;2\n3;4\n"), "model_unreadable", "CSV"),
    "Parquet": (b"PAR1\x15\x04", "model_unreadable", "Parquet"),
    "notebook": (b'{\n "cells": [\n  {"cell_type": "code"', "model_unreadable", "notebook"),
    "Python": (b"import joblib\nmodel = 1\n", "model_unreadable", "Python source"),
    "HTML": (b"<!DOCTYPE html>\n<html><title>Log in", "model_unreadable", "web page"),
    "JSON": (b'{"name": "x", "value": 1}', "model_unreadable", "no XGBoost model"),
    "dump": (b'[\n  { "nodeid": 0, "depth": 0', "model_unreadable", "dump_model"),
    "text": (b"hello, this is my model\n", "model_unreadable", "not a model"),
    "lz4": (b"\x04\x22\x4d\x18abc", "model_unreadable", "lz4"),
    "zstd": (b"\x28\xb5\x2f\xfdabc", "model_unreadable", "zstd"),
    "old joblib": (b"ZF0x1a              ", "model_unreadable", "older than 0.10"),
    "protocol 0": (pickle.dumps(MODEL, 0), "model_unreadable", "protocol 0 or 1"),
    "program": (b"cos\nsystem\n(S'id'\ntR.", "model_unsafe", "os.system"),
    "old program": (b"(S'id'\nios\nsystem\n.", "model_unsafe", "os.system"),
    "empty": (b"", "model_unreadable", "empty"),
    "noise": (bytes(range(200, 256)) * 4, "model_unreadable", "Not a joblib or pickle file"),
    "array": (b"\x93NUMPY\x01\0v\0{'descr'", "model_unreadable", "numpy array"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_names_what_a_foreign_file_is(case: str) -> None:
    data, code, word = FOREIGN[case]
    refusal = turned(data)
    assert refusal.code == code
    assert word in refusal.message
    assert refusal.fix


FOREIGN_ZIPS = {
    "Keras": (["metadata.json", "config.json", "model.weights.h5"], "Keras"),
    "PyTorch": (["archive/data.pkl", "archive/version", "archive/data/0"], "PyTorch"),
    "SavedModel": (["m/saved_model.pb", "m/variables/variables.index"], "TensorFlow SavedModel"),
    "Excel": (["[Content_Types].xml", "xl/workbook.xml"], "Excel"),
    "npz": (["a.npy", "b.npy"], "numpy arrays"),
    "Spark": (["m/metadata/part-00000", "m/stages/0_x/metadata/part-00000"], "Spark"),
    "one pickle": (["__MACOSX/._model.pkl", "model.pkl"], "holds model.pkl"),
    "two pickles": (["model.pkl", "scaler.pkl"], "2 model files"),
    "no MLmodel": (["x/readme.md", "x/train.csv"], "(x/readme.md, x/train.csv)"),
    "an empty folder": (["x/.DS_Store"], "no files"),
    "a text alone": (["x/readme.md"], "The only file of the archive, readme.md, is a text file"),
}


@pytest.mark.parametrize("case", FOREIGN_ZIPS)
def test_names_what_a_zip_is(case: str) -> None:
    names, word = FOREIGN_ZIPS[case]
    members = {name: b"\x80\x05N." if name.endswith(".pkl") else b"data" for name in names}
    assert word in turned(zipped_names(members)).message


@pytest.mark.parametrize("case", ["Keras", "PyTorch", "SavedModel", "Spark"])
@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, zlib.compress])
def test_names_what_a_zip_is_that_was_compressed_again(
    case: str, compress: Callable[[bytes], bytes]
) -> None:
    names, word = FOREIGN_ZIPS[case]
    data = zipped_names(dict.fromkeys(names, b"data"))
    assert word in turned(compress(data)).message
    inside = turned(zipped_names({"m.bin": data})).message
    assert f"only file of the archive, m.bin, is a {word}" in inside


def test_says_of_any_other_zip_that_it_was_compressed_again() -> None:
    refusal = turned(gzip.compress(zipped_names({"model.pkl": b"data"})))
    assert "compressed once more" in refusal.message
    assert "Decompress it once" in refusal.fix


@pytest.mark.parametrize("case", ["HDF5", "safetensors", "LFS", "CSV", "HTML", "Parquet"])
def test_names_what_lies_alone_in_an_archive(case: str) -> None:
    data, code, word = FOREIGN[case]
    for archive in (zipped_names({"m/file": data}), tarred({"m/file": data}, compressed=True)):
        refusal = turned(archive)
        assert (refusal.code, word in refusal.message) == (code, True)
        assert "only file of the archive, file" in refusal.message


def test_refuses_a_pickle_with_a_zip_behind_it_and_the_reverse() -> None:
    archive = skops.io.dumps(MODEL)
    with pytest.raises((Refused, Unreadable)):
        open_form(io.BytesIO(archive + pickle.dumps(MODEL)))
    mixed = open_form(io.BytesIO(pickle.dumps(MODEL) + archive))
    with pytest.raises(Refused, match="More data follows"):
        list(rewritten(mixed.stream, Findings(), uploads=True))


SKOPS = {
    "forest": lambda: RandomForestClassifier(5, random_state=np.random.RandomState(0)).fit(X, Y),
    "gradient boosting": lambda: GradientBoostingClassifier(n_estimators=3).fit(X, Y),
    "histograms": lambda: HistGradientBoostingRegressor(max_iter=3).fit(X, Y),
    "stochastic": lambda: SGDClassifier(random_state=0).fit(X, Y),
    "neighbours": lambda: KNeighborsClassifier(3, algorithm="kd_tree").fit(X, Y),
    "sparse neighbours": lambda: KNeighborsClassifier(3).fit(csr_matrix(X.to_numpy()), Y),
    "function": lambda: make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression()
    ).fit(X, Y),
    "search": lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(X, Y),
}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("case", SKOPS)
def test_reads_skops_files_as_the_model_that_was_saved(case: str, compression: int) -> None:
    model = SKOPS[case]()
    read = loaded(skops.io.dumps(model, compression=compression))
    rows = X if hasattr(model, "feature_names_in_") else X.to_numpy()
    assert type(read) is type(model)
    assert np.array_equal(read.predict(rows), model.predict(rows))


def test_reads_skops_files_of_text_models() -> None:
    texts = ["good day", "bad day", "good night", "bad night"]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, ["+", "-", "+", "-"])
    assert loaded(skops.io.dumps(model)).predict(texts).tolist() == ["+", "-", "+", "-"]


def changed_schema(change: Callable[[dict[str, Any]], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(MODEL))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    schema = json.loads(members["schema.json"])
    change(schema)
    return zipped_names({**members, "schema.json": json.dumps(schema).encode()})


HOSTILE_NODES: dict[str, dict[str, Any]] = {
    "function": {"__loader__": "FunctionNode", "__module__": "os", "__class__": "system"},
    "type": {"__loader__": "TypeNode", "__module__": "builtins", "__class__": "eval"},
    "method": {
        "__loader__": "MethodNode",
        "__module__": "sklearn.linear_model._logistic",
        "__class__": "LogisticRegression",
        "content": {"func": "fit", "obj": {}},
    },
    "operator": {
        "__loader__": "OperatorFuncNode",
        "__module__": "operator",
        "__class__": "methodcaller",
        "attrs": {},
    },
    "call": {
        "__loader__": "ConstructorFromReduceNode",
        "__module__": "subprocess",
        "__class__": "Popen",
        "content": {
            "__loader__": "TupleNode",
            "__module__": "builtins",
            "__class__": "tuple",
            "content": [],
        },
    },
    "called class": {
        "__loader__": "ConstructorFromReduceNode",
        "__module__": "sklearn.linear_model._logistic",
        "__class__": "LogisticRegression",
        "content": {
            "__loader__": "TupleNode",
            "__module__": "builtins",
            "__class__": "tuple",
            "content": [],
        },
    },
    "unknown loader": {"__loader__": "EvilNode", "__module__": "a", "__class__": "b"},
    "cached": {"__loader__": "CachedNode", "__module__": "a", "__class__": "b", "__id__": 1},
    "incomplete": {"__loader__": "ListNode", "__module__": "builtins", "__class__": "list"},
    "no such member": {
        "__loader__": "NdArrayNode",
        "__module__": "numpy",
        "__class__": "ndarray",
        "type": "numpy",
        "file": "missing.npy",
    },
}


@pytest.mark.parametrize("case", HOSTILE_NODES)
def test_refuses_skops_files_that_make_what_no_model_holds(case: str) -> None:
    data = changed_schema(lambda schema: schema["content"]["content"].update(C=HOSTILE_NODES[case]))
    assert loaded(changed_schema(lambda _: None)).C == MODEL.C
    with pytest.raises((Refused, Unreadable)):
        loaded(data)


def test_refuses_skops_files_of_objects_inside_each_other_without_end() -> None:
    def deep(schema: dict[str, Any]) -> None:
        node: dict[str, Any] = {"content": []}
        for _ in range(300):
            node = {
                "__loader__": "ListNode",
                "__module__": "builtins",
                "__class__": "list",
                "content": [node],
            }
        schema["content"]["content"]["C"] = node

    with pytest.raises((Refused, Unreadable)):
        loaded(changed_schema(deep))


@pytest.mark.parametrize("protocol", [3, -1, True, "2"])
def test_refuses_skops_files_of_a_protocol_that_is_not_known(protocol: object) -> None:
    with pytest.raises((Refused, Unreadable), match="protocol"):
        loaded(changed_schema(lambda schema: schema.update(protocol=protocol)))


@pytest.fixture(scope="module", params=["cloudpickle", "skops"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mlflow") / "model"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.sklearn.save_model(
            MODEL, path, serialization_format=request.param, pip_requirements=["scikit-learn"]
        )
    return path


@pytest.mark.parametrize("top", ["", "model/"])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_reads_the_model_of_an_mlflow_folder(folder: Path, kind: str, top: str) -> None:
    files = {top + path.name: path.read_bytes() for path in folder.iterdir()}
    data = zipped_names(files) if kind == "zip" else tarred(files, compressed="gz" in kind)
    opened = open_form(io.BytesIO(data))
    assert "MLflow model folder" in opened.note
    told = {library: version for library, version in opened.versions.items() if version}
    assert told == {"scikit-learn": MODEL.__getstate__()["_sklearn_version"]}
    read = load_upload(opened.stream, Findings())
    assert np.array_equal(read.predict(X), MODEL.predict(X))


def tarred(files: dict[str, bytes], *, compressed: bool) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if compressed else "w") as file:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


FLAVOURS = {
    "another library": ("  pytorch:\n    data: x\n", "PyTorch"),
    "own function": ("  python_function:\n    loader_module: mlflow.pyfunc.model\n", "your own"),
    "classifier": (
        "  xgboost:\n    data: model.ubj\n    model_class: xgboost.sklearn.XGBClassifier\n",
        "XGBClassifier",
    ),
    "none": ("", "no flavors"),
    "missing file": ("  sklearn:\n    pickled_model: gone.pkl\n", "lacks gone.pkl"),
}


@pytest.mark.parametrize("case", FLAVOURS)
def test_says_which_mlflow_models_are_not_read(case: str) -> None:
    flavours, word = FLAVOURS[case]
    told = f"artifact_path: x\nflavors:\n{flavours}signature: '{{}}'\n"
    assert word in turned(zipped(MLmodel=told.encode())).message


@pytest.mark.parametrize("path", ["../model.pkl", "/etc/passwd", "'a b'", "!!python/name:os.x"])
def test_refuses_an_mlmodel_file_that_points_elsewhere(path: str) -> None:
    told = f"flavors:\n  sklearn:\n    pickled_model: {path}\n".encode()
    with pytest.raises((Refused, Turned)):
        open_form(io.BytesIO(zipped(MLmodel=told)))


def test_takes_the_only_estimator_of_a_container() -> None:
    assert the_estimator(MODEL) == (MODEL, "")
    found, note = the_estimator({"model": MODEL, "columns": ["a", "b"], "auc": 0.9})
    assert found is MODEL
    assert note == "Took the LogisticRegression under 'model' of a dict with 3 entries."
    assert the_estimator((MODEL, "a name"))[1].startswith("Took the LogisticRegression at position")
    assert the_estimator([MODEL])[0] is MODEL


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"model": MODEL, "scaler": StandardScaler()}, "2 estimators"),
        ({"accuracy": 0.9}, "'accuracy': float"),
        ([], "empty"),
        (X, "DataFrame"),
        (LogisticRegression, "the class LogisticRegression"),
    ],
)
def test_says_what_a_file_without_one_estimator_holds(value: object, word: str) -> None:
    with pytest.raises(Turned, match=word) as caught:
        the_estimator(value)
    assert caught.value.refusal.code == "model_without_predict"


def test_files_of_joblib_need_no_note(tmp_path: Path) -> None:
    joblib.dump(MODEL, tmp_path / "m")
    with (tmp_path / "m").open("rb") as file:
        assert open_form(file).note == ""


OLD_TORCH = 0x1950A86A20F9469CFC6C
"""The number that torch.save wrote first, before its files were zip archives."""


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_an_old_pytorch_file_is_named_and_unsupported(
    compress: Callable[[bytes], bytes], protocol: int
) -> None:
    parts = [OLD_TORCH, 1001, {"protocol_version": 1001, "little_endian": True}, {"fc.weight": 1}]
    file = b"".join(pickle.dumps(part, protocol=protocol) for part in parts)
    refusal = turned(compress(file))
    assert refusal.code == "model_unsupported"
    assert "PyTorch" in refusal.message
    assert "PyTorch" in refusal.fix
