"""Paths in the bucket `models`: the first folder is the owner, and nothing leads out of it.

Activities read the bucket with the secret key, so a row that names somebody else's file must be
refused here, whatever the database let through.
"""

import re

from shared.errors.models import ForeignFile

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SEGMENT = r"(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f\x7f]+"
LEGAL_PATH = re.compile(rf"(?P<owner>{UUID})(?:/{SEGMENT})+")
MAX_LENGTH = 900


def own_path(file_path: str, owner: str | None = None) -> str:
    """`file_path`, if it is in `owner`'s folder, or in anybody's; else raises ForeignFile."""
    legal = LEGAL_PATH.fullmatch(file_path)
    if not legal or len(file_path) > MAX_LENGTH or (owner and legal["owner"] != owner):
        raise ForeignFile
    return file_path
