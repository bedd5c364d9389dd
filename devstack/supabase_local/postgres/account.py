"""Which operating-system account runs PostgreSQL, which refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")


class NoAccountError(Exception):
    """We run as root and there is nobody to hand PostgreSQL to."""

    def __init__(self) -> None:
        super().__init__(
            "PostgreSQL does not run as root, and there is no account "
            f"{' or '.join(CANDIDATES)}. Start as an ordinary user, or create one of them."
        )


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    is_other: bool
    """True when it is not the account that we run as."""

    def spawn_options(self) -> dict[str, Any]:
        """What `subprocess` needs in order to start a process as this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_reach(self, path: Path) -> bool:
        """Whether every folder above `path` lets this account pass."""
        return all(self._may_enter(parent.stat()) for parent in path.absolute().parents)

    def _may_enter(self, folder: os.stat_result) -> bool:
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & 0o100)
        if folder.st_gid == self.gid:
            return bool(folder.st_mode & 0o010)
        return bool(folder.st_mode & 0o001)

    def own(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def choose_account() -> Account:
    """Ourselves, unless we are root: then the first existing candidate. Raises NoAccountError."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise NoAccountError
