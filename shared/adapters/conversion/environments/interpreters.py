"""The Pythons that convert: the app's own where it has the versions, else built ones."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from shared.adapters.conversion.environments.building import DiskFull, build
from shared.adapters.conversion.environments.cache import EnvironmentCache
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.environments.pins import digest, version_in
from shared.errors.waiting import EnvironmentNotBuilt

TYPICAL_MB = 280
"""The most that an environment takes, CatBoost's aside."""
_MODEL_LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "joblib")


@dataclass(frozen=True)
class Interpreter:
    """A python, and folders of packages that it finds only with our help."""

    python: Path
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interpreters:
    """Interpreters by pinned set; what is built is kept in `cache`, within `limit_mb`."""

    cache: Path
    limit_mb: int = 600
    _environments: EnvironmentCache = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_environments", EnvironmentCache(self.cache, self.limit_mb))

    @contextmanager
    def lease(self, pinned: PinnedSet) -> Iterator[Interpreter]:
        """An interpreter that has these versions; while it is leased, it is not removed.

        It is built first where it must be. TransientError when that fails for now, ModelRefused
        where a version is not served for this platform.
        """
        if _installed_here(pinned):
            here = str(metadata.distribution("scikit-learn").locate_file(""))
            yield Interpreter(Path(sys.executable), (here,))
            return
        abi = f"{sys.version_info.major}.{sys.version_info.minor}"
        requirements = pinned.conversion_requirements()
        name = f"convert-{abi}-{digest(requirements)}"
        self._environments.open()
        while True:
            with self._environments.used(name) as present:
                if present:
                    yield Interpreter(self._environments.home(name) / "bin" / "python")
                    return
            self._build(name, requirements)

    def _build(self, name: str, requirements: list[str]) -> None:
        environments = self._environments
        with environments.being_built(name) as wanted:
            if not wanted:
                return
            environments.shrink(to_mb=max(0, self.limit_mb - TYPICAL_MB))
            try:
                self._build_once(name, requirements)
            except DiskFull:
                self._make_room()
                try:
                    self._build_once(name, requirements)
                except DiskFull as full:
                    raise self._disk_full(full) from full
        with environments.used(name):
            environments.shrink()

    def _build_once(self, name: str, requirements: list[str]) -> None:
        environments = self._environments
        try:
            build(environments.home(name), requirements, environments.scratch(name))
        except DiskFull:
            environments.clear_scratch(name)
            raise

    def _make_room(self) -> None:
        """Remove the least used, and more of them while less than a typical one would fit."""
        while self._environments.remove_least_used():
            if self._environments.free_mb() >= TYPICAL_MB:
                return

    def _disk_full(self, full: DiskFull) -> EnvironmentNotBuilt:
        free = self._environments.free_mb()
        return EnvironmentNotBuilt(
            f"The disk is full: {self.cache} has {free} MB free, and an environment for this"
            f" model's versions takes about {TYPICAL_MB} MB (more with CatBoost). Lower"
            " CONVERSION_CACHE_MB or MAX_MODEL_MB, or give the app more temporary disk.",
            wait_seconds=60,
            detail=str(full),
        )


def _installed_here(pinned: PinnedSet) -> bool:
    """Whether the app's own interpreter has these very versions of what a model is made of."""
    try:
        return all(
            metadata.version(name) == version_in(pinned.pins, name)
            for name in (*_MODEL_LIBRARIES, *pinned.libraries)
        )
    except metadata.PackageNotFoundError:
        return False
