"""Blob storage through the real storage SDK: uploads, ranges, listings and who may."""

import base64
import datetime as dt
import os
from hashlib import md5
from typing import Any

import httpx
import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import ContainerClient


@pytest.fixture
def where(arm) -> tuple[str, str]:
    """The default container's URL and a signature for it."""
    properties = arm.get("datastores/workspaceblobstore").json()["properties"]
    asked = {"expirableSecret": True, "expireAfterHours": 1}
    secrets = arm.post("datastores/workspaceblobstore/listSecrets", json=asked).json()
    assert secrets["secretsType"] == "Sas"
    host = f"https://{properties['accountName']}.blob.core.windows.net"
    return f"{host}/{properties['containerName']}", secrets["sasToken"].removeprefix("?")


@pytest.fixture
def container(where):
    with ContainerClient.from_container_url(where[0], credential=where[1]) as client:
        yield client


def code_of(failure: pytest.ExceptionInfo[HttpResponseError]) -> Any:
    """What the SDK has read from the reply, beside the fields that its class declares."""
    return vars(failure.value)["error_code"]


def test_a_blob_is_written_read_and_deleted(container):
    blob = container.upload_blob("dir/über straße.bin", os.urandom(1000), validate_content=True)
    assert blob.exists()
    assert len(blob.download_blob().readall()) == 1000
    whole = blob.download_blob().readall()
    assert blob.download_blob(offset=10, length=5).readall() == whole[10:15]
    blob.delete_blob()
    assert not blob.exists()
    with pytest.raises(ResourceNotFoundError) as missing:
        blob.download_blob()
    assert code_of(missing) == "BlobNotFound"


def test_an_existing_blob_is_only_overwritten_when_asked(container):
    container.upload_blob("once", b"1")
    with pytest.raises(ResourceExistsError):
        container.upload_blob("once", b"2")
    blob = container.upload_blob("once", b"3", overwrite=True)
    assert blob.download_blob().readall() == b"3"


def test_blocks_are_joined_in_their_order(container):
    from azure.storage.blob import BlobBlock

    blob = container.get_blob_client("blocks")
    blob.stage_block("b", b"world")
    blob.stage_block("a", b"hello ")
    blob.commit_block_list([BlobBlock("a"), BlobBlock("b")])
    assert blob.download_blob().readall() == b"hello world"
    assert blob.get_blob_properties().content_settings.content_md5 is None
    with pytest.raises(HttpResponseError) as never_staged:
        blob.commit_block_list([BlobBlock("c")])
    assert code_of(never_staged) == "InvalidBlockList"


def test_metadata_is_kept_and_shown(container):
    blob = container.upload_blob("described", b"x", metadata={"first": "1"})
    blob.set_blob_metadata({"upload_status": "completed"})
    assert blob.get_blob_properties().metadata == {"upload_status": "completed"}


def test_listings_page_and_fold_at_the_delimiter(container):
    for name in ("list/a", "list/b/c", "list/b/d", "list/e"):
        container.upload_blob(name, b"")
    pages = container.list_blobs(name_starts_with="list/", results_per_page=2).by_page()
    assert [[blob.name for blob in page] for page in pages] == [
        ["list/a", "list/b/c"],
        ["list/b/d", "list/e"],
    ]
    folded = sorted(item.name for item in container.walk_blobs("list/", delimiter="/"))
    assert folded == ["list/a", "list/b/", "list/e"]


def test_a_listing_has_the_elements_of_the_service(https, where):
    url, signature = where
    blob = f"{url}/elements/a"
    headers = {"x-ms-blob-type": "BlockBlob", "x-ms-version": "2026-02-06"}
    https.put(f"{blob}?{signature}", content=b"ok", headers=headers).raise_for_status()
    listed = https.get(f"{url}?restype=container&comp=list&prefix=elements/&{signature}").text
    assert listed.startswith('\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ')
    assert "MaxResults" not in listed
    assert "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>" in listed
    assert "<Metadata /><OrMetadata /></Blob></Blobs><NextMarker /></EnumerationResults>" in listed
    assert "<Etag>0x" in listed


