"""Building the dashboard with npm: once for each state of its sources."""

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

OLDEST_NODE = 20
KEPT_BUILDS = 3
NOT_SOURCES = {"node_modules", ".next", "out", ".cache", "tests", "next-env.d.ts"}
ENVIRONMENT = {"NEXT_TELEMETRY_DISABLED": "1", "NODE_ENV": "production", "CI": "1"}


class NoDashboardError(Exception):
    """It cannot be built here; the message says why and what to do."""


def source_hash(client: Path) -> str:
    """Of the names and contents of everything that a build is made from."""
    found = hashlib.sha256()
    for file in sorted(_sources(client)):
        found.update(f"{file.relative_to(client)}\0".encode())
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:20]


def built(client: Path) -> Path | None:
    """The site that was built from these very sources, if there is one."""
    site = client / ".cache" / source_hash(client)
    return site if (site / "index.html").is_file() else None


async def build(client: Path, log: Path) -> Path:
    """The site, built now unless it is there. Raises NoDashboardError, also for a failed build."""
    if site := built(client):
        return site
    await require_node()
    _refuse_shared_packages(client)
    async with _one_at_a_time(client / ".cache"):
        if site := built(client):
            return site
        return await _build(client, log)


async def require_node() -> None:
    """Raises NoDashboardError where Node or npm is missing or too old."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoDashboardError(f"Node {OLDEST_NODE} or newer is not installed.")
    asked = await asyncio.create_subprocess_exec(
        "node", "--version", stdout=asyncio.subprocess.PIPE
    )
    version = (await asked.communicate())[0].decode().strip()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        raise NoDashboardError(f"It needs Node {OLDEST_NODE} or newer; here is {version}.")


async def _build(client: Path, log: Path) -> Path:
    _begin(log)
    digest = source_hash(client)
    if not _installed(client):
        await _npm(client, log, "ci")
    await _npm(client, log, "run", "build")
    site = client / ".cache" / digest
    draft = site.with_name(f".{digest}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(client / "out", draft)
    draft.replace(site)
    _forget_old(site)
    return site


def _refuse_shared_packages(client: Path) -> None:
    """npm ci empties node_modules before it installs: through a link, another checkout's."""
    packages = client / "node_modules"
    if packages.is_symlink():
        raise NoDashboardError(
            f"{packages} is a link to {packages.readlink()}. Installing would empty that folder,"
            f" and the build cannot follow it. Remove the link (rm {packages}), and start again:"
            " the packages are installed here then."
        )


def _installed(client: Path) -> bool:
    """npm notes what it installed last; the lock file is newer when it has changed since."""
    noted = client / "node_modules" / ".package-lock.json"
    lock = client / "package-lock.json"
    return noted.is_file() and noted.stat().st_mtime >= lock.stat().st_mtime


async def _npm(client: Path, log: Path, *arguments: str) -> None:
    environment = {**os.environ, **ENVIRONMENT}
    if arguments == ("ci",):
        del environment["NODE_ENV"]  # what builds is among the development packages
    with log.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            *("npm", *arguments),
            cwd=client,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            os.killpg(process.pid, 15)
            await process.wait()
            raise
    if code:
        what = f"npm {' '.join(arguments)} failed. The end of {log}:"
        raise NoDashboardError(f"{what}\n{_tail(log)}\n")


def _begin(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@asynccontextmanager
async def _one_at_a_time(folder: Path) -> AsyncIterator[None]:
    """Two worlds may start from one checkout: the second waits for the first's build."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


def _forget_old(newest: Path) -> None:
    sites = [each for each in newest.parent.iterdir() if each.is_dir() and each != newest]
    sites.sort(key=lambda each: each.stat().st_mtime, reverse=True)
    for site in sites[KEPT_BUILDS - 1 :]:
        shutil.rmtree(site, ignore_errors=True)


def _sources(client: Path) -> Iterator[Path]:
    for entry in client.iterdir():
        if entry.name in NOT_SOURCES or entry.suffix == ".tsbuildinfo":
            continue
        if entry.is_dir():
            yield from (file for file in entry.rglob("*") if file.is_file())
        else:
            yield entry
