"""What the database says of the reply: `response.status`, `response.headers`, raised errors."""

import json

import httpx
import pytest

from devstack.supabase_local.tests.conformance.cases import Case, problem

BAD_HEADERS = problem(
    "PGRST111",
    "response.headers guc must be a JSON array composed of objects with a single key and a "
    "string value",
)
OVERRIDES = [
    Case("GET /rpc/say_headers", 1, sent={"X-Test": "one", "Set-Cookie": "a=1, b=2"}),
    Case("POST /rpc/say_headers", 1, json={}, sent={"X-Test": "one"}),
    Case("GET /rpc/say_status?status=403", {"message": "said"}, 403),
    Case("GET /rpc/say_status?status=204", "", 204, sent={"Content-Type": None}),
    Case(
        "GET /rpc/say_status?status=bad",
        problem("PGRST112", "response.status guc must be a valid status code"),
        500,
    ),
    *(
        Case("POST /rpc/say_bad_headers", BAD_HEADERS, 500, json={"text": text})
        for text in ('{"X-A": "b"}', '[{"X-A": 1}]', '[{"a": "b", "c": "d"}]', "[", '["a"]')
    ),
    Case("POST /rpc/say_bad_headers", BAD_HEADERS, 500, json={"text": '[{"A": "b\\r\\nC: d"}]'}),
    Case(
        "POST /answers",
        "",
        202,
        json={"id": 7},
        sent={"Location": "/answers?id=eq.7&moved=true", "Content-Type": None},
    ),
]
WHOLE_ERROR = json.dumps({"code": "123", "message": "ABC", "details": "DEF", "hint": "XYZ"})
WHOLE_REPLY = json.dumps({"status": 404, "headers": {"X-Header": "str"}})


MESSAGE_HINT = (
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: "
    "'details', 'hint'."
)
DETAIL_HINT = (
    "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: "
    "'status_text'."
)
NOT_TOLD = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"


def raising(code: str, message: str, detail: str | None = None) -> dict[str, str | None]:
    return {"code": code, "message": message, "detail": detail}


RAISED = [
    Case(
        "POST /rpc/raise_with",
        problem("123", "ABC", "DEF", "XYZ"),
        404,
        json=raising("PGRST", WHOLE_ERROR, WHOLE_REPLY),
        sent={"X-Header": "str", "Content-Type": "application/json; charset=utf-8"},
    ),
    Case(
        "POST /rpc/raise_with",
        problem("PGRST121", NOT_TOLD, "Invalid JSON value for MESSAGE: 'no'", MESSAGE_HINT),
        500,
        json=raising("PGRST", "no", WHOLE_REPLY),
    ),
    Case(
        "POST /rpc/raise_with",
        problem("PGRST121", NOT_TOLD, "Invalid JSON value for DETAIL: 'no'", DETAIL_HINT),
        500,
        json=raising("PGRST", WHOLE_ERROR, "no"),
    ),
    Case(
        "POST /rpc/raise_with",
        problem("PGRST121", NOT_TOLD, "DETAIL is missing in the RAISE statement", DETAIL_HINT),
        500,
        json=raising("PGRST", WHOLE_ERROR),
    ),
    Case(
        "POST /rpc/raise_with",
        problem("PT402", "Payment Required", "Quota exceeded"),
        402,
        json=raising("PT402", "Payment Required", "Quota exceeded"),
    ),
    Case("POST /rpc/raise_with", problem("PT40A", "x"), 500, json=raising("PT40A", "x")),
    Case("HEAD /rpc/raise_with?code=PT402&message=a&detail=b", "", 402),
    Case("HEAD /rpc/say_headers", "", sent={"X-Test": "one"}),
]


REFUSED = problem("PT403", "not today")
VARIES = "Accept, Prefer, Range, Origin"
"""The last is the gateway's own."""
BEFORE = [
    Case("GET /studios", REFUSED, 403, headers={"X-Refuse": "yes"}),
    Case("POST /rpc/greet", REFUSED, 403, json={"name": "x"}, headers={"X-Refuse": "yes"}),
    Case("DELETE /studios?id=eq.3", REFUSED, 403, headers={"X-Refuse": "yes"}),
    Case(
        "GET /studios?id=eq.1",
        headers={"X-Mark": "seen"},
        sent={"X-Marked": "seen", "Vary": VARIES},
    ),
    Case("GET /rpc/say_variants", sent={"Vary": "X-Test, Origin"}),
    Case("OPTIONS /studios", "", sent={"Vary": VARIES}),
    Case("GET /nothing", status=404, sent={"Vary": "Origin"}),
    Case(
        "PATCH /studios?id=eq.1",
        status=204,
        json={"name": "x"},
        headers={"X-Mark": "y"},
        sent={"X-Marked": "y"},
    ),
]


@pytest.mark.parametrize("case", [*OVERRIDES, *RAISED, *BEFORE], ids=str)
def test_the_database_decides_the_reply_as_postgrest_lets_it(
    films: httpx.Client, case: Case
) -> None:
    case.check(films)


def test_what_a_function_sets_for_its_session_does_not_reach_the_next_request(
    films: httpx.Client,
) -> None:
    assert films.get("/rpc/linger").status_code == 418
    # There are ten connections at most, one of which now says 418.
    assert {films.get("/studios?limit=1").status_code for _ in range(20)} == {200}