@pytest.mark.parametrize(
    ("method", "query", "headers", "status", "code", "message"),
    [
        ("GET", "", {}, 404, "BlobNotFound", "The specified blob does not exist."),
        ("DELETE", "", {}, 404, "BlobNotFound", "The specified blob does not exist."),
        (
            *("PUT", "comp=blocklist&", {}, 400),
            *("InvalidBlockList", "The specified block list is invalid."),
        ),
        (
            *("PUT", "", {"If-Match": '"0x1"', "x-ms-blob-type": "BlockBlob"}, 412),
            "ConditionNotMet",
            "The condition specified using HTTP conditional header(s) is not met.",
        ),
    ],
)
def test_an_error_repeats_the_requests_id(
    https, where, method, query, headers, status, code, message
):
    url = f"{where[0]}/in-error?{query}{where[1]}"
    content = b"<BlockList><Latest>NA==</Latest></BlockList>" if query else None
    answer = https.request(method, url, headers=headers, content=content)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (status, code)
    told, _, time = answer.text.partition("\nTime:")
    begin = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>'
    assert told == f"{begin}{message}\nRequestId:{answer.headers['x-ms-request-id']}"
    assert dt.datetime.fromisoformat(time.removesuffix("</Message></Error>")).tzinfo


def test_a_write_that_wants_another_blob_than_it_finds_is_refused(https, where):
    blob = f"{where[0]}/conditional?{where[1]}"
    headers = {"x-ms-blob-type": "BlockBlob"}
    etag = https.put(blob, content=b"1", headers=headers).headers["ETag"]
    for condition, value, status in (
        ("If-None-Match", etag, 412),
        ("If-Match", '"0x0"', 412),
        ("If-Match", etag, 201),
        ("If-Match", "*", 201),
        ("If-None-Match", etag, 201),
    ):
        asked = {**headers, condition: value}
        assert https.put(blob, content=b"2", headers=asked).status_code == status


@pytest.mark.parametrize(
    ("header", "wrong", "code"),
    [
        ("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", "Md5Mismatch"),
        ("x-ms-content-crc64", "AAAAAAAAAAA=", "Crc64Mismatch"),
    ],
)
def test_corrupted_content_is_refused(https, where, header, wrong, code):
    answer = https.put(
        f"{where[0]}/corrupted?{where[1]}",
        content=b"these bytes",
        headers={"x-ms-blob-type": "BlockBlob", header: wrong},
    )
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (400, code)
    assert https.head(f"{where[0]}/corrupted?{where[1]}").status_code == 404


def test_what_was_uploaded_has_its_checksum_in_the_answer(https, where):
    """The values are recorded of the service, but for the list's, which is of its own bytes."""
    url, signature = where
    whole = https.put(
        f"{url}/greeting?{signature}",
        content=b"Hello World",
        headers={"x-ms-blob-type": "BlockBlob"},
    )
    assert whole.headers["Content-MD5"] == "sQqNsWTgdUEFt6mb5y4/5Q=="
    assert whole.headers["x-ms-content-crc64"] == "YeJLfssylmU="
    block = f"{url}/greeting?comp=block&blockid=MQ%3D%3D&{signature}"
    pieces = iter((b"Hello ", b"World"))
    assert https.put(block, content=pieces).headers["x-ms-content-crc64"] == "YeJLfssylmU="
    md5 = {"Content-MD5": "sQqNsWTgdUEFt6mb5y4/5Q=="}
    headers = https.put(block, content=b"Hello World", headers=md5).headers
    assert headers["Content-MD5"] == md5["Content-MD5"]
    assert "x-ms-content-crc64" not in headers
    listed = https.put(
        f"{url}/greeting?comp=blocklist&{signature}",
        content=b"<BlockList><Latest>MQ==</Latest></BlockList>",
    )
    assert len(base64.b64decode(listed.headers["x-ms-content-crc64"])) == 8
    assert https.get(f"{url}/greeting?{signature}").content == b"Hello World"


def test_managed_identity_opens_the_storage_too(where, emulator):
    credential = ManagedIdentityCredential(client_id=emulator.facts["client_id"])
    with ContainerClient.from_container_url(where[0], credential=credential) as container:
        assert container.exists()
        assert container.upload_blob("by-identity", b"ok").exists()


