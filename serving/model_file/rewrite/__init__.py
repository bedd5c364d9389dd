"""The one reader of pickles: walks a file opcode by opcode and writes down what it understood.

Nothing is built or called. What it writes is canonical: protocol 5 of few opcodes, without frames,
its memo in order, every name on the list and every call of an allowed form. Only what was written
is ever loaded, so another reader of the uploaded bytes, who may see something else in them, does
not exist. A file is canonical when it is rewritten to itself.
"""

from collections.abc import Iterator
from typing import IO

from serving.model_file.findings import Findings
from serving.model_file.rewrite.reader import Reader
from serving.model_file.source import Source

__all__ = ["examine", "rewritten"]


def rewritten(stream: IO[bytes], findings: Findings, *, uploads: bool) -> Iterator[bytes]:
    """The model on `stream` in canonical form, piece by piece.

    Refused at the first reason, which a second model behind the end is as well, or Unreadable.
    """
    source = Source(stream)
    yield from Reader(source, findings, uploads=uploads, writes=True).run()
    source.expect_end()


def examine(stream: IO[bytes], findings: Findings) -> None:
    """Read the upload on `stream` and write nothing; `findings` gets every reason to refuse it.

    Refused where reading cannot go on after a reason, or Unreadable.
    """
    source = Source(stream)
    for _ in Reader(source, findings, uploads=True, writes=False).run():
        pass
    source.expect_end()
