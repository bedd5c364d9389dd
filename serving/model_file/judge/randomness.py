"""Random states: positions that numpy's compiled generators use as an index."""

from __future__ import annotations

from typing import Any

import numpy as np

from serving.model_file.judge.unfit import Path, unfit


def check_random_state(value: Any, path: Path | None) -> None:
    """Refuse a RandomState or Generator whose position is outside of its state."""
    if type(value) is np.random.RandomState:
        state = value.get_state(legacy=False)
    elif type(value) is np.random.Generator:
        state = dict(value.bit_generator.state)
    else:
        return
    kind = state["bit_generator"]
    if kind == "MT19937" and not 0 <= state["state"]["pos"] <= 624:
        raise unfit(path, "a random state whose position is outside of it")
    if kind == "Philox" and not 0 <= state["buffer_pos"] <= 4:
        raise unfit(path, "a random state whose position is outside of it")
