"""Names, sizes and types in storage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.storage.errors import StorageError
from devstack.supabase_local.storage.naming import (
    checked_bucket,
    checked_key,
    mime_type_allowed,
    parse_size,
)


@pytest.mark.parametrize("key", ["a", "a/b.txt", "a b/c (1).joblib", "-", "a//b", "..a/b.."])
def test_ordinary_keys_are_accepted(key: str) -> None:
    assert checked_key(key) == key


@pytest.mark.parametrize(
    "key", ["", "/a", "../a", "a/../b", "a/..", "./a", "a\\b", "a\nb", "é", "a" * 1025, "a#b"]
)
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(StorageError) as caught:
        checked_key(key)
    assert caught.value.code == "InvalidKey"


@given(st.text(max_size=30))
def test_no_accepted_key_climbs_out_of_its_bucket(key: str) -> None:
    try:
        checked_key(key)
    except StorageError:
        return
    assert ".." not in key.split("/")
    assert key.isascii()
    assert "\0" not in key


@pytest.mark.parametrize("name", ["", " a", "a/b", "ü", "a" * 101])
def test_wrong_bucket_names_are_refused(name: str) -> None:
    with pytest.raises(StorageError):
        checked_bucket(name)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (None, None),
        (5, 5),
        ("5", 5),
        ("3B", 3),
        ("30KB", 30 << 10),
        ("2 mb", 2 << 20),
        ("1GB", 1 << 30),
    ],
)
def test_sizes_are_read_as_people_write_them(written: int | str | None, size: int | None) -> None:
    assert parse_size(written) == size


@pytest.mark.parametrize("written", ["", "MB", "-1", "1.5MB", "5 parsecs"])
def test_other_sizes_are_refused(written: str) -> None:
    with pytest.raises(StorageError):
        parse_size(written)


@pytest.mark.parametrize(
    ("mime_type", "allowed", "expected"),
    [
        ("image/png", None, True),
        ("image/png", [], True),
        ("image/png", ["image/png"], True),
        ("image/png; q=1", ["IMAGE/PNG"], True),
        ("image/png", ["image/*"], True),
        ("image/png", ["text/*", "application/pdf"], False),
        ("imagex/png", ["image/*"], False),
        ("anything", ["*/*"], True),
    ],
)
def test_types_are_allowed_by_name_or_family(
    mime_type: str, allowed: list[str] | None, expected: bool
) -> None:
    assert mime_type_allowed(mime_type, allowed) is expected
