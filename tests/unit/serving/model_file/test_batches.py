"""Batches of plain items for large containers: read in one step as they are read one by one."""

import io
import pickle
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from sklearn.tree import DecisionTreeClassifier

from serving.model_file.canonical import check_canonical
from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.load import load_upload
from serving.model_file.rewrite import examine, rewritten
from serving.model_file.rewrite.batches import LARGE

COUNT = LARGE + 5_000
WORDS = [f"word{n}" for n in range(COUNT)]
UNUSUAL = ["é", "ñandú", "слово", "\ud800", "a\nb", "x", "", "y" * 126, "z" * 200, "w" * 300]


def vocabulary() -> Any:
    return {word: place for place, word in enumerate(WORDS)}


def with_unusual_words() -> Any:
    return [*WORDS, *UNUSUAL * 300, *WORDS[:2_000]]


def recalled() -> Any:
    return {"names": WORDS, "places": dict.fromkeys(WORDS, 0.5), "again": WORDS[5_000:]}


KINDS: dict[str, Callable[[], Any]] = {
    "a vocabulary": vocabulary,
    "words of all kinds": with_unusual_words,
    "words that are recalled": recalled,
    "numbers": lambda: [None, True, 0.5, 1, 1_000, 100_000] * 5_000,
    "a set": lambda: set(WORDS),
    "tuples between words": lambda: [*WORDS, (1, 2), *WORDS[:3_000], [1]],
    "characters of dtypes": lambda: [*WORDS, *"<|>=", ["<", "|"]],
}


def begin(opcodes: bytes) -> bytes:
    """A list that is large already, and what follows."""
    return b"\x80\x04]\x94" + (b"(" + b"N" * 1_000 + b"e") * (LARGE // 1_000) + opcodes


def frame(size: int) -> bytes:
    return b"\x95" + size.to_bytes(8, "little")


HOSTILE = {
    "a damaged text": begin(b"(\x8c\x02\xc3\x28\x94e."),
    "a text of two that are damaged": begin(b"(\x8c\x02a\xc3\x94\x8c\x02\xa4b\x94e."),
    "another end": begin(b"(NNu."),
    "a tuple": begin(b"(NNt."),
    "an entry that is not there": begin(b"(j\x00\x10\x00\x00e."),
    "a frame's end inside an item": begin(frame(6) + b"(NJ\0\0\0\0Ne."),
    "a frame inside a frame": begin(frame(40) + b"(N" + frame(0) + b"Ne."),
    "a frame beyond the end": begin(b"(N" + frame(99) + b"Ne."),
    "no end": begin(b"(" + b"N" * 50),
    "a name that was left out": begin(
        b"(\x8c\x02os\x94\x8c\x06system\x94ej\x01\0\0\0j\x02\0\0\0\x93."
    ),
}


def written(data: bytes) -> bytes:
    return b"".join(rewritten(io.BytesIO(data), Findings(), uploads=True))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_container_is_read_as_it_is(kind: str, protocol: int) -> None:
    value = KINDS[kind]()
    data = pickle.dumps(value, protocol)
    examine(io.BytesIO(data), Findings())
    assert load_upload(io.BytesIO(data), Findings()) == value


@pytest.mark.parametrize("kind", KINDS)
def test_its_canonical_form_is_rewritten_to_itself(kind: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(written(pickle.dumps(KINDS[kind]())))
        file.seek(0)
        check_canonical(file, Findings())


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_batch_is_refused_as_it_is_one_by_one(kind: str) -> None:
    with pytest.raises((Refused, Unreadable)):
        written(HOSTILE[kind])
    findings = Findings()
    try:
        examine(io.BytesIO(HOSTILE[kind]), findings)
    except (Refused, Unreadable):
        return
    assert findings.reasons or findings.forbidden


class Replaced:
    """A tree of one node, whose state says so first and, after many entries, says five."""

    def __reduce__(self) -> Any:
        tree = DecisionTreeClassifier().fit([[0.0], [1.0]], [1, 1]).tree_
        maker, arguments, state = tree.__reduce__()
        return maker, arguments, {**state, **dict.fromkeys(range(COUNT)), "node_counX": 5}


def test_an_entry_that_a_batch_replaces_is_not_judged_by_what_it_was() -> None:
    """Compiled code reads as many nodes as a tree's state says."""
    findings = Findings()
    data = pickle.dumps(Replaced(), 4).replace(b"node_counX", b"node_count")
    examine(io.BytesIO(data), findings)
    assert findings.reasons == ["sklearn.tree._tree.Tree has an unusual state"]
