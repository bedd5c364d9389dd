"""Bodies of every accepted shape, and what is said to those that are wrong."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.body import MAX_BODY_BYTES, parse
from serving.description import Column, Description
from serving.mistakes import BadRequest

AGE, CITY = Column("age", "double"), Column("city", "string")
PEOPLE = Description(
    (AGE, CITY, Column("member", "boolean"), Column("note", "any", required=False)),
    "frame",
    True,
    example={"age": 30, "city": "Bonn", "member": True},
    methods=("predict", "predict_proba"),
)
PAIR = Description((AGE, CITY), "frame", True, example={"age": 30, "city": "Bonn"})
TEXTS = Description((Column("text", "string"),), "texts", False, example={"text": "some words"})
WHEN = Description((Column("when", "datetime"),), "frame", True, example={"when": "2026-01-31"})
BONN, ULM = [30.0, "Bonn"], [40.0, "Ulm"]


def refusal(sent: Any, description: Description = PAIR) -> dict[str, Any]:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    with pytest.raises(BadRequest) as caught:
        parse(body, description)
    error: dict[str, Any] = caught.value.body["error"]
    return error


def rows(sent: Any, description: Description = PAIR) -> list[list[Any]]:
    return parse(json.dumps(sent).encode(), description).rows


SPLIT = {"columns": ["city", "age"], "data": [["Bonn", 30], ["Ulm", 40]], "index": [7, 8]}
RECORDS = [{"age": 30, "city": "Bonn"}, {"city": "Ulm", "age": 40}]
LISTS = [[30, "Bonn"], [40, "Ulm"]]


@pytest.mark.parametrize(
    "sent",
    [
        {"data": RECORDS},
        {"data": LISTS},
        {"input_data": LISTS},
        {"input_data": SPLIT},
        {"data": SPLIT},
        {"dataframe_split": SPLIT},
        {"dataframe_split": {"columns": [0, 1], "data": LISTS}},
        {"dataframe_records": RECORDS},
        {"instances": LISTS},
        {"instances": RECORDS},
        {"inputs": LISTS},
        {"inputs": {"city": ["Bonn", "Ulm"], "age": [30, 40]}},
        {"data": RECORDS, "params": None},
        {"data": RECORDS, "params": {"method": "predict"}},
    ],
)
def test_every_shape_of_the_same_rows_is_the_same_request(sent: Any) -> None:
    assert rows(sent) == [BONN, ULM]


@pytest.mark.parametrize("key", ["data", "input_data", "instances", "inputs"])
def test_a_text_model_takes_bare_texts(key: str) -> None:
    assert rows({key: ["good", "bad"]}, TEXTS) == [["good"], ["bad"]]


def test_a_model_of_one_column_takes_bare_values() -> None:
    one = Description((AGE,), "array", False, example={"age": 1})
    assert rows({"data": [1, 2.5, None]}, one) == [[1.0], [2.5], [None]]


def test_a_model_of_two_columns_takes_no_bare_values() -> None:
    assert refusal({"data": ["Bonn"]})["code"] == "wrong_shape"


def test_the_method_comes_from_params_where_the_model_has_it() -> None:
    sent = {"data": [], "params": {"method": "predict_proba"}}
    assert parse(json.dumps(sent).encode(), PEOPLE).method == "predict_proba"


def test_a_method_that_the_model_lacks_is_refused_with_those_it_has() -> None:
    error = refusal({"data": [], "params": {"method": "transform"}}, PEOPLE)
    assert error["code"] == "unknown_method"
    assert error["message"].endswith("it has: predict, predict_proba.")


def test_a_method_outside_params_is_refused_by_name_with_its_right_place() -> None:
    error = refusal({"data": [BONN], "method": "predict_proba"}, PEOPLE)
    assert error["code"] == "unknown_key"
    assert '"method"' in error["message"]
    assert '"params": {"method": ...}' in error["message"]


def test_extra_columns_are_ignored_only_on_demand() -> None:
    sent = {"data": [{**RECORDS[0], "colour": [1]}]}
    assert refusal(sent)["column"] == "colour"
    assert rows({**sent, "params": {"extra_columns": "ignore"}}) == [BONN]
    split = {"columns": ["x", "age", "city"], "data": [[1, 30, "Bonn"]]}
    assert rows({"input_data": split, "params": {"extra_columns": "ignore"}}) == [BONN]
    by_column = {"x": [1], "age": [30], "city": ["Bonn"]}
    assert rows({"inputs": by_column, "params": {"extra_columns": "ignore"}}) == [BONN]


@pytest.mark.parametrize(
    ("note", "cell"),
    [("text", "text"), (1, 1.0), (True, True), (None, None), ([1], None), ({}, None)],
)
def test_a_column_that_the_model_drops_may_hold_anything(note: Any, cell: Any) -> None:
    row = {"age": 30, "city": "Bonn", "member": 1, "note": note}
    assert rows({"data": [row]}, PEOPLE) == [[30.0, "Bonn", True, cell]]


def test_a_column_that_the_model_drops_may_be_missing() -> None:
    row = {"age": 30, "city": "Bonn", "member": True}
    assert rows({"data": [row]}, PEOPLE) == [[30.0, "Bonn", True, None]]
    split = {"columns": list(row), "data": [list(row.values())]}
    assert rows({"input_data": split}, PEOPLE) == [[30.0, "Bonn", True, None]]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),  # noqa: DTZ001
        ("2026-01-31T13:45:00", datetime(2026, 1, 31, 13, 45)),  # noqa: DTZ001
        ("2026-01-31T13:45:00Z", datetime(2026, 1, 31, 13, 45)),  # noqa: DTZ001
        ("2026-01-31T13:45:00+02:00", datetime(2026, 1, 31, 11, 45)),  # noqa: DTZ001
    ],
)
def test_a_moment_is_iso_text_and_taken_to_utc(text: str, moment: datetime) -> None:
    assert rows({"data": [{"when": text}]}, WHEN) == [[moment]]


@pytest.mark.parametrize("text", ["31.01.2026", "", 1769817600, True, "0001-01-01", "9999-12-31"])
def test_what_is_no_moment_is_refused_by_row_and_column(text: Any) -> None:
    error = refusal({"data": [{"when": text}]}, WHEN)
    assert (error["code"], error["row"], error["column"]) == ("bad_value", 1, "when")


def test_a_bad_moment_is_refused_with_a_good_one() -> None:
    assert "2026-01-31T13:45:00" in refusal({"data": ["yesterday"]}, WHEN)["message"]


WRONG: dict[str, tuple[Any, str, int | None, str | None]] = {
    "no JSON": (b"setosa?", "not_json", None, None),
    "an empty body": (b"", "not_json", None, None),
    "another encoding": ('{"data": ["ö"]}'.encode("latin-1"), "not_json", None, None),
    "NaN": (b'{"data": [[NaN, "x"]]}', "not_json", None, None),
    "deep nesting": (b"[" * 100_000, "not_json", None, None),
    "a number of 5,000 digits": (b"1" * 5000, "not_json", None, None),
    "a list": ([BONN], "wrong_shape", None, None),
    "another key": ({"rows": [BONN]}, "wrong_shape", None, None),
    "a name twice": (b'{"data": [{"age": 1, "age": 2, "city": ""}]}', "wrong_shape", None, None),
    "the last of many names twice": (
        b'{%s,"k300000":0}' % b",".join(b'"k%d":0' % n for n in range(300_001)),
        "wrong_shape",
        None,
        None,
    ),
    "rows twice": ({"data": [], "instances": []}, "wrong_shape", None, None),
    "a record without a list": ({"data": RECORDS[0]}, "wrong_shape", None, None),
    "a table without data": ({"input_data": {"columns": ["age"]}}, "wrong_shape", None, None),
    "columns that are none": ({"data": {"columns": 4, "data": []}}, "wrong_shape", None, None),
    "a column twice": (
        {"data": {"columns": ["age", "city", "age"], "data": []}},
        "wrong_shape",
        None,
        None,
    ),
    "a list for a split": ({"dataframe_split": LISTS}, "wrong_shape", None, None),
    "a number for a row": ({"data": [BONN, 7]}, "wrong_shape", 2, None),
    "a short row": ({"data": [BONN, [1]]}, "wrong_length", 2, None),
    "columns of two lengths": (
        {"inputs": {"age": [1, 2], "city": ["x"]}},
        "wrong_length",
        None,
        "city",
    ),
    "a value for a column": ({"inputs": {"age": 1, "city": "x"}}, "wrong_shape", None, "age"),
    "too many rows": ({"data": [BONN] * 10_001}, "too_many_rows", None, None),
    "too many in columns": (
        {"inputs": {"age": [1] * 10_001, "city": ["x"] * 10_001}},
        "too_many_rows",
        None,
        None,
    ),
    "a missing column": ({"data": [BONN, {"age": 1}]}, "missing_column", 2, "city"),
    "text for a number": ({"data": [["30", "Bonn"]]}, "bad_value", 1, "age"),
    "a list for a number": ({"data": [[[1], "Bonn"]]}, "bad_value", 1, "age"),
    "a number out of range": (b'{"data": [[1e999, "x"]]}', "bad_value", 1, "age"),
    "a giant integer": ({"data": [[10**400, "x"]]}, "bad_value", 1, "age"),
    "a giant integer for text": ({"data": [[1, 10**400]]}, "bad_value", 1, "city"),
    "half a surrogate pair": (b'{"data": [[1, "\\ud800"]]}', "bad_value", 1, "city"),
    "params that are none": ({"data": [], "params": []}, "wrong_shape", None, None),
    "an unknown param": ({"data": [], "params": {"x": 1}}, "unknown_param", None, None),
    "a list for a method": ({"data": [], "params": {"method": []}}, "unknown_method", None, None),
    "another extra_columns": (
        {"data": [], "params": {"extra_columns": True}},
        "bad_param",
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_its_place(name: str) -> None:
    sent, code, row, column = WRONG[name]
    error = refusal(sent)
    assert (error["code"], error.get("row"), error.get("column")) == (code, row, column)
    assert row is None or f"Row {row}" in error["message"]
    assert len(error["message"]) < 600


def test_a_body_over_the_limit_is_413() -> None:
    with pytest.raises(BadRequest) as caught:
        parse(b" " * (MAX_BODY_BYTES + 1), PAIR)
    assert (caught.value.status, caught.value.code) == (413, "too_large")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
NAMES = st.sampled_from(["age", "city", "data", "columns", "index", "method"]) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(NAMES, v, max_size=4)
)
TOPS = st.sampled_from(
    ["data", "input_data", "dataframe_split", "dataframe_records", "instances", "inputs", "params"]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(TOPS, VALUES, max_size=2) | VALUES, st.sampled_from([PAIR, PEOPLE, WHEN]))
def test_any_json_is_rows_or_a_bad_request(sent: Any, description: Description) -> None:
    try:
        found = parse(json.dumps(sent).encode(), description)
    except BadRequest as mistake:
        json.dumps(mistake.body).encode()
    else:
        assert all(len(row) == len(description.columns) for row in found.rows)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_rows_or_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        parse(body, PAIR)


def test_a_model_without_names_takes_the_places_that_pandas_writes() -> None:
    columns = (Column("x0", "double"), Column("x1", "string"))
    bare = Description(columns, "frame", False, example={"x0": 1.0, "x1": "a"})
    assert rows({"data": [{"1": "b", "0": 2}]}, bare) == [[2.0, "b"]]
    assert refusal({"data": [{"1": "b"}]}, bare)["code"] == "missing_column"
    assert refusal({"data": [{"0": 30, "1": "Bonn"}]})["code"] == "missing_column"


def test_the_only_column_of_a_model_without_names_may_be_called_anything() -> None:
    assert rows({"data": [{"review": "good"}, {"text": "bad"}]}, TEXTS) == [["good"], ["bad"]]
    assert refusal({"data": [{"review": "good", "stars": 5}]}, TEXTS)["code"] == "missing_column"
    named = Description((AGE,), "frame", True, example={"age": 30})
    assert refusal({"data": [{"years": 30}]}, named)["code"] == "missing_column"
