"""Listing by cursor (list-v2), and the names that downloads have."""

from typing import Any

import httpx
import pytest
from storage3.exceptions import StorageApiError

from devstack.supabase_local.tests.support.project import HTTP, Person

Row = dict[str, Any]
NAMES = ["a.txt", "b.txt", "deep/1.txt", "deep/2.txt", "z.txt"]


@pytest.fixture
def files(alice: Person) -> Any:
    bucket = alice.client.storage.from_("private")
    for name in NAMES:
        bucket.upload(f"{alice.id}/{name}", name.encode())
    return bucket


def names_of(page: Any) -> list[str]:
    return [one.name.partition("/")[2] for one in (*page.folders, *page.objects)]


def test_everything_below_a_prefix_is_listed_or_one_level_with_folders(
    files: Any, alice: Person
) -> None:
    flat = files.list_v2({"prefix": f"{alice.id}/"})
    assert (names_of(flat), flat.hasNext, flat.nextCursor) == (NAMES, False, None)
    level = files.list_v2({"prefix": f"{alice.id}/", "with_delimiter": True})
    assert [(one.key, one.name) for one in level.folders] == [("deep", f"{alice.id}/deep/")]
    assert [one.key for one in level.objects] == ["a.txt", "b.txt", "z.txt"]
    assert level.objects[0].metadata["size"] == 5
    assert names_of(files.list_v2({"prefix": f"{alice.id}/de"})) == NAMES[2:4]


@pytest.mark.parametrize("column", ["name", "created_at", "updated_at"])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("with_delimiter", [False, True])
def test_the_pages_of_a_cursor_are_the_whole_list(
    files: Any, alice: Person, column: str, order: str, with_delimiter: bool
) -> None:
    options: Row = {
        "prefix": f"{alice.id}/",
        "sortBy": {"column": column, "order": order},
        "with_delimiter": with_delimiter,
    }
    whole = files.list_v2(options)
    seen, cursor = [], None
    while True:
        page = files.list_v2({**options, "limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += names_of(page)
        if not page.hasNext:
            break
        cursor = page.nextCursor
    assert sorted(seen) == sorted(names_of(whole))
    assert len(seen) == (4 if with_delimiter else 5)


def test_a_listing_shows_no_files_of_others_and_refuses_what_is_no_cursor(
    files: Any, alice: Person, bob: Person
) -> None:
    other = bob.client.storage.from_("private").list_v2({"prefix": f"{alice.id}/"})
    assert names_of(other) == []
    for cursor in ("x", "WzFd", "WyJhIiwgImIiXQ=="):
        with pytest.raises(StorageApiError):
            files.list_v2({"cursor": cursor, "sortBy": {"column": "created_at"}})


def test_a_download_has_the_name_that_is_asked_for(files: Any, alice: Person) -> None:
    for asked, disposition in (
        (
            "Gr\u00fc\u00dfe.txt",
            "filename=Gr%C3%BC%C3%9Fe.txt; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt",
        ),
        (True, ""),
    ):
        url = files.create_signed_url(f"{alice.id}/a.txt", 60, {"download": asked})["signedURL"]
        answer: httpx.Response = HTTP.get(url)
        assert answer.content == b"a.txt"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-disposition"].endswith(disposition)
