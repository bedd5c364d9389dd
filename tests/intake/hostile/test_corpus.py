"""The corpus itself: large enough, of every kind, the same every time; and refused."""

import collections

import pytest

from tests.intake.hostile import cases
from tests.intake.hostile.layers import STOPPED, graph, in_child, rewriter, scanner

CASES = list(cases())
FORMS = ("archives", "other forms")
COSTLY = {"costly to load", "sizes without end", "compression"}


QUICK = [case for case in CASES if case.kind not in COSTLY]


def test_there_are_more_than_250_files_with_names_of_their_own() -> None:
    names = collections.Counter((case.kind, case.name) for case in CASES)
    assert len(names) == len(CASES) >= 250
    assert len({case.kind for case in CASES}) >= 20


def test_the_same_files_are_made_every_time() -> None:
    """But those of fitted models: compiled trees leave the gaps between their fields as found."""
    again = {(case.kind, case.name): case for case in cases()}
    for case in QUICK:
        if case.reaction == "scan":
            assert again[case.kind, case.name].data == case.data, case.name


@pytest.mark.parametrize("kind", sorted({c.kind for c in QUICK if c.reaction == "scan"} - {*FORMS}))
def test_no_file_of_this_kind_can_be_rewritten(kind: str) -> None:
    said = {c.name: in_child(rewriter, c.data) for c in QUICK if c.kind == kind}
    assert {name: answer for name, answer in said.items() if not answer.startswith(STOPPED)} == {}


@pytest.mark.parametrize("kind", FORMS)
def test_no_file_of_this_form_is_allowed_by_the_scan(kind: str) -> None:
    said = {c.name: in_child(scanner, c.data, limit_memory=False) for c in QUICK if c.kind == kind}
    assert {name: answer for name, answer in said.items() if not answer.startswith(STOPPED)} == {}


@pytest.mark.parametrize("kind", sorted({c.kind for c in QUICK if c.reaction == "values"}))
def test_no_model_of_this_kind_is_accepted_by_the_judge(kind: str) -> None:
    said = {c.name: in_child(graph, c.data) for c in QUICK if c.kind == kind}
    assert {name: answer for name, answer in said.items() if not answer.startswith(STOPPED)} == {}
