"""Whether a file is in canonical form: exactly what the reader of pickles writes of it."""

import os
from typing import IO

from serving.model_file.findings import Findings, Refused
from serving.model_file.rewrite import rewritten


def check_canonical(file: IO[bytes], findings: Findings) -> None:
    """Refused or Unreadable unless `file`, read from its beginning, is rewritten to itself."""
    offset = 0
    for piece in rewritten(file, findings, uploads=False):
        if os.pread(file.fileno(), len(piece), offset) != piece:
            raise Refused("The model's file is not in canonical form")
        offset += len(piece)
