"""Good models: allowed by the scan, converted, and served with the same predictions."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import joblib
import pytest

from serving.model_file.findings import Findings
from serving.model_file.load import load_canonical, load_upload
from serving.model_file.save import save_model
from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.scan.forms import open_form
from shared.adapters.conversion.scan.reading import read
from shared.domain.model import probe_payload
from shared.errors.models import ModelRefused
from tests.contract.conversion.conftest import Converted, trained
from tests.support.conversion_estimators import more_estimators

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:.*type hint:UserWarning"),
]
"""The first test of a run builds environments and converts every model; mlflow warns of itself."""
CONVERT = """
from shared.adapters.conversion.converter import SandboxedConverter
from shared.domain.model import TrainedModel
converter, file = SandboxedConverter(60, 2048, 600, Path(sys.argv[3])), Path(sys.argv[1])
model = TrainedModel(id="m", user_id="u", model_name="n", file_path="f")
converter.convert(file, Path(sys.argv[2]), converter.plan(converter.scan(file), model=model))
"""
"""Converts argv[1] into argv[2], with environments in argv[3]."""


@pytest.fixture(scope="session")
def answers(converted, score):
    """For each model: its predictions of records, of rows, of a split table, of its example."""
    requests = {}
    for model in converted.values():
        names, rows = [column.name for column in model.serving.columns], model.case.rows
        records = [dict(zip(names, row, strict=True)) for row in rows]
        backwards = [list(reversed(row)) for row in rows]
        table = {"columns": names[::-1], "index": list(range(len(rows))), "data": backwards}
        payloads = [
            {"data": records},
            {"input_data": rows},
            {"input_data": table},
            {"data": rows},
            probe_payload(model.serving.example),
        ]
        requests[model.folder] = [{"body": json.dumps(payload)} for payload in payloads]
    return dict(zip(converted, score(requests), strict=True))


def test_every_good_model_is_converted(outcomes) -> None:
    refusals = {name: each for name, each in outcomes.items() if isinstance(each, ModelRefused)}
    assert {name: (refused.code, refused.message) for name, refused in refusals.items()} == {}


def test_every_good_model_is_allowed_with_its_version(converted) -> None:
    for name, model in converted.items():
        assert model.verdict.verdict == "allowed", (name, model.verdict.reasons)
        assert model.verdict.libraries["scikit-learn"] == "1.9.1", name
        shown = {"scikit-learn", "numpy", "scipy", "pandas", "PyArrow"}
        assert not set(model.verdict.libraries) - shown


def test_the_memory_that_a_conversion_took_is_told(converted) -> None:
    peaks = {name: model.serving.memory_mb for name, model in converted.items()}
    assert {name: peak for name, peak in peaks.items() if not 50 < (peak or 0) < 2048} == {}


def test_columns_have_the_names_and_types_of_the_training_data(converted) -> None:
    for name, model in converted.items():
        found = {column.name: column.type for column in model.serving.columns}
        assert found == model.case.columns, name


def test_only_columns_that_the_model_drops_may_be_left_out(converted) -> None:
    for name, model in converted.items():
        for column in model.serving.columns:
            assert column.required == (column.type != "any"), (name, column)


def test_served_predictions_equal_the_models_own_in_every_payload(converted, answers) -> None:
    for name, replies in answers.items():
        for reply in replies[:-1]:
            assert reply["status"] == 200, (name, reply)
            predicted, expected = json.loads(reply["body"]), converted[name].case.expected
            if isinstance(expected[0], float):
                assert predicted == pytest.approx(expected, rel=1e-9), name
            elif isinstance(expected[0], list) and isinstance(expected[0][0], float):
                assert predicted == [pytest.approx(row, rel=1e-9) for row in expected], name
            else:
                assert predicted == expected, name


def test_the_example_is_really_predicted(answers) -> None:
    for name, replies in answers.items():
        assert replies[-1]["status"] == 200, (name, replies[-1])
        assert len(json.loads(replies[-1]["body"])) == 1


def test_a_dropped_column_may_be_missing_or_hold_anything(converted, score) -> None:
    model = converted["dropped columns"]
    rows = [{"age": 1.0}, {"age": 1.0, "note": 7, "town": None}]
    (replies,) = score({model.folder: [{"body": json.dumps({"data": rows})}]})
    assert replies[0] == {"status": 200, "body": json.dumps(model.case.expected[:1] * 2)}


def test_what_was_chosen_on_the_way_is_noted(converted) -> None:
    told = {
        "an estimator in a dict": "'model'",
        "a skops file": "skops",
        "a zipped MLflow folder": "MLflow",
    }
    for name, word in told.items():
        model = converted[name]
        assert word in " ".join([model.verdict.note, *model.serving.notes]), name


def test_the_folder_is_a_standard_mlflow_model(converted: dict[str, Converted]) -> None:
    files = {path.name for path in converted["random forest"].folder.iterdir()}
    assert {"MLmodel", "model.pkl", "serving.json", "requirements.txt", "conda.yaml"} <= files


def test_mlflow_predicts_with_the_folder(converted: dict[str, Converted]) -> None:
    import mlflow.pyfunc
    import pandas as pd

    model = converted["mixed pipeline"]
    frame = pd.DataFrame(model.case.rows, columns=list(model.case.columns))
    loaded = mlflow.pyfunc.load_model(str(model.folder))
    assert loaded.predict(frame).tolist() == model.case.expected


def test_converting_again_gives_the_same_bytes(
    converted: dict[str, Converted], converter: SandboxedConverter, tmp_path: Path
) -> None:
    first = converted["logistic, text labels"]
    plan = converter.plan(first.verdict, model=trained())
    again = converter.convert(first.file, tmp_path / "again", plan)
    measured = {"memory_mb"}
    assert again.model_dump(exclude=measured) == first.serving.model_dump(exclude=measured)
    for path in first.folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_plan_is_the_version_that_converting_gives(
    converted: dict[str, Converted], converter: SandboxedConverter
) -> None:
    for model in converted.values():
        planned = converter.plan(model.verdict, model=trained(model.case.metadata))
        assert planned.version == model.serving.version


def test_the_app_loads_no_model_library_to_scan_and_plan(converted: dict[str, Converted]) -> None:
    code = """
