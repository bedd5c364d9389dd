"""What the endpoint says to good, bad and odd requests: score.py in its own environment."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from devstack.loopback import listen
from serving.body import MAX_BODY_BYTES
from shared.domain.model import probe_payload
from tests.contract.conversion.conftest import ROOT, Answer, Converted

pytestmark = pytest.mark.timeout(600)
"""The first test of a run builds an environment and converts models."""
IRIS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
ROW = [5.1, 3.5, 1.4, 0.2]
RECORD = dict(zip(IRIS, ROW, strict=True))
APP = "azureml_inference_server_http.server.entry:app"
PERSON = {"age": 30, "city": "Bonn", "member": True}

Case = tuple[Any, int, str | None, int | None, str | None]
"""Body (text, or what becomes JSON), status, error code, row, column."""

OF_IRIS: dict[str, Case] = {
    "a record": ({"data": [RECORD]}, 200, None, None, None),
    "integers for doubles": ({"data": [[5, 3, 1, 0]]}, 200, None, None, None),
    "an empty list": ({"data": []}, 200, None, None, None),
    "columns in another order": ({"data": [dict(reversed(RECORD.items()))]}, 200, None, None, None),
    "no JSON": ("setosa?", 400, "not_json", None, None),
    "an empty body": ("", 400, "not_json", None, None),
    "NaN": ('{"data": [[5, 3, 1, NaN]]}', 400, "not_json", None, None),
    "Infinity": ('{"data": [[5, 3, 1, Infinity]]}', 400, "not_json", None, None),
    "deep nesting": ("[" * 100_000, 400, "not_json", None, None),
    "a list": ([ROW], 400, "wrong_shape", None, None),
    "another key": ({"rows": [ROW]}, 400, "wrong_shape", None, None),
    "one record without a list": ({"data": RECORD}, 400, "wrong_shape", None, None),
    "a number for a row": ({"data": [ROW, 7]}, 400, "wrong_shape", 2, None),
    "a missing column": ({"data": [RECORD, {IRIS[0]: 1}]}, 400, "missing_column", 2, IRIS[1]),
    "an unknown column": ({"data": [{**RECORD, "colour": 1}]}, 400, "unknown_column", 1, "colour"),
    "text for a number": ({"data": [{**RECORD, IRIS[2]: "1.4"}]}, 400, "bad_value", 1, IRIS[2]),
    "a list for a number": ({"data": [RECORD, [[1], 2, 3, 4]]}, 400, "bad_value", 2, IRIS[0]),
    "a number out of range": ('{"data": [[1e999, 1, 1, 1]]}', 400, "bad_value", 1, IRIS[0]),
    "a giant integer": ({"data": [[10**400, 1, 1, 1]]}, 400, "bad_value", 1, IRIS[0]),
    "null": ({"data": [ROW, ROW, [1, 2, None, 4]]}, 400, "missing_value", 3, IRIS[2]),
    "a short row": ({"input_data": [ROW, ROW[:3]]}, 400, "wrong_length", 2, None),
    "too many rows": ({"data": [ROW] * 10_001}, 400, "too_many_rows", None, None),
    "an unknown column in a table": (
        {"input_data": {"columns": [*IRIS, "colour"], "data": []}},
        400,
        "unknown_column",
        None,
        "colour",
    ),
    "a missing column in a table": (
        {"input_data": {"columns": IRIS[1:], "data": []}}, 400, "missing_column", None, IRIS[0]
    ),
    "a column twice in a table": (
        {"input_data": {"columns": [*IRIS, IRIS[0]], "data": []}}, 400, "wrong_shape", None, None
    ),
    "a table without data": ({"input_data": {"columns": IRIS}}, 400, "wrong_shape", None, None),
    "columns that are none": (
        {"input_data": {"columns": 4, "data": []}}, 400, "wrong_shape", None, None
    ),
    "MLflow's records": ({"dataframe_records": [RECORD]}, 200, None, None, None),
    "MLflow's split table": (
        {"dataframe_split": {"columns": IRIS, "data": [ROW]}}, 200, None, None, None
    ),
    "TensorFlow's instances": ({"instances": [ROW, ROW]}, 200, None, None, None),
    "columns of values": (
        {"inputs": {name: [value] * 3 for name, value in RECORD.items()}}, 200, None, None, None
    ),
    "columns of different lengths": (
        {"inputs": {IRIS[0]: [1], IRIS[1]: [1, 2], IRIS[2]: [1], IRIS[3]: [1]}},
        400, "wrong_length", None, IRIS[1],
    ),
    "a method beside the rows": (
        {"data": [ROW], "method": "predict_proba"}, 400, "unknown_key", None, None
    ),
    "probabilities": (
        {"data": [ROW], "params": {"method": "predict_proba"}}, 200, None, None, None
    ),
    "a method that the model lacks": (
        {"data": [ROW], "params": {"method": "transform"}}, 400, "unknown_method", None, None
    ),
    "a method of all objects": (
        {"data": [ROW], "params": {"method": "__init__"}}, 400, "unknown_method", None, None
    ),
    "a parameter that there is not": (
        {"data": [ROW], "params": {"threshold": 0.3}}, 400, "unknown_param", None, None
    ),
    "a parameter with another value": (
        {"data": [ROW], "params": {"extra_columns": "drop"}}, 400, "bad_param", None, None
    ),
    "an unknown column that is ignored": (
        {"data": [{**RECORD, "colour": 1}], "params": {"extra_columns": "ignore"}},
        200, None, None, None,
    ),
    "a body over the limit": (
        '{"data": [' + " " * (33 << 20) + "]}", 413, "too_large", None, None
    ),
}  # fmt: skip
OF_PEOPLE: dict[str, Case] = {
    "a person": ({"data": [PERSON]}, 200, None, None, None),
    "null where the model imputes": ({"data": [{**PERSON, "age": None}]}, 200, None, None, None),
    "null for a text": ({"data": [{**PERSON, "city": None}]}, 400, "missing_value", 1, "city"),
    "a number for a text": ({"data": [{**PERSON, "city": 5}]}, 400, "bad_value", 1, "city"),
    "a text for a boolean": (
        {"data": [{**PERSON, "member": "yes"}]},
        400,
        "bad_value",
        1,
        "member",
    ),
    "one for true": ({"data": [{**PERSON, "member": 1}]}, 200, None, None, None),
    "a city that training did not have": (
        {"data": [PERSON, PERSON, {**PERSON, "city": "Ulm"}, PERSON]},
        400,
        "refused_by_model",
        3,
        "city",
    ),
    "two odd values, of which the first is named": (
        {"data": [{**PERSON, "city": "Ulm", "age": None, "member": None}]},
        400,
        "refused_by_model",
        1,
        "city",
    ),
}
OF_A_FOREST: dict[str, Case] = {
    "a number that is too large for the model": (
        {"data": [ROW, [5.1, 3.5, 1e308, 0.2]]}, 400, "refused_by_model", 2, IRIS[2]
    ),
    "many rows, the last of which is bad": (
        {"data": [ROW] * 99 + [[1e308, 1, 1, 1]]}, 400, "refused_by_model", 100, IRIS[0]
    ),
}  # fmt: skip
OF_TEXTS: dict[str, Case] = {
    "a text": ({"input_data": [["a good film"]]}, 200, None, None, None),
    "an empty text": ({"input_data": [[""]]}, 200, None, None, None),
    "null for the text": ({"input_data": [["good"], [None]]}, 400, "missing_value", 2, "text"),
}
TABLES = {
    "logistic, text labels": OF_IRIS,
    "mixed pipeline": OF_PEOPLE,
    "random forest": OF_A_FOREST,
    "texts": OF_TEXTS,
}
CASES = {name: case for table in TABLES.values() for name, case in table.items()}


@pytest.fixture(scope="session")
def replies(convert: Callable[[str], Converted], score: Callable) -> dict[str, Answer]:
    requests = {
        convert(name).folder: [
            {"body": sent if isinstance(sent, str) else json.dumps(sent)}
            for sent, *_ in table.values()
        ]
        for name, table in TABLES.items()
    }
    answers = [answer for of_model in score(requests) for answer in of_model]
    return dict(zip(CASES, answers, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_answers_a_list_or_says_what_is_wrong_and_where(
    name: str, replies: dict[str, Answer]
) -> None:
    sent, status, code, row, column = CASES[name]
    answer, body = replies[name], json.loads(replies[name]["body"])
    assert answer["status"] == status, body
    if status == 200:
        assert len(body) == _rows_in(sent)
    else:
        error = body["error"]
        assert (error["code"], error.get("row"), error.get("column")) == (code, row, column)
        assert row is None or f"Row {row}" in error["message"]


def _rows_in(sent: dict[str, Any]) -> int:
    if "inputs" in sent:
        return len(next(iter(sent["inputs"].values())))
    rows = next(value for key, value in sent.items() if key != "params")
    return len(rows["data"] if isinstance(rows, dict) else rows)


def test_probabilities_are_those_of_the_model(
    convert: Callable[[str], Converted], replies: dict[str, Answer]
) -> None:
    model = convert("logistic, text labels").case.model
    expected = model.predict_proba(pd.DataFrame([ROW], columns=IRIS))[0].tolist()
    assert json.loads(replies["probabilities"]["body"]) == [pytest.approx(expected)]


def test_a_key_at_the_wrong_place_is_told_its_right_place(replies: dict[str, Answer]) -> None:
    error = json.loads(replies["a method beside the rows"]["body"])["error"]
    assert '"params": {"method"' in error["message"]


def test_a_model_that_fails_on_its_own_example_is_broken_and_not_its_caller(
    convert: Callable[[str], Converted], score: Callable, tmp_path: Path
) -> None:
    """Another model under the description: every row is refused for what it does not explain."""
    folder = tmp_path / "broken"
    shutil.copytree(convert("two outputs").folder, folder)
    shutil.copy(convert("svc, no names").folder / "model.pkl", folder / "model.pkl")
    body = json.dumps({"data": [[0.5] * 10]})
    ((reply,),) = score({folder: [{"body": body}]})
    assert reply["status"] == 500
    assert json.loads(reply["body"])["error"]["code"] == "broken_model"


def test_another_method_than_post_is_refused(
    convert: Callable[[str], Converted], score: Callable
) -> None:
    folder = convert("svc, no names").folder
    ((reply,),) = score({folder: [{"body": "", "method": "GET"}]})
    assert reply["status"] == 405
    assert json.loads(reply["body"])["error"]["code"] == "method_not_allowed"


@pytest.fixture(scope="session")
def running(
    convert: Callable[[str], Converted],
    serving_python: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[int, Path]]:
    """The real azureml-inference-server-http, as in the endpoint's container, on loopback."""
    listener = listen(0, "the scoring server")
    port = listener.getsockname()[1]
    os.set_inheritable(listener.fileno(), True)
    root = tmp_path_factory.mktemp("server")
    log, models, code = root / "log", root / "models", root / "code"
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "serving", code / "serving", ignore=leave_out)
    shutil.copytree(convert("mixed pipeline").folder, models / "slipway-m" / "1" / "mlflow")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [serving_python, "-m", "gunicorn", "-b", f"fd://{listener.fileno()}", APP],
            env={
                "AML_APP_ROOT": str(code),
                "AZUREML_ENTRY_SCRIPT": "serving/score.py",
                "AZUREML_MODEL_DIR": str(models),
                "OMP_NUM_THREADS": "1",
            },
            pass_fds=(listener.fileno(),),
            stdout=out,
            stderr=out,
            cwd=log.parent,
        )
    listener.close()
    try:
        wait_until_healthy(port, process, log)
        yield port, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@pytest.fixture
