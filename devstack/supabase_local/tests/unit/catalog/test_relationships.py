"""Relationships derived from foreign keys."""

from devstack.supabase_local.catalog.model import ForeignKey, Name, Table
from devstack.supabase_local.catalog.relationships import derive_relationships, through_views


def table(name: str, *key: str) -> Table:
    return Table("public", name, {}, key or ("id",))


def key(name: str, source: str, column: str, target: str, unique: bool = False) -> ForeignKey:
    return ForeignKey(name, ("public", source), (column,), ("public", target), ("id",), unique)


def described(tables: list[Table], keys: list[ForeignKey]) -> set[tuple[str, str, str]]:
    found = derive_relationships({one.id: one for one in tables}, keys)
    return {
        (one.origin[1], one.target[1], one.cardinality) for many in found.values() for one in many
    }


def test_a_foreign_key_relates_both_ways() -> None:
    assert described([table("a"), table("b")], [key("k", "a", "b_id", "b")]) == {
        ("a", "b", "many-to-one"),
        ("b", "a", "one-to-many"),
    }


def test_a_unique_foreign_key_is_one_to_one_both_ways() -> None:
    assert described([table("a"), table("b")], [key("k", "a", "b_id", "b", unique=True)]) == {
        ("a", "b", "one-to-one"),
        ("b", "a", "one-to-one"),
    }


def test_two_foreign_keys_within_a_primary_key_join_many_to_many() -> None:
    keys = [key("ka", "ab", "a_id", "a"), key("kb", "ab", "b_id", "b")]
    tables = [table("a"), table("b")]
    with_junction = described([*tables, table("ab", "a_id", "b_id")], keys)
    assert {("a", "b", "many-to-many"), ("b", "a", "many-to-many")} <= with_junction
    without = described([*tables, table("ab", "id")], keys)
    assert "many-to-many" not in {cardinality for _, _, cardinality in without}


def test_keys_to_tables_out_of_sight_relate_nothing() -> None:
    assert described([table("a")], [key("k", "a", "user_id", "users")]) == set()


def test_a_view_relates_as_its_table_does_when_it_shows_the_columns() -> None:
    own = key("k", "a", "b_id", "b")
    view: Name = ("public", "a_view")
    partial: Name = ("public", "a_partial")
    images = through_views(
        [own],
        {
            view: [(("public", "a"), "id", "id"), (("public", "a"), "b_ref", "b_id")],
            partial: [(("public", "a"), "id", "id")],
        },
    )
    assert [(image.table, image.columns) for image in images] == [
        (("public", "a"), ("b_id",)),
        (view, ("b_ref",)),
    ]
