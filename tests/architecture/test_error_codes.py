"""Every error code is a class on one of the five pages; docs and the drawn tree show all."""

import re
from collections import Counter
from pathlib import Path

import pytest

from docs.error_pages import drawn, entries, tree
from shared import errors
from shared.adapters.supabase.database_errors import ERRORS
from shared.errors import PAGES, SlipwayError, predictions
from shared.errors.models import REFUSED_BY_SCAN_OR_SANDBOX

ROOT = Path(__file__).parents[2]
CLASSES = [each for each in tree(SlipwayError) if each.code]
ENTRIES = [entry for page in PAGES for entry in entries(page)]
GUARDS = {"illegal_move", "identity_is_fixed", "unknown_fields"}
"""What the database refuses to the app itself: a mistake of ours, shown as misconfigured."""
LITERAL = re.compile(r"""\bcode ?(?:: str ?)?= ?["']([a-z_]+)["']""")


def sources(*rooms: str) -> list[Path]:
    return sorted(file for room in rooms for file in (ROOT / room).rglob("*.py"))


def test_every_class_with_a_code_is_explained_once():
    assert {each.code for each in CLASSES} == {entry.code for entry in ENTRIES}
    assert [code for code, times in Counter(e.code for e in ENTRIES).items() if times > 1] == []


def test_the_drawn_tree_is_the_tree():
    assert drawn() in (errors.__doc__ or "")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_an_entry_leaves_nothing_unsaid(entry: type[SlipwayError]):
    for sentence in (entry.cause, entry.fix, entry.look):
        assert sentence.endswith((".", ")")), sentence
    assert re.match(r"az |curl |supabase |python |PRINCIPAL=", entry.command)
    assert entry.retry
    assert entry.seen


def test_no_code_is_made_elsewhere():
    elsewhere = {
        f"{source.relative_to(ROOT)}: {code}"
        for source in sources("api", "activities", "orchestrators", "timers", "shared")
        if ROOT / "shared" / "errors" not in source.parents
        for code in LITERAL.findall(source.read_text("utf-8"))
    }
    assert elsewhere == set()


def test_every_refusal_of_the_database_becomes_an_error_of_ours():
    raised = {
        code
        for migration in (ROOT / "supabase" / "migrations").glob("*.sql")
        for code in re.findall(r"slipway\.refuse\(\s*'(\w+)'", migration.read_text("utf-8"))
    }
    assert raised == set(ERRORS) | GUARDS


def test_what_scan_and_sandbox_report_by_code_is_known():
    reported = {
        code
        for source in sources("shared/adapters/conversion", "serving")
        for code in re.findall(r'"(model_[a-z_]+)"', source.read_text("utf-8"))
    }
    known = {each.code for page in PAGES for each in entries(page)}
    assert {code for code in reported if code in known} >= set(REFUSED_BY_SCAN_OR_SANDBOX)


def test_the_page_of_predictions_has_the_endpoints_own_codes():
    made = re.compile(r'(?:BadRequest\(\s*|"code": )"([a-z_]+)"')
    answered = {
        code for source in sources("serving") for code in made.findall(source.read_text("utf-8"))
    }
    own = {entry.code for entry in entries(predictions)} - {predictions.NoPrediction.code}
    assert answered == own
