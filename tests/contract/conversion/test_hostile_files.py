"""Hostile files: none passes the scan, none runs in the worker even where the scan is bypassed."""

import io
from pathlib import Path

import joblib
import pytest

from shared.conversion.converter import SandboxedConverter
from shared.conversion.environments import Interpreter
from shared.conversion.job import Failure, Job
from shared.conversion.sandbox import Sandbox
from shared.conversion.scan import scan
from shared.conversion.unpickler import load_model
from shared.errors import ModelRefused
from tests.contract.conversion.conftest import trained
from tests.support import conversion as files

JOBLIB_FILES = {
    "after arrays": files.after_arrays,
    "in an object array": files.in_object_array,
    "in nested object arrays": files.in_nested_object_arrays,
    "in an attribute of a good model": files.in_attribute_of_good_model,
}
JOB = Job(feature_names=None, requirements=[], version="v")
CRASHING = "objects whose flags say numbers"
EVERY_FILE = {**files.HANDMADE, **files.DISGUISED}
EVERY_FILE.pop(CRASHING)


@pytest.mark.parametrize("case", JOBLIB_FILES)
def test_the_scan_refuses_what_joblib_wrote(case: str, tmp_path: Path) -> None:
    verdict = scan(files.write(tmp_path, JOBLIB_FILES[case]()))
    assert verdict.verdict == "refused"
    assert verdict.reasons[0].startswith("posix.system: ")


@pytest.mark.parametrize("codec", ["zlib", "gzip", "bz2", "xz", "lzma"])
def test_the_scan_refuses_what_joblib_compressed(codec: str, tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    joblib.dump([files.bomb()], path, compress=(codec, 3))
    assert scan(path).verdict == "refused"


@pytest.mark.parametrize("case", [*EVERY_FILE, *JOBLIB_FILES])
def test_the_restricted_unpickler_runs_nothing(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some end in plain data, some in an error; none in a call of what the file names."""
    data = EVERY_FILE[case] if case in EVERY_FILE else JOBLIB_FILES[case]()
    monkeypatch.chdir(tmp_path)
    try:
        loaded = load_model(io.BufferedReader(io.BytesIO(data)))
    except Exception as error:
        loaded = error
    assert not callable(loaded)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("case", JOBLIB_FILES)
def test_the_worker_refuses_what_bypassed_the_scan(
    case: str, interpreter: Interpreter, tmp_path: Path
) -> None:
    path = files.write(tmp_path, JOBLIB_FILES[case]())
    with Sandbox(interpreter, timeout_seconds=240, memory_mb=2048) as sandbox:
        report = sandbox.run(path, JOB)
        assert [path.name for path in sandbox.scratch.iterdir()] == ["report.json"]
    assert report.outcome == Failure(
        code="model_unsafe", message="The file asks for posix.system while loading."
    )


def test_a_file_that_crashes_the_loader_ends_only_the_worker(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    path = files.write(tmp_path, files.DISGUISED[CRASHING])
    with (
        Sandbox(interpreter, timeout_seconds=240, memory_mb=2048) as sandbox,
        pytest.raises(ModelRefused, match="SIGSEGV"),
    ):
        sandbox.run(path, JOB)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (files.HANDMADE["os.system"], "model_unsafe"),
        (b"", "model_unreadable"),
        (
            files.spell(files.name("xgboost.sklearn", "XGBClassifier") + b")\x81"),
            "model_unsupported",
        ),
        (files.spell(b"}"), "model_unsupported"),
    ],
)
def test_the_converter_explains_its_refusal(
    converter: SandboxedConverter, data: bytes, code: str, tmp_path: Path
) -> None:
    path = files.write(tmp_path, data)
    with pytest.raises(ModelRefused) as refusal:
        converter.convert(path, tmp_path / "m", verdict=converter.scan(path), model=trained())
    assert refusal.value.code == code
    assert refusal.value.fix
