"""The static scan: what it lets through, what it names, what it cannot read."""

import bz2
import contextlib
import gzip
import io
import json
import lzma
import pickle
import random
import struct
import subprocess
import sys
import zlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.conversion.scan import __main__ as command
from shared.adapters.conversion.scan import bounds, child
from shared.adapters.conversion.scan.child import scan
from shared.adapters.conversion.scan.reading import read
from tests.support import conversion as files

CODECS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
}
RIDGE = files.RIDGE


def verdict_on(data: bytes) -> dict[str, Any]:
    """As the child says it, in this process."""
    return read(io.BytesIO(data), "upload")


HOSTILE = {**files.HANDMADE, **files.DISGUISED}


@pytest.mark.parametrize("case", HOSTILE)
def test_refuses_what_was_made_by_hand(case: str) -> None:
    found = verdict_on(HOSTILE[case])
    assert found["verdict"] == "refused"
    assert found["reasons"]


@pytest.mark.parametrize("case", [case for case, data in HOSTILE.items() if data[0] == 0x80])
def test_refuses_it_as_an_attribute_of_a_model(case: str) -> None:
    found = verdict_on(files.in_a_model(HOSTILE[case]))
    assert found["verdict"] == "refused"
    assert found["refusal"]["code"] == "model_unsafe"


def test_allows_what_is_only_dragged_along_and_never_loaded() -> None:
    found = verdict_on(files.in_a_model(files.INERT))
    assert (found["verdict"], found["reasons"]) == ("allowed", [])


def test_allows_an_array_that_is_honest() -> None:
    honest = files.array_header(b"f8", files.dtype_state(0)) + b"\0" * 8
    data = files.spell(RIDGE + files.text("coef_") + honest + b"sb")
    assert verdict_on(data)["reasons"] == []


@pytest.mark.parametrize("codec", CODECS)
def test_sees_through_compression(codec: str) -> None:
    found = verdict_on(CODECS[codec](files.HANDMADE["os.system"]))
    assert found["verdict"] == "refused"
    assert found["reasons"] == ["os.system: no model needs this name, and it can do harm"]


def test_names_every_offending_global() -> None:
    data = files.spell(files.call("os", "system"), files.call("builtins", "eval"), b"\x86")
    assert [reason.split(":")[0] for reason in verdict_on(data)["reasons"]] == [
        "os.system",
        "builtins.eval",
    ]


def test_lists_only_the_first_reasons_of_many() -> None:
    data = files.spell(*(files.name("evil", f"name{n}") for n in range(50)))
    assert verdict_on(data)["reasons"][-1] == "and 30 more"


def test_tells_code_of_a_notebook_from_attacks() -> None:
    found = verdict_on(files.spell(files.name("__main__", "clean")))
    assert "notebook" in found["reasons"][0]
    assert "your own function __main__.clean" in found["refusal"]["message"]
    assert "FunctionTransformer" in found["refusal"]["fix"]


def test_tells_an_old_scikit_learn_before_whatever_else_its_file_holds() -> None:
    old = RIDGE + files.text("_sklearn_version") + files.text("1.0.2") + b"sb"
    found = verdict_on(files.spell(old, files.call("my_tools", "Clean"), b"\x86"))
    assert found["refusal"]["code"] == "model_unsupported"
    assert "1.0.2" in found["refusal"]["message"]


def test_names_unsupported_libraries() -> None:
    found = verdict_on(files.spell(files.name("torch.nn", "Linear") + b")\x81"))
    assert found["verdict"] == "refused"
    assert found["libraries"] == {"PyTorch": "unknown"}
    assert found["refusal"]["code"] == "model_unsupported"


def test_reads_the_scikit_learn_version_without_loading() -> None:
    data = files.spell(RIDGE + files.text("_sklearn_version") + files.text("1.5.2") + b"sb")
    found = verdict_on(data)
    assert (found["verdict"], found["libraries"]) == ("allowed", {"scikit-learn": "1.5.2"})


def test_plain_data_is_harmless_but_no_model() -> None:
    data = pickle.dumps({"a": [1, 2.5, None, {"b"}], "c": OrderedDict(x=(True, b"raw" * 200))})
    found = verdict_on(data)
    assert found["refusal"]["code"] == "model_without_predict"
    assert "not a model" in found["refusal"]["message"]


def test_a_table_with_text_is_no_model() -> None:
    """pandas 3 keeps its text in pyarrow's arrays."""
    found = verdict_on(pickle.dumps(pd.DataFrame({"a": [0.0, 1.0], "b": ["x", "y"]})))
    assert found["refusal"]["code"] == "model_without_predict"
    assert "a pandas table, not a model" in found["refusal"]["message"]


def test_refuses_data_after_the_model() -> None:
    data = files.spell(RIDGE + b"b") + files.HANDMADE["os.system"]
    found = verdict_on(data)
    assert found["verdict"] != "allowed"
    assert "after" in found["reasons"][0].lower() or "follows" in found["reasons"][0]


