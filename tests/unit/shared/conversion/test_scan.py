"""The static scan: what it lets through, what it names, what it cannot read."""

import bz2
import contextlib
import gzip
import io
import json
import lzma
import pickle
import struct
import sys
import zlib
from collections import OrderedDict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.conversion import scan as scan_module
from shared.conversion import walk
from shared.conversion.decompress import Unpacked, Unreadable
from shared.conversion.scan import scan
from tests.support import conversion as files

CODECS = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
}


@pytest.mark.parametrize("case", files.HANDMADE)
def test_refuses_handmade_pickle(case: str, tmp_path: Path) -> None:
    assert scan(files.write(tmp_path, files.HANDMADE[case])).verdict == "refused"


@pytest.mark.parametrize("case", files.DISGUISED)
def test_refuses_array_that_lies_about_its_data(case: str, tmp_path: Path) -> None:
    assert scan(files.write(tmp_path, files.DISGUISED[case])).verdict == "refused"


def test_allows_the_same_array_when_it_is_honest(tmp_path: Path) -> None:
    honest = files.spell(files.array_header(b"f8", files.dtype_state(0)) + b"\0" * 8)
    assert scan(files.write(tmp_path, honest)).verdict == "allowed"


@pytest.mark.parametrize("codec", CODECS)
def test_sees_through_compression(codec: str, tmp_path: Path) -> None:
    data = CODECS[codec](files.HANDMADE["os.system"])
    verdict = scan(files.write(tmp_path, data))
    assert verdict.verdict == "refused"
    assert verdict.reasons == ["os.system: no scikit-learn model needs this name"]


def test_names_every_offending_global(tmp_path: Path) -> None:
    data = files.spell(files.call("os", "system"), files.call("builtins", "eval"), b"\x86")
    assert [reason.split(":")[0] for reason in scan(files.write(tmp_path, data)).reasons] == [
        "os.system",
        "builtins.eval",
    ]


def test_lists_only_the_first_reasons_of_many(tmp_path: Path) -> None:
    data = files.spell(*(files.name("evil", f"name{n}") for n in range(50)))
    assert scan(files.write(tmp_path, data)).reasons[-1] == "and 30 more"


def test_tells_code_of_a_notebook_from_attacks(tmp_path: Path) -> None:
    verdict = scan(files.write(tmp_path, files.spell(files.name("__main__", "clean"))))
    assert "notebook" in verdict.reasons[0]


def test_names_unsupported_libraries(tmp_path: Path) -> None:
    data = files.spell(files.name("xgboost.sklearn", "XGBClassifier") + b")\x81")
    verdict = scan(files.write(tmp_path, data))
    assert verdict.verdict == "refused"
    assert verdict.libraries == {"XGBoost": "unknown"}


def test_reads_the_scikit_learn_version_without_loading(tmp_path: Path) -> None:
    ridge = files.name("sklearn.linear_model._ridge", "Ridge") + b")\x81}"
    data = files.spell(ridge + files.text("_sklearn_version") + files.text("1.5.2") + b"sb")
    verdict = scan(files.write(tmp_path, data))
    assert (verdict.verdict, verdict.libraries) == ("allowed", {"scikit-learn": "1.5.2"})


def test_allows_plain_data(tmp_path: Path) -> None:
    data = pickle.dumps({"a": [1, 2.5, None, {"b"}], "c": OrderedDict(x=(True, b"raw" * 200))})
    assert scan(files.write(tmp_path, data)).verdict == "allowed"


def test_refuses_data_after_the_model(tmp_path: Path) -> None:
    verdict = scan(files.write(tmp_path, pickle.dumps(1) + files.HANDMADE["os.system"]))
    assert verdict.reasons == ["More data follows the end of the model"]


@pytest.mark.parametrize("codec", CODECS)
def test_cannot_read_data_after_a_compressed_stream(codec: str, tmp_path: Path) -> None:
    data = CODECS[codec](pickle.dumps(1)) + b"tail"
    assert scan(files.write(tmp_path, data)).verdict == "unreadable"


