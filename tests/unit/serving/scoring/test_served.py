"""Bodies in, answers out: real models without a server."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from serving.description import FILE_NAME, Column, Description
from serving.mistakes import BadRequest
from serving.served import Served, find_model

COLUMNS = (
    Column("age", "double"),
    Column("height", "double"),
    Column("city", "string"),
    Column("note", "any", required=False),
)
PERSON = {"age": 30, "height": 1.7, "city": "Bonn"}
PEOPLE = Description(COLUMNS, "frame", True, PERSON, methods=("predict", "predict_proba"))


@pytest.fixture(scope="module")
def people() -> Served:
    frame = pd.DataFrame(
        {
            "age": [20.0, 30.0, None, 60.0],
            "height": [1.5, 1.6, 1.7, 1.8],
            "city": ["Bonn", "Bonn", "Kiel", "Kiel"],
            "note": list("abcd"),
        }
    )
    steps = make_column_transformer(
        (SimpleImputer(), ["age"]), (OneHotEncoder(), ["city"]), ("passthrough", ["height"])
    )
    model = make_pipeline(steps, LogisticRegression()).fit(frame, ["no", "no", "yes", "yes"])
    return Served(model, PEOPLE)


def ask(served: Served, sent: Any) -> list[Any]:
    return served.answer(json.dumps(sent).encode())


def error_of(served: Served, sent: Any) -> dict[str, Any]:
    with pytest.raises(BadRequest) as caught:
        ask(served, sent)
    return {"status": caught.value.status, **caught.value.body["error"]}


def test_the_example_is_answered(people: Served) -> None:
    assert people.answer_example() == ["no"]


def test_no_rows_are_no_answers(people: Served) -> None:
    assert ask(people, {"data": []}) == []


class OutputsFirst:
    """MultiOutputRegressor of scikit-learn 1.2 over PLSRegression: an axis before the rows."""

    def predict(self, rows: Any) -> Any:
        return np.stack([rows[:, 0], rows[:, 0] * 10], axis=1)[np.newaxis]


class OneInEach:
    """Each row's answer is a matrix of one line."""

    def predict(self, rows: Any) -> Any:
        return np.stack([rows[:, 0], rows[:, 0] * 10], axis=1)[:, np.newaxis]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_axis_before_the_rows_is_looked_through(count: int) -> None:
    described = Description((Column("x0", "double"),), "array", False, {"x0": 1.0})
    rows = [[float(at)] for at in range(count)]
    answers = [[at, at * 10] for at in range(count)]
    assert ask(Served(OutputsFirst(), described), {"data": rows}) == answers
    assert ask(Served(OneInEach(), described), {"data": rows}) == [[each] for each in answers]


def test_probabilities_are_those_of_the_model(people: Served) -> None:
    sent = {"data": [PERSON], "params": {"method": "predict_proba"}}
    row = pd.DataFrame([{**PERSON, "note": None}])
    assert np.allclose(ask(people, sent), people.model.predict_proba(row), rtol=1e-12)


def test_a_missing_value_that_the_model_imputes_is_answered(people: Served) -> None:
    assert len(ask(people, {"data": [{**PERSON, "age": None}]})) == 1


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"city": "Ulm"}, "refused_by_model", "city"),
        ({"city": None}, "missing_value", "city"),
        ({"height": None}, "missing_value", "height"),
        ({"height": None, "city": "Ulm"}, "missing_value", "height"),
        ({"city": "Ulm", "note": "x"}, "refused_by_model", "city"),
    ],
)
def test_the_first_bad_row_and_its_column_are_named(
    people: Served, method: str, change: dict[str, Any], code: str, column: str
) -> None:
    rows = [PERSON] * 40 + [{**PERSON, **change}] + [PERSON] * 9 + [{**PERSON, "city": "Rom"}]
    error = error_of(people, {"data": rows, "params": {"method": method}})
    assert (error["status"], error["code"], error["row"]) == (400, code, 41)
    assert error["column"] == column
    assert "Traceback" not in error["message"]


class Answering:
    """A stand-in for models that are broken in one way."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def predict(self, rows: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


ONE = Description((Column("a", "double"),), "array", False, {"a": 1})


@pytest.mark.parametrize(
    "answer", [np.array([1.0]), np.array([[1.0, 2.0]]), np.array([1j, 2j]), ValueError("no")]
)
def test_a_broken_model_is_500(answer: Any) -> None:
    error = error_of(Served(Answering(answer), ONE), {"data": [[1], [2]]})
    assert (error["status"], error["code"]) == (500, "broken_model")


def test_an_answer_over_the_limit_asks_for_fewer_rows() -> None:
    wide = np.broadcast_to(np.zeros(1), (2, 20_000_000))
    error = error_of(Served(Answering(wide), ONE), {"data": [[1], [2]]})
    assert (error["status"], error["code"]) == (413, "answer_too_large")


@pytest.mark.parametrize("failure", [MemoryError(), TimeoutError()])
def test_want_of_memory_or_time_is_nobodys_row(failure: BaseException) -> None:
    with pytest.raises(type(failure)):
        ask(Served(Answering(failure), ONE), {"data": [[1], [2]]})


def test_the_model_is_found_below_the_servers_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model" / "1"
    folder.mkdir(parents=True)
    (folder / FILE_NAME).write_text(ONE.to_json())
    assert find_model(tmp_path) == folder
    (tmp_path / FILE_NAME).write_text(ONE.to_json())
    with pytest.raises(FileNotFoundError, match="2 files"):
        find_model(tmp_path)
