"""Which relationship an embed means, when several could be."""

from devstack.supabase_local.catalog.model import Catalog, Relationship, Table
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.hints import relationship_hint
from devstack.supabase_local.rest.select import Embed

CARDINALITIES = ("one-to-many", "many-to-one", "one-to-one", "many-to-many")


def find_relationship(catalog: Catalog, origin: Table, embed: Embed) -> Relationship:
    """Raises PGRST200 when there is none, PGRST201 when there is more than one."""
    candidates = [
        relationship
        for relationship in catalog.relationships.get(origin.id, ())
        if _answers(catalog, relationship, embed)
    ]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise _ambiguous(origin, embed, sorted(candidates, key=_by_cardinality))
    using = f"' using the hint '{embed.hint}" if embed.hint else ""
    raise RestError(
        400,
        "PGRST200",
        f"Could not find a relationship between '{origin.name}' and '{embed.relation}' "
        "in the schema cache",
        f"Searched for a foreign key relationship between '{origin.name}' and "
        f"'{embed.relation}{using}' in the schema '{origin.schema}', but no matches were found.",
        relationship_hint(catalog, origin.id, embed.relation),
    )


def _answers(catalog: Catalog, relationship: Relationship, embed: Embed) -> bool:
    """The name means a table, a constraint or a column; a hint chooses among those to a table."""
    if relationship.function is not None:
        return embed.relation == relationship.function[1]
    by_table = embed.relation == relationship.target[1]
    if relationship.origin == relationship.target:
        return _answers_itself(relationship, embed, by_table=by_table)
    if embed.hint is not None:
        return by_table and embed.hint in _hints(relationship)
    if by_table:
        return True
    # Keys lead to tables; that views show the same rows must not make their names ambiguous.
    by_key = embed.relation in (relationship.constraint, *_single(relationship, 0))
    return by_key and relationship.junction is None and not _is_view(catalog, relationship)


def _answers_itself(relationship: Relationship, embed: Embed, *, by_table: bool) -> bool:
    """A table that refers to itself: its name means the many, its column the one."""
    if relationship.cardinality == "one-to-many":
        return by_table and (embed.hint is None or embed.hint in _single(relationship, 1))
    return (
        relationship.cardinality == "many-to-one"
        and embed.hint is None
        and embed.relation in _single(relationship, 0)
    )


def _hints(relationship: Relationship) -> set[str]:
    if junction := relationship.junction:
        return {junction.table[1]}
    return {relationship.constraint, *_single(relationship, 0), *_single(relationship, 1)}


def _single(relationship: Relationship, side: int) -> list[str]:
    return [relationship.pairs[0][side]] if len(relationship.pairs) == 1 else []


def _is_view(catalog: Catalog, relationship: Relationship) -> bool:
    return catalog.tables[relationship.target].is_view


def _by_cardinality(relationship: Relationship) -> int:
    """The order in which PostgREST lists them."""
    return CARDINALITIES.index(relationship.cardinality)


def _ambiguous(origin: Table, embed: Embed, candidates: list[Relationship]) -> RestError:
    ways = ", ".join(f"'{found.target[1]}!{found.constraint}'" for found in candidates)
    return RestError(
        300,
        "PGRST201",
        "Could not embed because more than one relationship was found for "
        f"'{origin.name}' and '{embed.relation}'",
        [
            {
                "cardinality": found.cardinality,
                "embedding": f"{origin.name} with {found.target[1]}",
                "relationship": _describe(found),
            }
            for found in candidates
        ],
        f"Try changing '{embed.relation}' to one of the following: {ways}. "
        "Find the desired relationship in the 'details' key.",
    )


def _describe(relationship: Relationship) -> str:
    if junction := relationship.junction:
        return (
            f"{junction.table[1]} using {junction.to_origin.constraint}"
            f"({', '.join(junction.to_origin.columns)}) and {junction.to_target.constraint}"
            f"({', '.join(junction.to_target.columns)})"
        )
    here, there = zip(*relationship.pairs, strict=True)
    return (
        f"{relationship.constraint} using {relationship.origin[1]}({', '.join(here)}) "
        f"and {relationship.target[1]}({', '.join(there)})"
    )
