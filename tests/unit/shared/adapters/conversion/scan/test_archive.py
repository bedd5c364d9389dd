"""Archives are read in place, and only plain ones are."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan import archive
from shared.adapters.conversion.scan.archive import open_zip
from shared.adapters.conversion.scan.archive_tar import open_tar

DATA = b"model " * 1000


def zipped(*names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name in names:
            file.writestr(name, DATA)
    return buffer.getvalue()


def tarred(
    *names: str, mode: str = "w", change: Callable[[tarfile.TarInfo], None] | None = None
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as file:  # type: ignore[call-overload]
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(DATA)
            if change:
                change(info)
            file.addfile(info, io.BytesIO(DATA[: info.size]))
    data: bytes = buffer.getvalue()
    return data


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_reads_members_of_a_zip(method: int) -> None:
    found = open_zip(io.BytesIO(zipped("a/b.txt", "c", method=method)))
    assert dict(found.sizes) == {"a/b.txt": len(DATA), "c": len(DATA)}
    assert found.open("a/b.txt").read() == DATA


def test_reads_a_zip_that_was_written_as_a_stream() -> None:
    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    buffer = OneWay()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", DATA)
    assert open_zip(io.BytesIO(buffer.getvalue())).open("a").read() == DATA


def commented(data: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", 4) + b"evil"


def gap(data: bytes) -> bytes:
    """Bytes between the last member and the directory."""
    at = data.index(b"PK\x01\x02")
    end = bytearray(data[-22:])
    struct.pack_into("<L", end, 16, at + 100)
    return data[:at] + b"x" * 100 + data[at:-22] + bytes(end)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"\x80\x04N." + data,
        lambda data: data + b"\x80\x04N.",
        commented,
        gap,
        lambda data: data.replace(b"name", b"n\0me"),
        lambda data: data.replace(b"name", b"eman", 1),
        lambda data: data[:-30],
        lambda data: (
            data[:6]
            + b"\x01"
            + data[7:].replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
        ),
    ],
    ids=["before", "after", "comment", "gap", "NUL", "two names", "cut", "encrypted"],
)
def test_refuses_a_zip_with_more_or_less_than_its_members(spoil: Callable[[bytes], bytes]) -> None:
    data = zipped("name", method=zipfile.ZIP_STORED)
    assert open_zip(io.BytesIO(data)).open("name").read() == DATA
    with pytest.raises((Refused, Unreadable)):
        open_zip(io.BytesIO(spoil(data)))


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "a\\b", "C:/a", "a//b", "x" * 2000])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_refuses_names_that_leave_the_folder(name: str, kind: str) -> None:
    reads, data = (open_zip, zipped(name)) if kind == "zip" else (open_tar, tarred(name))
    with pytest.raises(Refused, match="unusual name"):
        reads(io.BytesIO(data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refuses_a_name_that_comes_twice() -> None:
    with pytest.raises(Refused, match="twice"):
        open_zip(io.BytesIO(zipped("a", "a")))
    with pytest.raises(Refused, match="twice"):
        open_tar(io.BytesIO(tarred("a", "./a")))


def test_refuses_links_in_a_zip() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    with pytest.raises(Refused, match="link"):
        open_zip(io.BytesIO(buffer.getvalue()))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_refuses_compression_whose_memory_is_not_bounded(method: int) -> None:
    with pytest.raises(Refused, match="compressed"):
        open_zip(io.BytesIO(zipped("a", method=method)))


def test_tells_damaged_data_while_it_is_read() -> None:
    data = bytearray(zipped("name", method=zipfile.ZIP_STORED))
    data[60] ^= 1
    with pytest.raises(Unreadable, match="damaged"):
        open_zip(io.BytesIO(bytes(data))).open("name").read()


def test_refuses_more_than_can_be_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 10_000)
    with pytest.raises(Refused, match="unpacks to more"):
        open_zip(io.BytesIO(zipped("a", "b")))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_reads_members_of_a_tar(mode: str) -> None:
    found = open_tar(io.BytesIO(tarred("./m/a", "m/" + "long" * 40, mode=mode)))
    assert list(found.sizes) == ["m/a", "m/" + "long" * 40]
    assert found.open("m/a").read() == DATA


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, b"S"])
def test_refuses_links_and_devices_in_a_tar(kind: bytes) -> None:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = kind, "/etc/passwd", 0

    with pytest.raises(Refused, match="link or a device"):
        open_tar(io.BytesIO(tarred("a", change=change)))


def test_refuses_a_tar_with_data_after_its_end() -> None:
    with pytest.raises(Refused, match="after its end"):
        open_tar(io.BytesIO(tarred("a") + b"x" * 512))


def test_tells_a_tar_that_is_cut_short_or_damaged() -> None:
    data = tarred("a")
    for spoiled in (data[:3000], b"b" + data[1:]):
        with pytest.raises(Unreadable):
            open_tar(io.BytesIO(spoiled))


def test_refuses_an_endless_header_of_a_tar() -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 512
    data = header.tobuf(tarfile.USTAR_FORMAT) + b"0 path=a\n".ljust(512, b"\0") + bytes(1024)
    with pytest.raises(Refused, match="unusual header"):
        open_tar(io.BytesIO(data))
