"""Which tables can be embedded in which: derived from foreign keys, views included."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations, product

from devstack.supabase_local.catalog.model import (
    ForeignKey,
    Junction,
    Name,
    Relationship,
    Table,
)


def derive_relationships(
    tables: Mapping[Name, Table], foreign_keys: Iterable[ForeignKey]
) -> dict[Name, tuple[Relationship, ...]]:
    """Both directions of every foreign key; many-to-many where two make up a primary key."""
    found: dict[Name, list[Relationship]] = {}
    keys_of: dict[Name, list[ForeignKey]] = {}
    for key in foreign_keys:
        if key.table not in tables or key.target not in tables:
            continue
        keys_of.setdefault(key.table, []).append(key)
        pairs = tuple(zip(key.columns, key.target_columns, strict=True))
        found.setdefault(key.table, []).append(
            Relationship(
                key.table,
                key.target,
                key.constraint,
                pairs,
                to_one=True,
                cardinality="one-to-one" if key.unique else "many-to-one",
            )
        )
        found.setdefault(key.target, []).append(
            Relationship(
                key.target,
                key.table,
                key.constraint,
                tuple((target, column) for column, target in pairs),
                to_one=key.unique,
                cardinality="one-to-one" if key.unique else "one-to-many",
            )
        )
    for name, keys in keys_of.items():
        primary_key = set(tables[name].primary_key)
        for here, there in permutations(keys, 2):
            if here.constraint == there.constraint:
                continue  # one key, seen through different views
            if set(here.columns) | set(there.columns) <= primary_key:
                found.setdefault(here.target, []).append(
                    Relationship(
                        here.target,
                        there.target,
                        constraint=name[1],
                        pairs=(),
                        to_one=False,
                        cardinality="many-to-many",
                        junction=Junction(name, here, there),
                    )
                )
    return {name: tuple(relationships) for name, relationships in found.items()}


def computed_relationship(function: Name, origin: Name, target: Name, to_one: bool) -> Relationship:
    cardinality = "many-to-one" if to_one else "one-to-many"
    return Relationship(origin, target, function[1], (), to_one, cardinality, function=function)


def with_computed(
    derived: Mapping[Name, Sequence[Relationship]], computed: Iterable[Relationship]
) -> dict[Name, tuple[Relationship, ...]]:
    """A function named as the table that it leads to replaces what foreign keys say of the two."""
    found = {origin: list(relationships) for origin, relationships in derived.items()}
    for one in computed:
        others = [
            other
            for other in found.get(one.origin, ())
            if other.function is not None or other.target != one.function
        ]
        found[one.origin] = [*others, one]
    return {origin: tuple(relationships) for origin, relationships in found.items()}


ShownColumns = Sequence[tuple[Name, str, str]]
"""Of a view: table, the view's column, the table's column."""


def to_tables(views: Mapping[Name, ShownColumns]) -> dict[Name, list[tuple[Name, str, str]]]:
    """What views show of other views, traced down to tables. A view may stand on itself."""

    def trace(name: Name, column: str, above: tuple[Name, ...]) -> Iterator[tuple[Name, str]]:
        if name not in views:
            yield name, column
        for below, shown, of in views.get(name, ()):
            if shown == column and below not in above:
                yield from trace(below, of, (*above, below))

    return {
        view: [
            (table, shown, column)
            for name, shown, of in columns
            for table, column in trace(name, of, (view, name))
        ]
        for view, columns in views.items()
    }


def view_key(columns: ShownColumns, keys: Mapping[Name, tuple[str, ...]]) -> tuple[str, ...]:
    """The columns in which a view shows the whole primary keys of its tables."""
    shown: dict[Name, dict[str, str]] = {}
    for table, view_column, column in columns:
        shown.setdefault(table, {}).setdefault(column, view_column)
    return tuple(
        names[column]
        for table, names in shown.items()
        if set(keys.get(table, ())) <= set(names)
        for column in keys.get(table, ())
    )


def through_views(
    foreign_keys: Sequence[ForeignKey], views: Mapping[Name, ShownColumns]
) -> list[ForeignKey]:
    """The foreign keys, and their images in views that show all the columns of one or both ends.

    A view may show a column under several names: then there is an image for each.
    """
    shown: dict[Name, list[tuple[Name, dict[str, list[str]]]]] = {}
    for view, columns in views.items():
        by_table: dict[Name, dict[str, list[str]]] = {}
        for table, view_column, column in columns:
            by_table.setdefault(table, {}).setdefault(column, []).append(view_column)
        for table, names in by_table.items():
            shown.setdefault(table, []).append((view, names))
    images = []
    for key in foreign_keys:
        themselves = {column: [column] for column in (*key.columns, *key.target_columns)}
        sources = [(key.table, themselves), *shown.get(key.table, [])]
        targets = [(key.target, themselves), *shown.get(key.target, [])]
        for source, source_names in sources:
            for target, target_names in targets:
                images += [
                    ForeignKey(key.constraint, source, near, target, far, key.unique)
                    for near in _renamed(key.columns, source_names)
                    for far in _renamed(key.target_columns, target_names)
                ]
    return images


def _renamed(
    columns: tuple[str, ...], names: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, ...]]:
    """Every way in which the columns are shown together."""
    return product(*(names.get(column, ()) for column in columns))