@pytest.mark.parametrize("codec", CODECS)
def test_says_when_a_compressed_file_is_cut_short(codec: str, tmp_path: Path) -> None:
    data = CODECS[codec](pickle.dumps(list(range(5000))))
    verdict = scan(files.write(tmp_path, data[: len(data) // 2]))
    assert verdict.verdict == "unreadable"
    assert "cut short" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (pickle.dumps(list(range(500)))[:-10], "cut short"),
        (b"age,city\n1,a\n", "Not a joblib or pickle file"),
        (b"customer,age\n1,2\n", "Not a joblib or pickle file"),
        (b"\x7fELF\x02\x01\x01", "Not a joblib or pickle file"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"\x04\x22\x4d\x18rest", "lz4"),
        (b"\x78\x9c" + b"garbage" * 9, "damaged"),
        (b"\x80\x04.", "damaged pickle"),
    ],
)
def test_says_why_a_file_cannot_be_read(data: bytes, reason: str, tmp_path: Path) -> None:
    verdict = scan(files.write(tmp_path, data))
    assert verdict.verdict == "unreadable"
    assert reason.lower() in verdict.reasons[0].lower()


def test_stops_at_a_decompression_bomb() -> None:
    bomb = io.BytesIO(gzip.compress(b"\x00" * (8 << 20)))
    with pytest.raises(Unreadable, match="more than 1 MB"):
        io.BufferedReader(Unpacked(bomb, limit=1 << 20)).read()


def test_an_xz_file_cannot_demand_a_huge_dictionary(tmp_path: Path) -> None:
    header = b"\x5d" + struct.pack("<IQ", 0, 2**40)
    assert scan(files.write(tmp_path, header + b"\0" * 64)).verdict == "unreadable"
    greedy = b"\x5d\x00\x00\x00\xf0" + b"\xff" * 8 + b"\0" * 64
    assert scan(files.write(tmp_path, greedy)).verdict == "unreadable"


def test_a_claimed_length_costs_no_memory(tmp_path: Path) -> None:
    data = b"\x80\x04\x8e" + (1 << 60).to_bytes(8, "little") + b"x"
    assert scan(files.write(tmp_path, data)).reasons == [
        "The file ends too early: it is cut short."
    ]


def test_the_walk_is_bounded_in_objects_and_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_OPCODES", 1000)
    many = files.spell(b"N0" * 1000, b"N")
    assert scan(files.write(tmp_path, many)).reasons == ["More than 1,000 pickle opcodes"]
    monkeypatch.setattr(walk, "MAX_TEXT", 1 << 20)
    monkeypatch.setattr(walk, "MAX_OPCODES", 100_000)
    long = files.spell(files.text("x" * 200) * 6000)
    assert scan(files.write(tmp_path, long)).reasons == ["More than 1 MB of short texts"]


def test_pickles_nest_only_so_deep(tmp_path: Path) -> None:
    header = files.array_header(b"O8", files.dtype_state(63))
    verdict = scan(files.write(tmp_path, b"\x80\x04" + header * 12))
    assert verdict.reasons == ["Pickles inside pickles, too deep"]


def test_the_command_prints_the_verdict_and_exits_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = {0: pickle.dumps([1]), 1: files.HANDMADE["os.system"], 2: b""}
    for code, data in cases.items():
        monkeypatch.setattr(sys, "argv", ["scan", str(files.write(tmp_path, data))])
        assert scan_module.main() == code
        printed = json.loads(capsys.readouterr().out)
        assert set(printed) == {"verdict", "reasons", "libraries", "sha256"}
    monkeypatch.setattr(sys, "argv", ["scan", str(tmp_path / "absent")])
    assert scan_module.main() == 2
    assert "Cannot open" in capsys.readouterr().out


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_get_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, pickled: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz"
    path.write_bytes((b"\x80\x04" if pickled else b"") + data)
    assert scan(path).verdict in {"allowed", "refused", "unreadable"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_attack_is_never_allowed_while_it_still_calls_system(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    original = bytearray(files.spell(b"]", files.call("os", "system", files.TOUCH), b"a"))
    where = data.draw(st.integers(2, len(original) - 1))
    original.insert(where, data.draw(st.integers(0, 255)))
    path = tmp_path_factory.getbasetemp() / "mutant"
    path.write_bytes(original)
    if scan(path).verdict == "allowed":
        reached = []

        class Watch(pickle._Unpickler):  # type: ignore[name-defined]
            def find_class(self, module: str, name: str) -> object:
                reached.append((module, name))
                return lambda *_: None

        with contextlib.suppress(Exception):
            Watch(io.BytesIO(original)).load()
        assert all(module not in {"os", "posix"} for module, _ in reached)
