"""Files with supabase-py: under RLS, in public, and by signed URLs."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from storage3.exceptions import StorageApiError

from devstack.supabase_local.tests.support.project import HTTP, LocalSupabase, Person
from supabase import Client

Row = dict[str, Any]


def refusal(caught: pytest.ExceptionInfo[StorageApiError]) -> tuple[str, str]:
    return str(caught.value.status), caught.value.code


@pytest.fixture
def as_alice(facts: Row, alice: Person) -> Row:
    return {"apikey": facts["publishable_key"], "Authorization": f"Bearer {alice.token}"}


def test_what_is_uploaded_comes_back_byte_for_byte(alice: Person) -> None:
    bucket, content = alice.client.storage.from_("private"), os.urandom(300_000)
    path = f"{alice.id}/models/a model (1).joblib"
    stored = bucket.upload(path, content, {"content-type": "application/x-joblib"})
    assert stored.full_path == f"private/{path}"
    assert bucket.download(path) == content
    info = bucket.info(path)
    assert (info["size"], info["content_type"]) == (300_000, "application/x-joblib")
    assert bucket.exists(path)
    assert not bucket.exists(f"{alice.id}/other")


def test_raw_bytes_and_files_from_disk_can_be_uploaded_too(
    alice: Person, as_alice: Row, http: httpx.Client, tmp_path: Path
) -> None:
    url, bucket = (
        f"/storage/v1/object/private/{alice.id}/raw.bin",
        alice.client.storage.from_("private"),
    )
    headers = {**as_alice, "Content-Type": "image/png", "Cache-Control": "max-age=60"}
    reply = http.post(url, content=b"raw bytes", headers=headers)
    assert reply.json()["Key"] == f"private/{alice.id}/raw.bin"
    answer = http.get(url, headers=as_alice)
    assert answer.content == b"raw bytes"
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "max-age=60"
    (tmp_path / "file.txt").write_bytes(b"from disk")
    bucket.upload(f"{alice.id}/file.txt", tmp_path / "file.txt")
    assert bucket.download(f"{alice.id}/file.txt") == b"from disk"


def test_an_existing_name_is_replaced_only_when_asked(
    alice: Person, supabase: LocalSupabase
) -> None:
    bucket, path = alice.client.storage.from_("private"), f"{alice.id}/one.txt"
    bucket.upload(path, b"first")
    with pytest.raises(StorageApiError) as caught:
        bucket.upload(path, b"second")
    assert refusal(caught) == ("409", "Duplicate")
    assert bucket.download(path) == b"first"
    old = bucket.info(path)["version"]
    bucket.upload(path, b"third", {"upsert": "true"})
    assert bucket.download(path) == b"third"
    bucket.update(path, b"fourth")
    assert bucket.download(path) == b"fourth"
    assert not list((supabase.state / "storage").glob(f"*/{old}"))


def intrude(bucket: Any, path: str) -> None:
    folder = path.partition("/")[0]
    hidden: list[Callable[[], Any]] = [
        lambda: bucket.download(path),
        lambda: bucket.info(path),
        lambda: bucket.create_signed_url(path, 60),
        lambda: bucket.move(path, "elsewhere/stolen.txt"),
        lambda: bucket.copy(path, "elsewhere/stolen.txt"),
    ]
    forbidden: list[Callable[[], Any]] = [
        lambda: bucket.upload(path, b"x", {"upsert": "true"}),
        lambda: bucket.upload(f"{path}2", b"x"),
        lambda: bucket.create_signed_upload_url(f"{path}3"),
    ]
    for attempts, refused in ((hidden, ("404", "not_found")), (forbidden, ("403", "Unauthorized"))):
        for attempt in attempts:
            with pytest.raises(StorageApiError) as caught:
                attempt()
            assert refusal(caught) == refused
    assert bucket.list(folder) == []
    assert bucket.remove([path]) == []


def test_others_neither_read_nor_list_nor_write_nor_remove(
    alice: Person, bob: Person, anonymous: Client
) -> None:
    path = f"{alice.id}/secret.txt"
    alice.client.storage.from_("private").upload(path, b"mine")
    for intruder in (bob.client, anonymous):
        intrude(intruder.storage.from_("private"), path)
    assert alice.client.storage.from_("private").download(path) == b"mine"


def test_the_secret_key_reads_everything(alice: Person, service: Any) -> None:
    path = f"{alice.id}/for-the-server.txt"
    alice.client.storage.from_("private").upload(path, b"hello")
    assert service.storage.from_("private").download(path) == b"hello"


def test_a_refused_upload_leaves_no_bytes_behind(
    bob: Person, alice: Person, supabase: LocalSupabase
) -> None:
    before = set((supabase.state / "storage").glob("*/*"))
    with pytest.raises(StorageApiError):
        bob.client.storage.from_("private").upload(f"{alice.id}/x", b"x" * 100_000)
    with pytest.raises(StorageApiError) as caught:
        bob.client.storage.from_("small").upload(f"{bob.id}/x.txt", b"x" * 2000)
    assert refusal(caught) == ("413", "Payload too large")
    assert set((supabase.state / "storage").glob("*/*")) == before


def test_a_bucket_limits_size_and_type(alice: Person, as_alice: Row, http: httpx.Client) -> None:
    bucket = alice.client.storage.from_("small")
    bucket.upload(f"{alice.id}/ok.png", b"x" * 1000, {"content-type": "image/png"})
    with pytest.raises(StorageApiError) as caught:
        bucket.upload(f"{alice.id}/no.pdf", b"x", {"content-type": "application/pdf"})
    assert refusal(caught) == ("415", "invalid_mime_type")
    # Without a length nobody can tell beforehand.
    answer = http.post(
        f"/storage/v1/object/small/{alice.id}/stream.txt",
        content=(b"x" * 500 for _ in range(10)),
        headers={**as_alice, "Content-Type": "text/plain"},
    )
    assert answer.json()["statusCode"] == "413"


def test_part_of_a_file_can_be_had(alice: Person, as_alice: Row, http: httpx.Client) -> None:
    alice.client.storage.from_("private").upload(f"{alice.id}/digits", b"0123456789")
    url = f"/storage/v1/object/authenticated/private/{alice.id}/digits"
    part = http.get(url, headers={**as_alice, "Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    beyond = http.get(url, headers={**as_alice, "Range": "bytes=50-60"})
    assert beyond.status_code == 416
    head = http.head(url, headers=as_alice)
    assert (head.headers["content-length"], head.content) == ("10", b"")
    again = http.get(url, headers={**as_alice, "If-None-Match": head.headers["etag"]})
    assert again.status_code == 304


def test_a_folder_lists_its_files_and_subfolders_page_by_page(alice: Person) -> None:
    bucket = alice.client.storage.from_("private")
    for name in ("b.txt", "a.txt", "100%.txt", "sub/one.txt", "sub/two.txt", "sub/deep/three.txt"):
        bucket.upload(f"{alice.id}/{name}" if "%" not in name else f"{alice.id}/100.txt", b"x")

    def names(path: str, **options: Any) -> list[str]:
        return [entry["name"] for entry in bucket.list(path, options)]

    assert names(alice.id) == ["100.txt", "a.txt", "b.txt", "sub"]
    assert names(f"{alice.id}/sub/") == ["deep", "one.txt", "two.txt"]
    assert names(alice.id, limit=2, offset=1) == ["a.txt", "b.txt"]
    assert names(alice.id, sortBy={"column": "name", "order": "desc"})[0] == "sub"
    assert names(alice.id, search="a.") == ["a.txt"]
    assert names(alice.id, search="%") == []
    folder = next(entry for entry in bucket.list(alice.id) if entry["name"] == "sub")
    assert folder["id"] is None
    file = next(entry for entry in bucket.list(alice.id) if entry["name"] == "a.txt")
    assert file["metadata"]["size"] == 1
    assert alice.id in names("")


def test_files_move_copy_and_go(alice: Person, supabase: LocalSupabase) -> None:
    bucket, base = alice.client.storage.from_("private"), alice.id
    bucket.upload(f"{base}/a", b"content")
    bucket.move(f"{base}/a", f"{base}/b")
    bucket.copy(f"{base}/b", f"{base}/c")
    assert (bucket.exists(f"{base}/a"), bucket.download(f"{base}/c")) == (False, b"content")
    with pytest.raises(StorageApiError) as caught:
        bucket.move(f"{base}/b", f"{base}/c")
    assert refusal(caught) == ("409", "Duplicate")
    with pytest.raises(StorageApiError) as caught:
        bucket.move(f"{base}/gone", f"{base}/d")
    assert refusal(caught) == ("404", "not_found")
    versions = [bucket.info(f"{base}/{name}")["version"] for name in "bc"]
    removed = bucket.remove([f"{base}/b", f"{base}/c", f"{base}/gone"])
    assert {entry["name"] for entry in removed} == {f"{base}/b", f"{base}/c"}
    for version in versions:
        assert not list((supabase.state / "storage").glob(f"*/{version}"))


def test_a_signed_url_opens_one_file_for_a_while(alice: Person) -> None:
    bucket, path = alice.client.storage.from_("private"), f"{alice.id}/signed file.txt"
    bucket.upload(path, b"for you")
    url = bucket.create_signed_url(path, 60, {"download": "named.txt"})["signedURL"]
    assert url is not None
    answer = HTTP.get(url)
    assert answer.content == b"for you"
    assert "named.txt" in answer.headers["content-disposition"]
    for forged in (
        url.replace("signed%20file", "other"),
        url.replace("token=", "token=x"),
        url.partition("?")[0],
    ):
        assert HTTP.get(forged).status_code == 400
    many = bucket.create_signed_urls([path, "nobody/there"], 60)
    assert HTTP.get(str(many[0]["signedURL"])).content == b"for you"
    assert (many[1]["signedURL"], bool(many[1]["error"])) == (None, True)


def test_a_signed_url_takes_one_upload(alice: Person, anonymous: Client) -> None:
    path = f"{alice.id}/handed-in.txt"
    signed = alice.client.storage.from_("private").create_signed_upload_url(path)
    anonymous.storage.from_("private").upload_to_signed_url(path, signed["token"], b"handed in")
    assert alice.client.storage.from_("private").download(path) == b"handed in"
    with pytest.raises(StorageApiError) as caught:
        anonymous.storage.from_("private").upload_to_signed_url(f"{path}2", signed["token"], b"x")
    assert caught.value.code == "InvalidSignature"
    download = alice.client.storage.from_("private").create_signed_url(path, 60)["signedURL"]
    token = str(download).partition("token=")[2]
    with pytest.raises(StorageApiError):
        anonymous.storage.from_("private").upload_to_signed_url(path, token, b"x")


def test_a_public_bucket_needs_no_key_to_read_and_a_private_one_is_not_public(
    service: Any, alice: Person
) -> None:
    name = f"{uuid4().hex}.txt"
    service.storage.from_("open").upload(name, b"for all")
    url = service.storage.from_("open").get_public_url(name)
    assert HTTP.get(url).content == b"for all"
    path = f"{alice.id}/{name}"
    alice.client.storage.from_("private").upload(path, b"not for all")
    private = HTTP.get(service.storage.from_("private").get_public_url(path))
    assert (private.status_code, private.json()["code"]) == (400, "NoSuchBucket")


def test_buckets_are_made_changed_emptied_and_removed(service: Any, alice: Person) -> None:
    name, storage = f"bucket-{uuid4().hex}", service.storage
    storage.create_bucket(name, options={"public": True, "file_size_limit": "2MB"})
    made = storage.get_bucket(name)
    assert (made.public, made.file_size_limit) == (True, 2 << 20)
    with pytest.raises(StorageApiError) as caught:
        storage.create_bucket(name)
    assert refusal(caught) == ("409", "Duplicate")
    storage.update_bucket(name, {"public": False})
    changed = storage.get_bucket(name)
    assert (changed.public, changed.file_size_limit) == (False, 2 << 20)
    storage.from_(name).upload("x", b"x")
    with pytest.raises(StorageApiError) as caught:
        storage.delete_bucket(name)
    assert refusal(caught)[0] == "409"
    storage.empty_bucket(name)
    storage.delete_bucket(name)
    with pytest.raises(StorageApiError) as caught:
        storage.get_bucket(name)
    assert refusal(caught) == ("404", "Bucket not found")
    with pytest.raises(StorageApiError) as caught:
        alice.client.storage.create_bucket(f"{name}-2")
    assert refusal(caught) == ("403", "Unauthorized")
    assert alice.client.storage.list_buckets() == []
    assert {"private", "open", "small"} <= {bucket.id for bucket in storage.list_buckets()}


@pytest.mark.parametrize(
    "name", ["../escape", "a/../b", "a//../../etc/passwd", "snow/雪", "tab\there", "", "x" * 1025]
)
def test_names_that_are_no_keys_are_refused(http: httpx.Client, name: str) -> None:
    answer = http.post(f"/storage/v1/object/open/{quote(name, safe='')}", content=b"x")
    assert 400 <= answer.status_code < 500
    assert "passwd" not in os.listdir("/tmp")  # noqa: PTH208


def test_missing_buckets_and_objects_have_their_own_messages(http: httpx.Client) -> None:
    upload = http.post("/storage/v1/object/nowhere/x", content=b"x").json()
    assert (upload["statusCode"], upload["error"]) == ("404", "Bucket not found")
    answer = http.get("/storage/v1/object/open/nothing")
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": "404",
        "error": "not_found",
        "message": "Object not found",
        "code": "NoSuchKey",
    }


def test_a_large_file_streams_without_filling_memory(
    service: Any, http: httpx.Client, facts: Row
) -> None:
    def resident() -> int:
        status = Path(f"/proc/{facts['pid']}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) >> 10

    megabytes = 150
    chunk = os.urandom(1 << 20)
    before = resident()
    reply = http.post(
        "/storage/v1/object/open/large.bin", content=(chunk for _ in range(megabytes))
    )
    assert reply.is_success, reply.text
    digest = hashlib.sha256()
    with http.stream("GET", "/storage/v1/object/open/large.bin") as answer:
        for part in answer.iter_bytes():
            digest.update(part)
    assert digest.digest() == hashlib.sha256(chunk * megabytes).digest()
    assert resident() - before < 60
    service.storage.from_("open").remove(["large.bin"])
