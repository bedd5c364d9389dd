"""At least 250 hostile files of every kind: refused; and, where nothing judges, walled in."""

import collections
import itertools
from collections.abc import Iterator

import pytest

from serving.walls import landlock
from tests.intake.hostile import cases
from tests.intake.hostile.case import Case
from tests.intake.hostile.layers import STOPPED, examined, graph, in_child
from tests.intake.hostile.observer import Observer
from tests.intake.hostile.walls import NONE, at_endpoint, freely, in_sandbox, spelled

pytestmark = pytest.mark.exhaustive

COSTLY = {"costly to load", "sizes without end", "compression"}
"""Kinds of which each file takes seconds: a few of them are enough here."""
OF_A_KIND, OF_A_COSTLY_KIND, LEAST = 10, 2, 250


def _some(kind: str, every: list[Case]) -> list[Case]:
    """Spread over all files of a kind: their classes, opcodes, compressions and protocols."""
    most = OF_A_COSTLY_KIND if kind in COSTLY else OF_A_KIND
    return every[:: max(1, len(every) // most)]


BY_KIND = {
    kind: _some(kind, list(every))
    for kind, every in itertools.groupby(
        sorted(cases(), key=lambda case: case.kind), key=lambda case: case.kind
    )
}
DEEDS = (
    "reads the environment", "reads what the process began with", "writes outside",
    "writes beside its model", "connects", "runs a program", "stays",
)  # fmt: skip
NEEDS_LANDLOCK = {"reads what the process began with"}


@pytest.fixture(scope="module")
def observer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observer]:
    folder = tmp_path_factory.mktemp("world")
    (folder / "models").mkdir()
    with Observer(folder) as started:
        yield started


def test_the_corpus_is_large_and_of_every_kind() -> None:
    names = collections.Counter((c.kind, c.name) for every in BY_KIND.values() for c in every)
    assert sum(names.values()) == len(names) >= LEAST
    assert len(BY_KIND) >= 25


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_file_of_this_kind_is_refused(kind: str) -> None:
    said = {
        case.name: in_child(graph if case.reaction == "values" else examined, case.data)
        for case in BY_KIND[kind]
    }
    assert {name: answer for name, answer in said.items() if not answer.startswith(STOPPED)} == {}


@pytest.mark.parametrize("kind", BY_KIND)
def test_without_the_scan_no_file_of_this_kind_leaves_the_sandbox(
    kind: str, observer: Observer
) -> None:
    found = {case.name: observer.observe(in_sandbox, case.data) for case in BY_KIND[kind]}
    assert {name: traces for name, traces in found.items() if traces != NONE} == {}


@pytest.mark.parametrize("kind", BY_KIND)
def test_without_scan_and_graph_check_none_leaves_the_endpoints_walls(
    kind: str, observer: Observer
) -> None:
    found = {case.name: observer.observe(at_endpoint, case.data) for case in BY_KIND[kind]}
    assert {name: traces for name, traces in found.items() if traces != NONE} == {}


def test_every_deed_of_the_test_leaves_a_trace_where_there_are_no_walls(observer: Observer) -> None:
    assert observer.deeds.keys() == set(DEEDS)
    forms = itertools.cycle(spelled("pass"))
    for deed, code in observer.deeds.items():
        assert observer.observe(freely, spelled(code)[next(forms)]) != NONE, deed


@pytest.mark.parametrize("deed", DEEDS)
def test_no_form_of_a_deed_is_done_in_the_sandbox(deed: str, observer: Observer) -> None:
    for form, data in spelled(observer.deeds[deed]).items():
        assert observer.observe(in_sandbox, data) == NONE, form


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_that_runs_at_the_endpoint_reaches_nothing(deed: str, observer: Observer) -> None:
    if deed in NEEDS_LANDLOCK and not landlock.abi():
        pytest.skip("this kernel has no Landlock")
    for form, data in spelled(observer.deeds[deed]).items():
        assert observer.observe(at_endpoint, data) == NONE, form
