"""What the rewriter accepts, every unpickler reads alike; the rest is refused cleanly."""

import resource
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.fuzz.mutations import mutated
from tests.intake.fuzz.readers import canonical, check
from tests.intake.fuzz.seeds import seeds

BOUND_BYTES = 4 << 30


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


@settings(max_examples=300, deadline=5000, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 19), st.integers(0, 19), st.integers(0, 1 << 32))
def test_a_mutated_file_is_refused_or_read_alike(first: int, second: int, seed: int) -> None:
    check(mutated(seeds()[first], seeds()[second], Random(seed)))


@settings(max_examples=500, deadline=2000)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_cleanly(data: bytes) -> None:
    canonical(b"\x80\x04" + data)
