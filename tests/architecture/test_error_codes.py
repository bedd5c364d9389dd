"""Every error code that can be shown is explained in docs/errors.md, and nothing else is."""

import ast
import re
from collections import Counter

import pytest

from docs.error_codes import ROOT, codes_of, error_classes, shown_codes, sources
from docs.error_entries import GROUPS
from shared import errors
from shared.adapters.conversion.refusals import FIXES
from shared.adapters.supabase.refusals import REFUSALS

SHOWN = shown_codes()
ENTRIES = [entry for group in GROUPS for entry in group.entries]
NEVER_SHOWN = {"conflict", "model_refused", "serving_refused", "temporarily_unavailable"}
"""Of classes that are only inherited from, or always given another code."""
GUARDS = {"illegal_move", "identity_is_fixed", "unknown_fields"}
"""What the database refuses to the app itself: a mistake of ours, shown as misconfigured."""
LITERAL = re.compile(r"""\bcode(?:: str)?["']?\s*[=:]\s*(?:\d+, )?["']([a-z_]+)["']""")


def test_every_code_in_the_sources_has_an_entry():
    assert set(SHOWN) - {entry.code for entry in ENTRIES} == set()


def test_every_entry_explains_a_code_of_the_sources():
    assert {entry.code for entry in ENTRIES} - set(SHOWN) == set()


def test_no_code_is_explained_twice():
    assert [code for code, times in Counter(e.code for e in ENTRIES).items() if times > 1] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_an_entry_leaves_nothing_unsaid(entry):
    for sentence in (entry.cause, entry.fix, entry.look):
        assert sentence.endswith((".", ")")), sentence
    assert re.match(r"az |curl |supabase |python |PRINCIPAL=", entry.command)
    assert entry.retry
    assert entry.seen


def test_no_literal_code_escapes_the_collector():
    written = {code for source in sources() for code in LITERAL.findall(source.read_text("utf-8"))}
    assert written - set(SHOWN) == NEVER_SHOWN


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ('raise Conflict("no", code="brand_new", fix="so")', ("brand_new", 409)),
        ('raise TransientError("no", code="brand_new")', ("brand_new", 503)),
        ("raise EndpointVanished(name)", ("endpoint_vanished", 422)),
        ("raise InvalidToken", ("unauthenticated", 401)),
        ('table = {"x": TooManyActive}', ("too_many_active", 429)),
        ('raise refused("brand_new", "no")', ("brand_new", 422)),
        ('raise BadRequest("brand_new", "no")', ("brand_new", 422)),
        ('failed = {"code": "brand_new", "fix": "so"}', ("brand_new", None)),
    ],
)
def test_each_way_to_make_an_error_is_seen(code, made):
    classes = error_classes()
    found = [shown for node in ast.walk(ast.parse(code)) for shown in codes_of(node, classes)]
    assert found == [made]


def test_every_refusal_of_the_database_becomes_an_error_of_ours():
    raised = {
        code
        for migration in (ROOT / "supabase" / "migrations").glob("*.sql")
        for code in re.findall(r"slipway\.refuse\(\s*'(\w+)'", migration.read_text("utf-8"))
    }
    assert raised == set(REFUSALS) | GUARDS


def test_every_code_of_a_refused_model_has_a_fix():
    models = {entry.code for group in GROUPS for entry in group.entries if entry.code in FIXES}
    assert models == set(FIXES)
    refused_here = {code for code in SHOWN if code.startswith("model_")} - {
        "model_not_found", "model_not_registered", "model_too_large", "model_in_use",
        "model_file_foreign", "model_file_missing", "model_file_empty",
    }  # fmt: skip
    assert refused_here == set(FIXES)


def test_the_drawn_tree_of_errors_names_real_codes():
    drawn = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", (errors.__doc__ or "").split("Codes are API")[0])
    assert len(drawn) > 15
    assert set(drawn) <= set(SHOWN)
