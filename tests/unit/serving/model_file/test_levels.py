"""Values inside each other are bounded while reading, however they are put there."""

import io
import pickle
import struct
from collections import OrderedDict
from typing import Any

import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from serving.model_file.findings import Findings, Refused
from serving.model_file.load import load_upload
from serving.model_file.rewrite import rewritten
from serving.model_file.rewrite.levels import MOST_LEVELS
from tests.support.conversion import name, spell, text

RIDGE = name("sklearn.linear_model._ridge", "Ridge")


def read(data: bytes) -> None:
    for _ in rewritten(io.BytesIO(data), Findings(), uploads=True):
        pass


def get(entry: int) -> bytes:
    return b"j" + struct.pack("<I", entry)


def tuples(levels: int) -> bytes:
    return b")" + b"\x85" * levels


def tuples_of_three(levels: int) -> bytes:
    return b"N" + b"NN\x87" * levels


def lists_on_the_stack(levels: int) -> bytes:
    return b"]" * levels + b"a" * (levels - 1)


def lists_from_the_memo(levels: int) -> bytes:
    """Each put into the next, with never more than two values on the stack."""
    return b"]\x94" + b"".join(b"]\x94" + get(n) + b"a" for n in range(levels))


def lists_filled_last(levels: int) -> bytes:
    """Each held by another before anything is put into it."""
    made = b"".join(b"]\x940" for _ in range(levels))
    return made + b"".join(get(n) + get(n + 1) + b"a0" for n in range(levels - 1)) + get(0)


def frozen_sets(levels: int) -> bytes:
    return b"(\x91\x94" + b"".join(b"(" + get(n) + b"\x91\x94" for n in range(levels))


def sets_of_lists(levels: int) -> bytes:
    return (
        name("builtins", "frozenset")
        + b"\x94]\x94"
        + b"".join(
            get(0) + get(2 * n + 1) + b"\x85R\x940]\x94" + get(2 * n + 2) + b"a"
            for n in range(levels)
        )
    )


def dicts(levels: int) -> bytes:
    return b"}\x94" + b"".join(b"}\x94N" + get(n) + b"s" for n in range(levels))


def ordered_dicts(levels: int) -> bytes:
    made = name("collections", "OrderedDict") + b")R\x94"
    return made + b"".join(made + b"N" + get(n) + b"s" for n in range(levels))


def objects(levels: int) -> bytes:
    made = RIDGE + b")\x81\x94"
    state = text("alpha")
    return made + b"".join(made + b"}" + state + get(n) + b"sb" for n in range(levels))


def mixed(levels: int) -> bytes:
    """Through a tuple in each level, which no symbol stands for."""
    return b"]\x94" + b"".join(b"]\x94" + get(n) + b"\x85\x85a" for n in range(levels))


WAYS = [
    tuples, tuples_of_three, lists_on_the_stack, lists_from_the_memo, lists_filled_last,
    frozen_sets, sets_of_lists, dicts, ordered_dicts, objects, mixed,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_too_many_levels_are_refused(way: Any) -> None:
    with pytest.raises(Refused, match="2,000 levels"):
        read(spell(way(MOST_LEVELS + 10)))


@pytest.mark.parametrize("way", [tuples, lists_on_the_stack, lists_from_the_memo, dicts, objects])
def test_some_hundred_levels_are_read(way: Any) -> None:
    read(spell(b"(" + way(300) + b"t"))  # what is left on the stack, in one tuple


def test_objects_that_refer_to_each_other_are_read() -> None:
    inner = Ridge()
    model = make_pipeline(inner)
    inner.owner_ = model
    loaded = load_upload(io.BytesIO(pickle.dumps(model)), Findings())
    assert loaded.steps[0][1].owner_ is loaded


def slow(*keys: bytes) -> bytes:
    return b"](" + b"".join(keys) + b"e"


SLOW_KEYS = {
    "enormous numbers": slow(b"K\x01", b"\x8a\x09" + (1 << 65).to_bytes(9, "little")),
    "a number among many": slow(*[b"K\x01"] * 200, b"\x8a\x09" + (1 << 65).to_bytes(9, "little")),
    "tuples of tuples": slow(b"))\x86\x85\x85"),
    "a long tuple": slow(b"(" + b"K\x01" * 65 + b"t"),
    "one that is appended": b"]))\x86\x85\x85a",
}


@pytest.mark.parametrize("kind", SLOW_KEYS)
@pytest.mark.parametrize("maker", ["set", "frozenset"])
def test_a_set_of_what_is_slow_to_hash_is_refused(maker: str, kind: str) -> None:
    call = name("builtins", maker) + SLOW_KEYS[kind] + b"\x85R"
    with pytest.raises(Refused, match=f"{maker} is called in an unusual way"):
        read(spell(call))


def test_an_ordered_dict_takes_no_pairs_whose_keys_are_not_judged() -> None:
    pairs = b"]" + SLOW_KEYS["tuples of tuples"] + b"a"
    with pytest.raises(Refused, match="OrderedDict is called in an unusual way"):
        read(spell(name("collections", "OrderedDict") + pairs + b"\x85R"))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_honest_sets_and_ordered_dicts_are_read(protocol: int) -> None:
    held = {"sets": {1, "a", (1, 2)}, "frozen": frozenset({2.5}), "pairs": OrderedDict(a=1, b={3})}
    data = pickle.dumps(Ridge(alpha=held), protocol=protocol)
    assert load_upload(io.BytesIO(data), Findings()).alpha == held
