"""Environments, really built: one virtual environment per set of pins, shared by all states.

A build happens beside its final place and is renamed into it, so a killed build leaves nothing
half done; a file lock makes concurrent builds of the same pins one.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import uv

from devstack.azureml_emulator.serving.children import die_with_parent
from devstack.azureml_emulator.serving.conda import OWN_PYTHON
from devstack.azureml_emulator.serving.recipes import Recipe

log = logging.getLogger(__name__)

BUILD_SECONDS = 900
LOCK_POLL_SECONDS = 0.2
TAIL_LINES = 20
FARTHEST_PYTHON = 3
"""So many minor versions away another Python is taken; packages are built for many."""
NOTE = "built-with.txt"
BESIDE_PIP = "setuptools<81"
"""A conda environment with pip has it too, and older servers import its pkg_resources. What the
requirements say of it counts."""
COMPILE = (
    "import compileall, re, sys; built, place = sys.argv[1:]; compileall.compile_dir(built, "
    "quiet=2, workers=0, rx=re.compile('/tests?/'), ddir=place)"
)
"""An image has its packages' bytecode, as pip leaves it: a container may not write it later, and
would compile everything that it imports at every start. A file that does not compile is left."""
EMULATED_WORLD = ("HTTPS_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


class BuildFailed(Exception):
    """The pins could not be installed; the message is the installer's own last words."""


def default_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "slipway" / "environments"


class Images:
    def __init__(self, cache: Path) -> None:
        self._cache = cache

    async def build(self, recipe: Recipe) -> Path:
        """The Python interpreter of the built environment. Raises BuildFailed."""
        target = self._cache / recipe.digest
        if not target.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            async with _locked(self._cache / f"{recipe.digest}.lock"):
                if not target.exists():
                    await self._build(recipe, target)
        return target / "bin" / "python"

    async def _build(self, recipe: Recipe, target: Path) -> None:
        log.info("building environment %s", target.name)
        draft = target.with_suffix(".building")
        shutil.rmtree(draft, ignore_errors=True)
        base, interpreter = await nearest_python(recipe.python)
        note = ""
        if base != recipe.python:
            note = (
                f"Python {recipe.python} is not on this machine: the environment has Python {base}."
            )
        await _uv("venv", "--relocatable", "--python", interpreter, str(draft))
        if recipe.requirements:
            interpreter = str(draft / "bin" / "python")
            await _uv("pip", "install", "--python", interpreter, BESIDE_PIP)
            try:
                await _uv("pip", "install", "--python", interpreter, "--", *recipe.requirements)
            except BuildFailed as failed:
                raise BuildFailed(f"{note}\n{failed}".strip()) from None
            await _run(interpreter, "-I", "-c", COMPILE, str(draft / "lib"), str(target / "lib"))
        if note:
            (draft / NOTE).write_text(note)
        draft.replace(target)

    def note_of(self, recipe: Recipe) -> str | None:
        """How a built environment differs from what was asked for; None where it does not."""
        note = self._cache / recipe.digest / NOTE
        return note.read_text() if note.exists() else None


async def nearest_python(wanted: str) -> tuple[str, str]:
    """The version asked for or the nearest this machine has, newer first, and its interpreter.

    Raises BuildFailed.
    """
    major, _, minor = wanted.partition(".")
    nearby = [wanted]
    if minor.isdecimal():
        for step in range(1, FARTHEST_PYTHON + 1):
            nearby += [f"{major}.{int(minor) + step}", f"{major}.{int(minor) - step}"]
    refusal: BuildFailed | None = None
    for version in nearby:
        if version == OWN_PYTHON:
            return version, sys.executable
        if interpreter := _of_pyenv(version):
            return version, str(interpreter)
        try:
            await _uv("python", "find", version)
        except BuildFailed as failed:
            refusal = refusal or failed
        else:
            return version, version
    raise refusal or BuildFailed(f"There is no Python {wanted} on this machine.")


def _of_pyenv(version: str) -> Path | None:
    """A Python that pyenv has installed; uv sees only its shims, which answer for one version."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return next(root.glob(f"versions/{version}.*/bin/python"), None)


async def _uv(*arguments: str) -> None:
    await _run(uv.find_uv_bin(), *arguments)


async def _run(program: str, *arguments: str) -> None:
    """Raises BuildFailed with the last lines of what it said."""
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=installer_environment(os.environ),
        preexec_fn=die_with_parent,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(BUILD_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        raise BuildFailed(f"The build did not end within {BUILD_SECONDS} seconds.") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # uv, and the Python it may be asking
            await process.wait()
    if process.returncode != 0:
        lines = output.decode(errors="replace").strip().splitlines()
        raise BuildFailed("\n".join(lines[-TAIL_LINES:]))


def installer_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The machine's own environment, without the proxy and certificates of an emulated world."""
    emulated = "IDENTITY_ENDPOINT" in environment
    dropped = {*EMULATED_WORLD, "IDENTITY_ENDPOINT", "IDENTITY_HEADER"} if emulated else set()
    return {
        **{name: text for name, text in environment.items() if name not in dropped},
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
    }


@asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    with path.open("w") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LOCK_POLL_SECONDS)
        yield
