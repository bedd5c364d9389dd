"""Which tables can be embedded in which: derived from foreign keys, views included."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

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


def through_views(
    foreign_keys: Sequence[ForeignKey], views: Mapping[Name, Sequence[tuple[Name, str, str]]]
) -> list[ForeignKey]:
    """The foreign keys, and their images in views that show all the columns of one or both ends.

    `views` lists for each view: table, the view's column, the table's column.
    """
    shown: dict[Name, list[tuple[Name, dict[str, str]]]] = {}
    for view, columns in views.items():
        by_table: dict[Name, dict[str, str]] = {}
        for table, view_column, column in columns:
            by_table.setdefault(table, {})[column] = view_column
        for table, names in by_table.items():
            shown.setdefault(table, []).append((view, names))
    images = []
    for key in foreign_keys:
        themselves = {column: column for column in (*key.columns, *key.target_columns)}
        sources = [(key.table, themselves), *shown.get(key.table, [])]
        targets = [(key.target, themselves), *shown.get(key.target, [])]
        for source, source_names in sources:
            for target, target_names in targets:
                near = _renamed(key.columns, source_names)
                far = _renamed(key.target_columns, target_names)
                if near and far:
                    images.append(ForeignKey(key.constraint, source, near, target, far, key.unique))
    return images


def _renamed(columns: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...] | None:
    if not all(column in names for column in columns):
        return None
    return tuple(names[column] for column in columns)
