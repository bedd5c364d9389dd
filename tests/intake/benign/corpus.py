"""A benign corpus as build.py writes it, read: each case's file and what its training said."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One model file, with rows and what the environment that trained it answered to them."""

    name: str
    file: Path
    told: Path
    """The JSON that recorder.py wrote beside the file."""

    @property
    def environment(self) -> str:
        return self.file.parent.name

    @cached_property
    def record(self) -> Record:
        read: Record = json.loads(self.told.read_text("utf-8"))
        return read


def read(folder: Path, matching: str = "") -> list[Case]:
    """The cases in `folder` and below whose name contains `matching`, by environment and name."""
    return [
        Case(told.stem, _file_of(told), told)
        for told in sorted(folder.rglob("*.json"))
        if not told.name.endswith(".model.json")
        and not any(part.startswith(".") for part in told.relative_to(folder).parts)
        and matching in told.stem
    ]


def _file_of(told: Path) -> Path:
    """FileNotFoundError where the model is not there, or not alone."""
    found = [path for path in told.parent.glob(f"{told.stem}.*") if path != told]
    if len(found) != 1:
        raise FileNotFoundError(f"{len(found)} model files for {told}, expected one")
    return found[0]
