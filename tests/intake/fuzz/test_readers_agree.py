"""What the rewriter accepts, every unpickler reads alike; the rest is refused cleanly."""

import resource
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.fuzz.mutations import mutated
from tests.intake.fuzz.readers import canonical, check
from tests.intake.fuzz.seeds import seeds

BOUND_BYTES = 4 << 30
UNTIMED: Any = {"deadline": None, "suppress_health_check": list(HealthCheck)}
"""The clock tells how busy the machine is; reading without end meets pytest's own timeout."""


@pytest.fixture(autouse=True, scope="module")
def memory_bound() -> Iterator[None]:
    """A mutation that asks for terabytes gets a MemoryError instead."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (BOUND_BYTES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.parametrize("place", range(20))
def test_every_honest_file_is_accepted_and_read_alike(place: int) -> None:
    assert check(seeds()[place])


@pytest.mark.parametrize("place", [0, 2, 16])
def test_a_file_that_is_cut_anywhere_is_refused(place: int) -> None:
    """At the end of a number's bytes, too, of which a length may be read that nothing follows."""
    whole = seeds()[place]
    assert not any(canonical(whole[:size]) for size in range(len(whole)))


@settings(max_examples=300, **UNTIMED)
@given(st.integers(0, 19), st.integers(0, 19), st.integers(0, 1 << 32))
def test_a_mutated_file_is_refused_or_read_alike(first: int, second: int, seed: int) -> None:
    check(mutated(seeds()[first], seeds()[second], Random(seed)))


@settings(max_examples=500, **UNTIMED)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_cleanly(data: bytes) -> None:
    canonical(b"\x80\x04" + data)
