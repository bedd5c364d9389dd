from hypothesis import given
from hypothesis import strategies as st

from devstack.azureml_emulator.arm.records import now
from devstack.azureml_emulator.blob.listing import Listing, as_xml
from devstack.azureml_emulator.blob.storage import Blob

NAMES = st.sets(st.text("ab/&<", min_size=1, max_size=6), max_size=12)


def blob(name: str) -> Blob:
    return Blob(
        container="box",
        name=name,
        size=1,
        etag='"0x1"',
        content_md5="",
        content_type="text/plain",
        created_at=now(),
        modified_at=now(),
    )


@given(NAMES, st.integers(1, 4), st.sampled_from(["", "/"]))
def test_pages_show_every_name_once_and_in_order(names, size, delimiter):
    blobs = [blob(name) for name in names]
    seen: list[str] = []
    marker = ""
    while True:
        page = Listing("", delimiter, marker, size).page(blobs)
        seen += page.entries
        marker = page.next_marker
        if not marker:
            break
    expected = {
        name.partition("/")[0] + "/" if delimiter and "/" in name else name for name in names
    }
    assert seen == sorted(expected)


def test_a_delimiter_folds_what_comes_after_it():
    blobs = [blob(name) for name in ("x/a", "x/b/c", "x/b/d")]
    page = Listing("x/", "/", "", 10).page(blobs)
    assert [(name, found is None) for name, found in page.entries.items()] == [
        ("x/a", False),
        ("x/b/", True),
    ]


def test_the_answer_echoes_what_was_asked_and_escapes_names():
    asked = Listing("a&", "", "", 5)
    text = as_xml(asked, asked.page([blob("a&<b>")]), "host", "box")
    assert "<Prefix>a&amp;</Prefix><MaxResults>5</MaxResults>" in text
    assert "<Name>a&amp;&lt;b&gt;</Name>" in text
    assert text.endswith(
        "<Metadata /><OrMetadata /></Blob></Blobs><NextMarker /></EnumerationResults>"
    )
