"""Documents that follow from the code are what the code says now."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
GENERATED = runpy.run_path(str(DOCS / "generate.py"))["documents"]()


@pytest.mark.parametrize("name", GENERATED)
def test_the_committed_document_is_what_the_code_generates(name):
    assert (DOCS / name).read_text() == GENERATED[name], "run: python docs/generate.py"