from shared.adapters.conversion.converter import SandboxedConverter
from shared.domain.model import TrainedModel
converter, file = SandboxedConverter(60, 2048, 600), Path(sys.argv[1])
model = TrainedModel(id="m", user_id="u", model_name="n", file_path="f")
converter.plan(converter.scan(file), model=model)
"""
    file = str(converted["svc, no names"].file)
    heavy = {"sklearn", "numpy", "scipy", "pandas", "joblib", "mlflow", "azure"}
    assert heavy & _imported(code, file) == set()


def test_the_app_loads_no_model_to_convert(
    converted: dict[str, Converted], cache: Path, tmp_path: Path
) -> None:
    file = str(converted["svc, no names"].file)
    imported = _imported(CONVERT, file, str(tmp_path / "m"), str(cache))
    assert {"sklearn", "joblib", "skops"} & imported == set()


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can give up a right"
)
def test_root_without_the_right_to_change_users_converts(
    converted: dict[str, Converted], cache: Path, tmp_path: Path
) -> None:
    model = converted["svc, no names"]
    rights = ["setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid"]
    arguments = (str(model.file), str(tmp_path / "m"), str(cache))
    unable = "from serving.walls import kernel\nassert not kernel.may_become(30_000)"
    _imported(unable + CONVERT, *arguments, under=rights)
    for path in model.folder.iterdir():
        assert (tmp_path / "m" / path.name).read_bytes() == path.read_bytes(), path.name


def _imported(code: str, *arguments: str, under: Sequence[str] = ()) -> set[str]:
    """The packages that a process has imported in the end; `under`: what starts it."""
    code = f"import sys\nfrom pathlib import Path\n{code}\nprint(*sys.modules, file=sys.stderr)"
    command = [*under, sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_many_more_estimators_predict_the_same_from_their_canonical_file(tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    for name, (model, x) in more_estimators().items():
        joblib.dump(model, path, compress=1)
        with path.open("rb") as file:
            assert read(file, "upload")["reasons"] == [], name
            loaded = load_upload(open_form(file).stream, Findings())
        with (tmp_path / "model.pkl").open("w+b") as saved:
            save_model(loaded, saved)
            served = load_canonical(saved)
        assert served.predict(x).tolist() == model.predict(x).tolist(), name
