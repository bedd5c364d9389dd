"""What the storage service answers, case by case, as the hosted one's own tests have it."""

import base64
import json
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from devstack.supabase_local.tests.support.project import HTTP, Person
from devstack.supabase_local.tests.support.storage import UPSERT, Storage

Row = dict[str, Any]
NAMED = {"bucketId": "open", "sourceKey": "a", "destinationKey": "b"}
VERSIONS = "Object versioning"
REFUSED: list[tuple[str, Any, int, str]] = [
    ("GET /bucket?limit=0", None, 400, "InvalidRequest"),
    ("GET /bucket?offset=-1", None, 400, "InvalidRequest"),
    ("GET /bucket?sortColumn=owner", None, 400, "InvalidRequest"),
    ("POST /bucket", {"id": "without-name"}, 400, "InvalidRequest"),
    ("PUT /bucket/open", {}, 400, "InvalidRequest"),
    ("POST /bucket", {"name": "x", "type": "ANALYTICS"}, 501, "A bucket of type ANALYTICS"),
    ("POST /bucket", {"name": "x", "versioning_status": "ENABLED"}, 501, VERSIONS),
    ("POST /object/list/open", {"limit": 1}, 400, "InvalidRequest"),
    ("POST /object/list/open", {"prefix": "", "limit": 0}, 400, "InvalidRequest"),
    ("POST /object/list/open", {"prefix": "", "sortBy": {"column": "size"}}, 400, "InvalidRequest"),
    (
        "POST /object/list/open",
        {"prefix": "", "sortBy": {"column": "name", "order": "DESC"}},
        400,
        "InvalidRequest",
    ),
    ("POST /object/list/open", {"prefix": "", "exactMatch": True}, 501, VERSIONS),
    ("POST /object/list/open", {"prefix": "", "deleteMarkers": "only"}, 501, VERSIONS),
    ("POST /object/list-v2/open", {"noncurrentVersions": "include"}, 501, VERSIONS),
    ("GET /object/open/a?versionId=1", None, 501, VERSIONS),
    ("GET /object/info/open/a?versionId=1", None, 501, VERSIONS),
    ("DELETE /object/open/a?versionId=1", None, 501, VERSIONS),
    ("DELETE /object/open", {"prefixes": [{"path": "a", "versionId": "1"}]}, 501, VERSIONS),
    ("DELETE /object/open", {"prefixes": []}, 400, "InvalidRequest"),
    ("POST /object/copy", {**NAMED, "sourceVersionId": "1"}, 501, VERSIONS),
    ("POST /object/move", {**NAMED, "sourceVersionId": "1"}, 501, VERSIONS),
    ("POST /object/sign/open/a", {"expiresIn": 60, "versionId": "1"}, 501, VERSIONS),
    (
        "POST /object/sign/open/a",
        {"expiresIn": 60, "transform": {"width": 1}},
        501,
        "Image transformation",
    ),
    ("POST /object/sign/open/a", {"expiresIn": 1e21}, 400, "InvalidRequest"),
    ("POST /object/sign/open", {"expiresIn": 60}, 400, "InvalidRequest"),
    ("POST /object/sign/open", {"expiresIn": 60, "paths": []}, 400, "InvalidRequest"),
    ("POST /object/sign/open", {"expiresIn": 60, "paths": ["a"] * 1001}, 400, "InvalidRequest"),
    ("PUT /bucket/open/lifecycle", {}, 501, "Lifecycles of buckets"),
    ("DELETE /cdn/open/a", None, 501, "Purging of a CDN"),
]


@pytest.fixture
def storage(http: httpx.Client) -> Storage:
    return Storage(http)


@pytest.fixture
def folder() -> str:
    return f"f{uuid4().hex}"


@pytest.mark.parametrize(("request_line", "body", "status", "said"), REFUSED)
def test_what_changes_the_meaning_of_a_request_is_obeyed_or_refused(
    storage: Storage, request_line: str, body: Any, status: int, said: str
) -> None:
    answer = storage.ask(request_line, body)
    assert answer.status_code == status, answer.text
    assert said in (answer.json()["code"], answer.json()["message"].partition(" is not part")[0])


