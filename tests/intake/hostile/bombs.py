"""Compressed and archived files: bombs, links, layers, several at once, other libraries' forms."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from tests.intake.hostile import opcodes as op
from tests.intake.hostile.case import Case
from tests.intake.hostile.machine import SYSTEM

Make = Callable[[], bytes]
Squeeze = Callable[[bytes], bytes]
CODECS: dict[str, Squeeze] = {
    "zlib": zlib.compress,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
}
_BIG = 256 << 20
_BLOCK = bytes(1 << 20)
EMPTY_XZ = lzma.compress(b"")


def _repeated(codec: str, head: bytes, block: bytes, times: int) -> bytes:
    """`head`, then `block` many times, compressed without ever being whole."""
    makers: dict[str, Callable[[], Any]] = {
        "zlib": lambda: zlib.compressobj(9),
        "gzip": lambda: zlib.compressobj(9, zlib.DEFLATED, 31),
        "bz2": bz2.BZ2Compressor,
        "xz": lambda: lzma.LZMACompressor(preset=0),
        "lzma": lambda: lzma.LZMACompressor(lzma.FORMAT_ALONE, preset=0),
    }
    squeeze = makers[codec]()
    parts = [squeeze.compress(head)]
    parts += [squeeze.compress(block) for _ in range(times)]
    return b"".join([*parts, squeeze.flush()])


def _compressed() -> Iterator[tuple[str, Make]]:
    good, bad = op.pickle(op.model()), op.pickle(SYSTEM)
    for codec, squeeze in CODECS.items():
        yield f"os.system in {codec}", lambda s=squeeze: s(bad)
        yield f"a model in {codec}, data behind", lambda s=squeeze: s(good) + b"x"
        yield f"a second stream of {codec}", lambda s=squeeze: s(good) + s(bad)
        yield f"a second pickle inside {codec}", lambda s=squeeze: s(good + bad)
        yield f"{codec} twice", lambda s=squeeze: s(s(good))
        yield f"{codec} cut short", lambda s=squeeze: s(good)[:-3]
        yield f"{codec} with a damaged byte", lambda s=squeeze: s(bad * 9)[:20] + b"\xff" * 8
        times = 12 if codec == "bz2" else 200
        yield f"zeros in {codec}", lambda c=codec, t=times: _repeated(c, b"", _BLOCK, t)
        yield f"marks in {codec}", lambda c=codec: _repeated(c, b"\x80\x04", b"(" * (1 << 20), 8)
        yield (
            f"dropped values in {codec}",
            lambda c=codec: _repeated(c, b"\x80\x04", b"N0" * (1 << 19), 12),
        )
    yield (
        "a shape of numbers in zlib",
        lambda: zlib.compress(
            op.pickle(op.wrapper(b"", shape=op.sequence(*[b"\x8a\xff" + b"\x7f" * 255] * 8000)))
        ),
    )
    yield (
        "LONG1 in zlib",
        lambda: _repeated("zlib", b"\x80\x04(", (b"\x8a\xff" + b"\x7f" * 255) * 4000, 60),
    )
    yield (
        "numbers of 60 bytes in zlib",
        lambda: _repeated("zlib", b"\x80\x04(", op.integer(1 << 470) * 16000, 60),
    )
    yield "xz streams one behind the other", lambda: EMPTY_XZ * 20_000
    yield "zlib seven times", lambda: _layers(bad, 7)
    for magic, said in (
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"ZF", "old joblib"),
    ):
        yield f"{said} of nothing", lambda m=magic: m + bytes(64)
    yield "old joblib with a length", lambda: b"ZF0xffffffffffffffff " + zlib.compress(bad)


def _layers(data: bytes, layers: int) -> bytes:
    for _ in range(layers):
        data = zlib.compress(data)
    return data


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, method)
    return target.getvalue()


def _tar(*members: tuple[str, bytes, bytes, str], mode: str = "w") -> bytes:
    """Members as (name, type, content, link)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, kind, data, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(data), link
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


_FLAVOR = """flavors:
  sklearn:
    pickled_model: {path}
    serialization_format: {form}
    sklearn_version: 1.9.0
  python_function:
    loader_module: {loader}
    model_path: {path}
{more}"""


def _flavor(path: str = "model.pkl", form: str = "pickle", loader: str = "mlflow.sklearn",
            more: str = "") -> bytes:  # fmt: skip
    return _FLAVOR.format(path=path, form=form, loader=loader, more=more).encode()