@pytest.mark.parametrize("codec", CODECS)
def test_cannot_read_data_after_a_compressed_stream(codec: str) -> None:
    data = CODECS[codec](files.spell(RIDGE + b"b")) + b"tail"
    assert verdict_on(data)["verdict"] == "unreadable"


@pytest.mark.parametrize("codec", CODECS)
def test_says_when_a_compressed_file_is_cut_short(codec: str) -> None:
    numbers = random.Random(0).sample(range(1 << 30), 5000)
    data = CODECS[codec](pickle.dumps(numbers))
    found = verdict_on(data[: len(data) // 2])
    assert found["verdict"] == "unreadable"
    assert "cut short" in found["reasons"][0]


@pytest.mark.parametrize(
    ("data", "code", "reason"),
    [
        (b"", "model_unreadable", "empty"),
        (pickle.dumps(list(range(500)))[:-10], "model_unreadable", "cut short"),
        (b"\x78\x9c" + bytes(range(100, 255)), "model_unreadable", "damaged"),
        (b"\x80\x04.", "model_unreadable", "not a joblib or pickle file"),
        (b"age,city\n1,a\n", None, "table"),
        (b"\x7fELF\x02\x01\x01", None, ""),
        (b"PK\x03\x04rest", None, "zip"),
        (b"\x89HDF\r\n\x1a\n", None, "hdf5"),
        (b"\x04\x22\x4d\x18rest", None, "lz4"),
    ],
)
def test_says_what_a_file_is_that_holds_no_model(
    data: bytes, code: str | None, reason: str
) -> None:
    found = verdict_on(data)
    assert found["verdict"] != "allowed"
    assert code in (None, found["refusal"]["code"])
    assert reason in found["reasons"][0].lower()
    assert found["refusal"]["fix"]


def test_an_xz_file_cannot_demand_a_huge_dictionary() -> None:
    header = b"\x5d" + struct.pack("<IQ", 0, 2**40)
    assert verdict_on(header + b"\0" * 64)["verdict"] != "allowed"
    greedy = b"\x5d\x00\x00\x00\xf0" + b"\xff" * 8 + b"\0" * 64
    assert verdict_on(greedy)["verdict"] != "allowed"


def test_a_claimed_length_costs_no_memory(tmp_path: Path) -> None:
    data = b"\x80\x04\x8e" + (1 << 60).to_bytes(8, "little") + b"x"
    found = scan(files.write(tmp_path, data))
    assert found.verdict in ("refused", "unreadable")
    assert found.refusal
    assert found.refusal is not None
    assert found.refusal.code in ("model_unsafe", "model_unreadable")


def test_pickles_nest_only_so_deep() -> None:
    header = files.array_header(b"O8", files.dtype_state(63))
    found = verdict_on((b"\x80\x04" + header) * 2000)
    assert found["verdict"] == "refused"
    assert "deep" in found["reasons"][0]


@pytest.mark.parametrize("case", ["Ridge", "os.system", "empty"])
def test_the_confined_child_says_the_same(case: str, tmp_path: Path) -> None:
    data = {"Ridge": files.spell(RIDGE + b"b"), "empty": b""}.get(case, files.HANDMADE["os.system"])
    found = scan(files.write(tmp_path, data))
    assert {**found.model_dump(exclude={"sha256"})} == verdict_on(data)
    assert len(found.sha256) == 64


def test_the_child_knows_uploads_from_canonical_files(tmp_path: Path) -> None:
    upload = files.write(tmp_path, files.spell(RIDGE + b"b"))
    assert scan(upload).verdict == "allowed"
    found = scan(upload, "canonical")
    assert (found.verdict, found.reasons) == (
        "refused",
        ["The model's file is not in canonical form"],
    )


@pytest.mark.parametrize("report", [b"", b"{", b'{"verdict": "fine"}', b"[]", b"\xff"])
def test_a_child_that_says_nonsense_has_not_allowed_the_file(
    report: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_answer", lambda file, kind: (report, -11))
    found = scan(files.write(tmp_path, files.spell(RIDGE + b"b")))
    assert found.verdict == "unreadable"
    assert "(-11)" in found.reasons[0]


@pytest.mark.parametrize(("ended", "words"), [(None, "60 s"), (-24, "20 s of CPU"), (-9, "CPU")])
def test_over_a_bound_of_time_is_a_verdict(
    ended: int | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_answer", lambda file, kind: (b"", ended))
    found = scan(files.write(tmp_path, files.spell(RIDGE + b"b")))
    assert found.verdict == "refused"
    assert found.refusal is not None
    assert found.refusal.code == "model_conversion_timed_out"
    assert words in found.reasons[0]


def test_a_child_that_never_answers_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_BOOTSTRAP", "import signal; signal.pause()")
    monkeypatch.setattr(bounds, "WALL_SECONDS", 1)
    found = scan(files.write(tmp_path, b"x"))
    assert found.refusal is not None
    assert found.refusal.code == "model_conversion_timed_out"


def test_a_child_over_its_processor_time_is_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spin = "import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 2))\nwhile True: pass"
    monkeypatch.setattr(child, "_BOOTSTRAP", spin)
    found = scan(files.write(tmp_path, b"x"))
    assert found.refusal is not None
    assert found.refusal.code == "model_conversion_timed_out"


MEMORY_HUNGRY = {
    "remembered texts": b"".join(files.text(f"{n:07}") + b"\x94" for n in range(500_000)),
    "dicts": b"}" * 1_000_000,
    "lists": b"]" * 1_000_000,
}


@pytest.mark.parametrize("items", MEMORY_HUNGRY)
def test_over_the_bound_of_memory_is_a_verdict(
    items: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the real child, whose bound is small. It must have memory left to say so."""
    bounded = "from shared.adapters.conversion.scan import bounds; bounds.MEMORY_MB = 48"
    smaller = f"{bounded}; from shared"
    monkeypatch.setattr(child, "_BOOTSTRAP", child._BOOTSTRAP.replace("from shared", smaller, 1))
    data = files.spell(RIDGE + files.text("names") + b"](" + MEMORY_HUNGRY[items] + b"esb")
    found = scan(files.write(tmp_path, data))
    assert found.verdict == "refused"
    assert found.refusal is not None
    assert found.refusal.code == "model_needs_too_much_memory"


def test_numbers_that_no_model_holds_are_refused_at_once() -> None:
    number = b"\x8a\xff" + b"\x7f" * 255
    data = zlib.compress(files.spell(RIDGE + files.text("c") + b"](" + number * 9000 + b"esb"))
    assert "255 bytes" in verdict_on(data)["reasons"][0]


def test_a_bound_of_memory_that_is_met_while_reading_is_a_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("shared.adapters.conversion.scan.reading.examine", hungry)
    found = verdict_on(files.spell(RIDGE + b"b"))
    assert found["verdict"] == "refused"
    assert found["refusal"]["code"] == "model_needs_too_much_memory"


@pytest.mark.parametrize(
    ("data", "code"),
    [(files.spell(RIDGE + b"b"), 0), (files.HANDMADE["os.system"], 1), (b"", 2)],
)
def test_the_command_prints_the_verdict_and_exits_with_it(
    data: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files.write(tmp_path, data)
    assert command.main([str(path)]) == code
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"verdict", "reasons", "libraries", "sha256"}
    assert printed["verdict"] == ("allowed", "refused", "unreadable")[code]


@pytest.mark.parametrize("path", ["absent", "."])
def test_the_command_says_so_when_it_cannot_open_a_file(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path / path)]) == 2
    assert "Cannot open" in json.loads(capsys.readouterr().out)["reasons"][0]


def test_the_command_runs_as_a_module(tmp_path: Path) -> None:
    path = files.write(tmp_path, files.HANDMADE["os.system"])
    done = subprocess.run(
        [sys.executable, "-m", "shared.conversion.scan", path],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["verdict"] == "refused"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_get_a_verdict(data: bytes, pickled: bool) -> None:
    found = verdict_on((b"\x80\x04" if pickled else b"") + data)
    assert found["verdict"] in {"allowed", "refused", "unreadable"}
    assert (found["verdict"] == "allowed") == (found["refusal"] is None)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_attack_is_never_allowed_while_it_still_calls_system(
    data: st.DataObject,
) -> None:
    attack = files.call("os", "system", files.TOUCH)
    original = bytearray(files.spell(b"]", RIDGE, b"b", attack, b"\x86a"))
    where = data.draw(st.integers(2, len(original) - 1))
    original.insert(where, data.draw(st.integers(0, 255)))
    if verdict_on(bytes(original))["verdict"] == "allowed":
        reached = []

        class Watch(pickle._Unpickler):
            def find_class(self, module: str, name: str) -> object:
                reached.append((module, name))
                return lambda *_: None

        with contextlib.suppress(Exception):
            Watch(io.BytesIO(original)).load()
        assert all(module not in {"os", "posix"} for module, _ in reached)


@pytest.mark.parametrize(
    ("functions", "scipy"),
    [
        (["_special_ufuncs.expit"], "1.14 or later"),
        (["_special_ufuncs.expit", "_special_ufuncs.ndtr"], "1.16 or later"),
        (["_ufuncs.expit"], None),
    ],
)
def test_special_functions_show_which_scipy_they_are_of(
    functions: list[str], scipy: str | None
) -> None:
    names = b"".join(
        files.name(f"scipy.special.{module}", function)
        for module, function in (each.split(".") for each in functions)
    )
    found = verdict_on(files.spell(b"](" + names + b"e"))
    assert found["libraries"].get("scipy") == scipy


def test_a_mixed_model_of_category_encoders_needs_statsmodels() -> None:
    encoder = b"\x80\x04ccategory_encoders.%s\n%s\n)\x81."
    mixed = verdict_on(encoder % (b"glmm", b"GLMMEncoder"))["libraries"]
    assert mixed == {"category_encoders": "unknown", "statsmodels": "unknown"}
    assert "statsmodels" not in verdict_on(encoder % (b"woe", b"WOEEncoder"))["libraries"]