def test_buckets_are_searched_sorted_and_paged(storage: Storage) -> None:
    name = uuid4().hex
    for letter in "abc":
        storage.ask("POST /bucket", {"name": f"{name}-{letter}"})

    def found(query: str) -> list[str]:
        rows = storage.ask(f"GET /bucket?search={name.upper()}&{query}").json()
        return [row["name"][-1] for row in rows]

    assert found("") == ["a", "b", "c"]
    assert found("sortColumn=created_at&sortOrder=desc") == ["c", "b", "a"]
    assert found("limit=1&offset=1") == ["b"]


def test_only_the_server_empties_a_bucket(storage: Storage, alice: Person, facts: Row) -> None:
    headers = {"apikey": facts["publishable_key"], "Authorization": f"Bearer {alice.token}"}
    refused = HTTP.post(f"{facts['url']}/storage/v1/bucket/small/empty", headers=headers)
    assert (refused.status_code, refused.json()["message"]) == (403, "Access denied: Invalid role")
    assert "queued" in storage.ask("POST /bucket/small/empty").json()["message"]


def test_a_listing_knows_no_capitals_and_sorts_folders_among_files(
    storage: Storage, folder: str
) -> None:
    for name in ("alpha", "beta-1", "beta/x", "Gamma", "zulu/x"):
        storage.upload(f"{folder}/{name}")
    assert storage.names(folder.upper()) == ["alpha", "beta-1", "beta", "Gamma", "zulu"]
    order = {"column": "name", "order": "desc"}
    assert storage.names(folder, sortBy=order, limit=2) == ["zulu", "Gamma"]


def test_a_search_may_lead_through_folders_that_stand_in_the_names(
    storage: Storage, folder: str
) -> None:
    storage.upload(f"{folder}/a/b/file.png")
    assert storage.names("", search=f"{folder}/a/b/") == [f"{folder}/a/b/file.png"]
    assert storage.names(f"{folder}/a", search="b/file") == ["b/file.png"]
    assert storage.names(folder, search="a/") == ["a/b"]
    assert storage.names(folder, search="x/file") == []


def test_a_copy_keeps_replaces_or_drops_metadata_and_overwrites_when_asked(
    storage: Storage, folder: str
) -> None:
    own = base64.b64encode(json.dumps({"own": 1}).encode()).decode()
    one, two = f"{folder}/one", f"{folder}/two"
    storage.upload(one, headers={"x-metadata": own, "cache-control": "max-age=60"})

    def copy(target: str, headers: Row | None = None, **more: Any) -> httpx.Response:
        body = {"bucketId": "open", "sourceKey": one, "destinationKey": target, **more}
        return storage.ask("POST /object/copy", body, headers=headers or {})

    kept = copy(two).json()
    assert (kept["Key"], kept["name"], kept["bucket_id"]) == (f"open/{two}", two, "open")
    assert storage.info(two)["metadata"] == {"own": 1}
    assert copy(two).json()["statusCode"] == "409"
    assert copy(two, UPSERT, copyMetadata=False).json()["Id"] == kept["Id"]
    assert storage.info(two)["metadata"] is None
    replaced = copy(one, UPSERT, copyMetadata=False, metadata={"mimetype": "image/gif"}).json()
    assert replaced["metadata"]["mimetype"] == "image/gif"
    assert replaced["metadata"]["cacheControl"] == "max-age=60"
    assert storage.ask(f"GET /object/open/{one}").content == b"0123456789"


@pytest.mark.parametrize("table", ["buckets", "objects"])
def test_rows_of_storage_are_not_removed_in_sql(database: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
        database.execute(sql.SQL("delete from storage.{}").format(sql.Identifier(table)))
    assert "Use the Storage API instead" in str(caught.value)


@pytest.mark.parametrize("way", ["copy", "move"])
def test_an_object_cannot_go_to_a_bucket_that_is_not_there(
    storage: Storage, folder: str, way: str
) -> None:
    storage.upload(f"{folder}/one")
    place = {"bucketId": "open", "sourceKey": f"{folder}/one", "destinationKey": "one"}
    answer = storage.ask(f"POST /object/{way}", {**place, "destinationBucket": folder})
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": "404",
        "error": "InvalidRequest",
        "message": "The related resource does not exist",
        "code": "InvalidRequest",
    }
    assert storage.names(folder) == ["one"]