def server(running: tuple[int, Path]) -> int:
    return running[0]


@pytest.fixture
def server_log(running: tuple[int, Path]) -> Path:
    return running[1]


def ask(port: int, method: str, path: str, body: str | None = None, **headers: str) -> Any:
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    ) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def wait_until_healthy(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/") == (200, "Healthy"):
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_the_real_server_answers_the_probe(
    server: int, convert: Callable[[str], Converted]
) -> None:
    payload = probe_payload(convert("mixed pipeline").serving.example)
    status, body = ask(server, "POST", "/score", json.dumps(payload))
    assert status == 200
    assert json.loads(body) in ([0], [1])


def test_the_real_server_answers_another_method(server: int) -> None:
    payload = {"data": [PERSON] * 2, "params": {"method": "predict_proba"}}
    status, body = ask(server, "POST", "/score", json.dumps(payload))
    assert status == 200
    assert [sum(row) for row in json.loads(body)] == pytest.approx([1, 1])


def test_the_real_server_keeps_our_status_and_error(server: int) -> None:
    body = json.dumps({"data": [{**PERSON, "age": "old"}]})
    headers = {"Content-Type": "text/plain"}
    status, answer = ask(server, "POST", "/score", body, **headers)
    assert (status, json.loads(answer)) == (
        400,
        {
            "error": {
                "code": "bad_value",
                "message": "Row 1, column 'age': \"old\" is not a number.",
                "row": 1,
                "column": "age",
            }
        },
    )


def test_the_real_server_reads_a_body_in_chunks_no_further_than_its_limit(server: int) -> None:
    size = MAX_BODY_BYTES + (1 << 16)
    with socket.create_connection(("127.0.0.1", server), 30) as connection:
        connection.sendall(b"POST /score HTTP/1.1\r\nHost: localhost\r\n")
        connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"%x\r\n" % size + b" " * size + b"\r\n")  # and no end of the body
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert (response.status, json.load(response)["error"]["code"]) == (413, "too_large")


def test_the_real_server_wants_post(server: int) -> None:
    assert ask(server, "GET", "/score")[0] == 405


@pytest.mark.parametrize(("query", "where"), [("", "definitions"), ("?version=3", "components")])
def test_swagger_describes_the_models_own_columns(server: int, query: str, where: str) -> None:
    status, body = ask(server, "GET", f"/swagger.json{query}")
    swagger = json.loads(body)
    schemas = swagger[where] if where == "definitions" else swagger[where]["schemas"]
    rows = schemas["ServiceInput"]["properties"]["data"]
    kinds = {name: kind["type"] for name, kind in rows["items"]["properties"].items()}
    assert status == 200
    assert kinds == {"age": "number", "city": "string", "member": "boolean"}
    assert rows["items"]["required"] == ["age", "city", "member"]
    methods = schemas["ServiceInput"]["properties"]["params"]["properties"]["method"]["enum"]
    assert methods[:2] == ["predict", "predict_proba"]
    assert schemas["ServiceOutput"]["type"] == "array"


def test_the_real_server_raises_its_walls_before_it_loads_the_model(server_log: Path) -> None:
    assert "Walls around the model:" in server_log.read_text()