def test_a_blobs_headers_are_those_of_the_service(https, where):
    url, signature = where
    blob, asked = f"{url}/with-headers?{signature}", {"x-ms-version": "2025-01-05"}
    written = https.put(blob, content=b"ok", headers={**asked, "x-ms-blob-type": "BlockBlob"})
    assert written.headers["x-ms-request-server-encrypted"] == "true"
    assert written.headers["Content-MD5"] == base64.b64encode(md5(b"ok").digest()).decode()
    part = https.get(blob, headers={**asked, "x-ms-range": "bytes=0-0"})
    assert (part.status_code, part.headers["Content-Range"]) == (206, "bytes 0-0/2")
    assert part.headers["x-ms-blob-content-md5"] == written.headers["Content-MD5"]
    assert "Content-MD5" not in part.headers
    headers = https.head(blob, headers=asked).headers
    assert headers["Server"] == "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"
    assert (headers["x-ms-version"], headers["x-ms-server-encrypted"]) == ("2025-01-05", "true")
    assert (headers["x-ms-access-tier"], headers["x-ms-access-tier-inferred"]) == ("Hot", "true")
    assert (headers["x-ms-lease-state"], headers["x-ms-lease-status"]) == ("available", "unlocked")
    assert https.delete(blob).headers["x-ms-delete-type-permanent"] == "true"
    missing = https.head(f"{url}/missing?{signature}", headers=asked).headers
    assert (missing["x-ms-error-code"], missing["x-ms-version"]) == ("BlobNotFound", "2025-01-05")
    assert "Content-Type" not in missing


def test_wrong_expired_and_missing_signatures_are_refused(https, where):
    url, good = where
    blob = f"{url}/any"
    cases = {
        good.replace("sig=", "sig=A"): 403,
        good.replace("sp=rcuwdl", "sp=rcuwdlx"): 403,
        good.replace("srt=co", "srt=c"): 403,
        _with(good, "se", (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).isoformat()): 403,
        "": 401,
    }
    for query, status in cases.items():
        assert https.head(f"{blob}?{query}").status_code == status


def test_what_is_no_token_is_told_apart_from_a_wrong_one(https, where):
    for authorization, status in (("Bearer nonsense", 400), ("Bearer a.b.c", 401)):
        answer = https.get(f"{where[0]}/any", headers={"Authorization": authorization})
        assert answer.status_code == status
        assert answer.headers["x-ms-error-code"] == "InvalidAuthenticationInfo"


def _with(query: str, name: str, text: str) -> str:
    parameters = dict(httpx.QueryParams(query))
    return str(httpx.QueryParams({**parameters, name: text}))


def test_an_uploads_signature_opens_its_own_container_only(arm, https):
    path = "codes/upload/versions/1/startPendingUpload"
    asked = arm.post(path, json={"pendingUploadType": "TemporaryBlobReference"}).json()
    assert asked["pendingUploadType"] == "None"
    reference = asked["blobReferenceForConsumption"]
    account = reference["storageAccountArmId"].rpartition("/storageAccounts/")[2]
    container = reference["blobUri"].removeprefix(f"https://{account}.blob.core.windows.net:443/")
    assert (len(container), reference["blobUri"].count("/")) == (36 + 1 + 26, 3)
    own, _, signature = reference["credential"]["sasUri"].partition("?")
    assert https.head(f"{own}/any?{signature}").status_code == 404
    other = own.rsplit("/", 1)[0] + "/another-container/any"
    assert https.head(f"{other}?{signature}").status_code == 403
    with (
        ContainerClient.from_container_url(own, credential="sv=2022&sig=bad") as container,
        pytest.raises((ClientAuthenticationError, HttpResponseError)),
    ):
        container.get_blob_client("any").get_blob_properties()


def test_a_call_that_is_not_emulated_is_501_by_name(https, where):
    answer = https.put(f"{where[0]}/any?comp=lease&{where[1]}")
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (501, "NotImplemented")
    assert "?comp=lease" in answer.text
