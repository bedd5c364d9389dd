"""Good models: allowed by the scan, converted, and served with the same predictions."""

import json
import subprocess
import sys
from pathlib import Path

import joblib
import pytest

from shared.conversion.converter import SandboxedConverter
from shared.conversion.decompress import open_model
from shared.conversion.environments import Interpreters
from shared.conversion.scan import scan
from shared.conversion.unpickler import load_model
from shared.schemas.model import probe_payload
from tests.contract.conversion.conftest import Converted, trained
from tests.support.conversion_estimators import more_estimators

pytestmark = pytest.mark.timeout(600)
"""The first test of a run builds environments and converts every model."""


@pytest.fixture(scope="session")
def answers(converted, score):
    """For each model: its predictions of records, of rows, of a split table, of its example."""
    requests = {}
    for model in converted.values():
        names, rows = list(model.case.columns), model.case.rows
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


def test_every_good_model_is_allowed_with_its_version(converted) -> None:
    for name, model in converted.items():
        assert model.verdict.verdict == "allowed", (name, model.verdict.reasons)
        assert model.verdict.libraries == {"scikit-learn": "1.9.1"}


def test_columns_have_the_names_and_types_of_the_training_data(converted) -> None:
    for name, model in converted.items():
        found = {column.name: column.type for column in model.serving.columns}
        assert found == model.case.columns, name


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


def test_the_folder_is_a_standard_mlflow_model(converted: dict[str, Converted]) -> None:
    files = {path.name for path in converted["random forest"].folder.iterdir()}
    assert {"MLmodel", "model.pkl", "requirements.txt", "conda.yaml"} <= files


def test_converting_again_gives_the_same_bytes(
    converted: dict[str, Converted], converter: SandboxedConverter, tmp_path: Path
) -> None:
    first = converted["logistic, text labels"]
    again = converter.convert(
        first.file, tmp_path / "again", verdict=first.verdict, model=trained()
    )
    assert again == first.serving
    for path in first.folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_plan_is_the_version_that_converting_gives(
    converted: dict[str, Converted], converter: SandboxedConverter
) -> None:
    for model in converted.values():
        planned = converter.plan(model.file, model.verdict, model=trained(model.case.metadata))
        assert planned == model.serving.version


def test_the_app_loads_no_model_library_to_convert(
    converted: dict[str, Converted], tmp_path: Path
) -> None:
    """Neither by importing the converter nor by scanning and converting with it."""
    model = converted["svc, no names"]
    code = f"""
import sys
from pathlib import Path
from shared.conversion.converter import SandboxedConverter
from shared.schemas.model import TrainedModel
converter, file = SandboxedConverter(60, 2048), Path({str(model.file)!r})
converter.convert(file, Path({str(tmp_path / "m")!r}), verdict=converter.scan(file), model=
    TrainedModel(id="m", user_id="u", model_name="n", file_path="f"))
heavy = {{"sklearn", "numpy", "scipy", "pandas", "joblib", "mlflow", "azure"}}
sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_many_more_estimators_pass_the_scan_and_the_restricted_unpickler(tmp_path: Path) -> None:
    for name, (model, x) in more_estimators().items():
        path = tmp_path / "model.joblib"
        joblib.dump(model, path, compress=1)
        assert scan(path).reasons == [], name
        with open_model(path) as stream:
            loaded = load_model(stream)
        assert loaded.predict(x).tolist() == model.predict(x).tolist(), name


def test_a_model_of_an_older_scikit_learn_is_converted_and_pinned_with_it(
    converter: SandboxedConverter, cache: Path, tmp_path: Path
) -> None:
    python = Interpreters(cache).for_sklearn("1.5.2").python
    file = tmp_path / "old.joblib"
    train = (
        "import joblib, sys; from sklearn.datasets import load_iris;"
        "from sklearn.ensemble import GradientBoostingClassifier as G;"
        "joblib.dump(G(n_estimators=3).fit(*load_iris(return_X_y=True)), sys.argv[1])"
    )
    subprocess.run([python, "-c", train, file], check=True)
    verdict = converter.scan(file)
    serving = converter.convert(file, tmp_path / "m", verdict=verdict, model=trained())
    assert verdict.libraries == {"scikit-learn": "1.5.2"}
    assert "scikit-learn==1.5.2" in serving.requirements
    assert "sklearn_version: 1.5.2" in (tmp_path / "m" / "MLmodel").read_text()