def test_a_move_tells_where_the_object_is_and_whose(alice: Person, facts: Row) -> None:
    headers = {"apikey": facts["publishable_key"], "Authorization": f"Bearer {alice.token}"}
    base = f"{facts['url']}/storage/v1/object"
    source, target = f"{alice.id}/a", f"{alice.id}/b"
    stored = HTTP.post(f"{base}/private/{source}", content=b"x", headers=headers).json()
    body = {"bucketId": "private", "sourceKey": source, "destinationKey": target}
    moved = HTTP.post(f"{base}/move", json=body, headers=headers).json()
    assert moved == {"message": "Successfully moved", "Id": stored["Id"], "Key": target}


def test_what_is_told_of_an_object_names_its_bytes(storage: Storage, folder: str) -> None:
    storage.upload(f"{folder}/x")
    told = storage.ask(f"GET /object/info/open/{folder}/x")
    assert told.json()["metadata"] == {}
    assert (told.headers["etag"], told.headers["cache-control"]) == (
        told.json()["etag"],
        "no-cache",
    )
    bytes_of = storage.ask(f"GET /object/open/{folder}/x")
    assert told.headers["last-modified"] == bytes_of.headers["last-modified"]


def test_an_overwritten_object_keeps_its_id(storage: Storage, folder: str) -> None:
    first = storage.upload(f"{folder}/x").json()["Id"]
    assert storage.upload(f"{folder}/x").json()["Id"] == first == storage.info(f"{folder}/x")["id"]
    refused = storage.upload(f"{folder}/x", headers={"x-upsert": "TRUE"})
    assert refused.json()["statusCode"] == "409"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "{etag}"}, 304),
        ({"If-None-Match": '"other", W/{etag}'}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": "{time}"}, 200),
        ({"If-Modified-Since": "{time}"}, 304),
        ({"If-Modified-Since": "Thu, 12 Aug 2021 16:00:00 GMT"}, 200),
        ({"If-Modified-Since": "soon"}, 200),
    ],
)
def test_bytes_that_the_client_has_are_not_sent_again(
    storage: Storage, folder: str, headers: dict[str, str], status: int
) -> None:
    storage.upload(f"{folder}/x")
    first = storage.ask(f"GET /object/open/{folder}/x")
    assert first.headers["x-robots-tag"] == "none"
    known = {"etag": first.headers["etag"], "time": first.headers["last-modified"]}
    asked = {name: value.format(**known) for name, value in headers.items()}
    assert storage.ask(f"GET /object/open/{folder}/x", headers=asked).status_code == status


@pytest.mark.parametrize(
    ("name", "headers", "status", "said"),
    [
        ("x", {"content-type": "no mime type"}, "415", "Invalid Content-Type header"),
        ("x", {"content-type": "video/mp4"}, "415", "mime type video/mp4 is not supported"),
        (".emptyFolderPlaceholder", {"content-type": "video/mp4"}, "413", "exceeded the maximum"),
        ("x", {"x-robots-tag": "all"}, "501", "A robots tag of an object's own"),
    ],
)
def test_an_upload_is_refused_for_what_its_headers_say(
    storage: Storage, name: str, headers: Row, status: str, said: str
) -> None:
    path = f"/storage/v1/object/small/f/{name}"
    answer = storage.http.post(path, content=b"x", headers=headers).json()
    assert answer["statusCode"] == status
    assert said in answer["message"]


def test_a_form_names_its_own_type_and_an_empty_file_keeps_a_folder(storage: Storage) -> None:
    form: Row = {"files": {"file": ("x.png", b"x", "image/png")}}
    path = "/storage/v1/object/small/f"
    named = storage.http.post(f"{path}/x", data={"contentType": "video/mp4"}, **form)
    assert named.json()["error"] == "invalid_mime_type"
    kept = storage.http.put(
        f"{path}/.emptyFolderPlaceholder", content=b"", headers={"content-type": "video/mp4"}
    )
    assert kept.status_code == 200
