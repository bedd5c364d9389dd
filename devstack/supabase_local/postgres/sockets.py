"""The folder of PostgreSQL's socket: private, and with a path short enough for one (107 bytes)."""

import shutil
import tempfile
from pathlib import Path

from devstack.supabase_local.postgres.account import Account

PREFIX = "slipway-postgres-"


def make_socket_folder(note: Path, account: Account) -> Path:
    """A new folder for `account` alone; `note` remembers it, so that the next start removes it."""
    if note.exists():
        earlier = Path(note.read_text())
        if earlier.name.startswith(PREFIX):
            shutil.rmtree(earlier, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
    account.own(folder)
    note.write_text(str(folder))
    return folder