def _archives() -> Iterator[tuple[str, Make]]:
    good, bad = op.pickle(op.model()), op.pickle(SYSTEM)
    folders: dict[str, dict[str, bytes]] = {
        "a forbidden pickle": {"MLmodel": _flavor(), "model.pkl": bad},
        "a loader of its own": {"MLmodel": _flavor(loader="os"), "model.pkl": bad, "os.py": b"1"},
        "code": {"MLmodel": _flavor(more="    code: code\n"), "model.pkl": bad, "code/x.py": b"1"},
        "a path outside": {"MLmodel": _flavor("../../etc/passwd"), "model.pkl": good},
        "an absolute path": {"MLmodel": _flavor("/etc/passwd"), "model.pkl": good},
        "a path that is missing": {"MLmodel": _flavor("other.pkl"), "model.pkl": good},
        "cloudpickle": {"MLmodel": _flavor(form="cloudpickle"), "model.pkl": bad},
        "a tag that makes objects": {
            "MLmodel": b"!!python/object/apply:os.system ['true']", "model.pkl": good},
        "aliases that double": {
            "MLmodel": b"a0: &a0 [x, x]\n" + b"".join(
                f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n".encode() for n in range(1, 60)),
            "model.pkl": good},
        "two models": {"MLmodel": _flavor(), "a/MLmodel": _flavor(), "model.pkl": bad},
        "no MLmodel": {"model.pkl": bad},
        "a member named twice over": {"MLmodel": _flavor(), "./model.pkl": good, "model.pkl": bad},
        "a member outside": {"MLmodel": _flavor("../model.pkl"), "../model.pkl": good},
    }  # fmt: skip
    for said, files in folders.items():
        yield f"an MLflow zip with {said}", lambda f=files: zipped(f)
        yield (
            f"an MLflow tar with {said}",
            lambda f=files: _tar(*((n, tarfile.REGTYPE, d, "") for n, d in f.items())),
        )
    yield "a zip of zeros", lambda: zipped({"MLmodel": _flavor(), "model.pkl": bytes(_BIG // 2)})
    yield "a zip of 20,000 members", lambda: zipped({f"f{n}": b"" for n in range(20_000)})
    yield "a zip behind a pickle", lambda: bad + zipped({"MLmodel": _flavor(), "model.pkl": good})
    yield "a pickle behind a zip", lambda: zipped({"MLmodel": _flavor(), "model.pkl": good}) + bad
    yield "a zip with a wrong directory", lambda: zipped({"model.pkl": good})[:-8] + b"\xff" * 8
    yield "a zip in a zip", lambda: zipped({"MLmodel": _flavor(), "model.pkl": zipped({"a": bad})})
    kinds = {
        "symbolic link": tarfile.SYMTYPE,
        "hard link": tarfile.LNKTYPE,
        "device": tarfile.CHRTYPE,
        "block device": tarfile.BLKTYPE,
        "pipe": tarfile.FIFOTYPE,
    }
    for said, kind in kinds.items():
        yield (
            f"a tar with a {said}",
            lambda k=kind: _tar(
                ("MLmodel", tarfile.REGTYPE, _flavor(), ""), ("model.pkl", k, b"", "/etc/passwd")
            ),
        )
    for name in ("/model.pkl", "../model.pkl", "a/../../model.pkl"):
        yield (
            f"a tar with {name}",
            lambda n=name: _tar(
                ("MLmodel", tarfile.REGTYPE, _flavor(n), ""), (n, tarfile.REGTYPE, bad, "")
            ),
        )
    for mode in ("w:gz", "w:bz2", "w:xz"):
        yield (
            f"os.system in a tar {mode}",
            lambda m=mode: _tar(
                ("MLmodel", tarfile.REGTYPE, _flavor(), ""),
                ("model.pkl", tarfile.REGTYPE, bad, ""),
                mode=m,
            ),
        )
    yield (
        "a tar of zeros",
        lambda: gzip.compress(
            _tar(
                ("MLmodel", tarfile.REGTYPE, _flavor(), ""),
                ("model.pkl", tarfile.REGTYPE, bytes(_BIG // 2), ""),
            ),
            mtime=0,
        ),
    )


def cases() -> Iterator[Case]:
    for kind, made in (("compression", _compressed), ("archives", _archives)):
        for name, make in made():
            yield Case(name, kind, make)
