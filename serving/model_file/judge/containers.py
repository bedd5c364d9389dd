"""Containers in a model: none may lie in itself, or unfold to more values than anybody can walk."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.unfit import Path, unfit


class Left:
    """Stands on the walk's list behind everything that a container holds."""

    __slots__ = ("container",)

    def __init__(self, container: object) -> None:
        self.container = container


class Containers:
    """Those that a walk has met. One that is held twice counts as often as it is met."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[int] = set()
        """Containers that the value being judged lies in, by their ids."""
        self._sizes: dict[int, int] = {}
        """How many values each unfolds to."""

    def enter(self, container: object) -> None:
        self._open.add(id(container))

    def is_open(self, value: object) -> bool:
        """Whether the value being judged lies in `value`."""
        return id(value) in self._open

    def leave(self, container: Any, path: Path | None) -> None:
        """All that lies in a container was judged: count what it unfolds to. Raises Unfit."""
        self._open.discard(id(container))
        held = container
        if isinstance(container, dict):
            held = dict.values(container)
        elif isinstance(container, np.ndarray):
            held = np.asarray(container).ravel().tolist()
        size = 1 + sum(self._sizes.get(id(value), 1) for value in held)
        if size > self._most:
            raise unfit(path, f"a container that unfolds to more than {self._most} values")
        self._sizes[id(container)] = size
