"""pins.json, read: the packages of the endpoint's server, of each scikit-learn, of each library."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

PINS_FILE = Path(__file__).with_name("pins.json")


class Library(TypedDict):
    """What a library adds to a set."""

    needed: list[str]
    """The library, and what loading and predicting import."""
    declared: list[str]
    """What it asks for beyond that: only an installer that resolves wants it."""


class Pins(TypedDict):
    """As regenerate_pins.py writes them."""

    server: list[str]
    science: dict[str, list[list[str]]]
    """By scikit-learn's minor version: its sets, the likeliest first."""
    libraries: dict[str, dict[str, Library]]
    """By scikit-learn's minor version and the library's name."""
    together: dict[str, dict[str, list[str]]]
    """By minor and library: the science that the library insists on, instead of the sets."""
    releases: dict[str, list[str]]
    """Package to its releases that have wheels for the app's Python, oldest first."""


@cache
def pins() -> Pins:
    """The whole file."""
    read: Pins = json.loads(PINS_FILE.read_text("utf-8"))
    return read


def merged(*parts: Iterable[str]) -> list[str]:
    """The pins of all, sorted; on what several hold, the last decides."""
    versions = dict(pin.split("==") for part in parts for pin in part)
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def version_in(pinned: Iterable[str], name: str) -> str:
    """The version of `name` among the pins; "" where it is not one of them."""
    return next((pin.split("==")[1] for pin in pinned if pin.startswith(f"{name}==")), "")


def digest(lines: Sequence[str]) -> str:
    """Twelve hexadecimal digits that change with any line."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def number(version: str) -> tuple[int, ...]:
    """For comparing releases: "1.4.1.post1" is (1, 4, 1, 1)."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def supported_releases() -> list[str]:
    """The newest release of each supported minor version of scikit-learn."""
    return [version_in(sets[0], "scikit-learn") for sets in pins()["science"].values()]
