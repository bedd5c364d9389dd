"""Which names errors suggest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.supabase_local.catalog.model import Catalog, Table
from devstack.supabase_local.rest.hints import table_hint

NAMES = ("orders", "order_items", "customers")
CATALOG = Catalog(("public",), {("public", name): Table("public", name, {}) for name in NAMES})


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("order", "orders"),
        ("Orders", "orders"),
        ("oders", "orders"),
        ("costumers", "customers"),
        ("item", None),
        ("x", None),
        ("o" * 5000, None),
    ],
)
def test_a_name_that_is_nearly_there_is_suggested(asked: str, meant: str | None) -> None:
    expected = f"Perhaps you meant the table 'public.{meant}'" if meant else None
    assert table_hint(CATALOG, "public", asked) == expected


@given(st.text(max_size=80))
def test_no_name_breaks_it(name: str) -> None:
    assert table_hint(CATALOG, "public", name) in {
        None,
        *(f"Perhaps you meant the table 'public.{one}'" for one in NAMES),
    }
