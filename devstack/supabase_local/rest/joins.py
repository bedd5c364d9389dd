"""How an embedded resource is joined to the one around it: to one, to many, or spread.

Every join yields `doc`: the resource as json, null when there is none of it.
"""

from collections.abc import Sequence

from psycopg import sql

from devstack.supabase_local.catalog.model import Relationship, Table
from devstack.supabase_local.rest.errors import RestError, not_there
from devstack.supabase_local.rest.expressions import SQL, column, computed
from devstack.supabase_local.rest.order import OrderTerm
from devstack.supabase_local.rest.select import Embed
from devstack.supabase_local.rest.selection import RAISED, Field, Join, Select


def correlate(relationship: Relationship, origin: Table, outer: str, inner: Select) -> None:
    """Make `inner` yield what belongs to a row of `outer`."""
    if relationship.function is not None:
        inner.source = computed(relationship.function, origin, outer)
        return
    equal = sql.SQL("{} = {}")
    if relationship.junction is None:
        inner.where[:0] = [
            equal.format(sql.Identifier(inner.alias, there), sql.Identifier(outer, here))
            for here, there in relationship.pairs
        ]
        return
    junction, between = relationship.junction, f"j{inner.alias[1:]}"
    inner.source = sql.SQL("{} as {}, {}").format(
        sql.Identifier(*junction.table), sql.Identifier(between), inner.source
    )
    ends = ((junction.to_origin, outer), (junction.to_target, inner.alias))
    inner.where[:0] = [
        equal.format(sql.Identifier(between, here), sql.Identifier(end, there))
        for key, end in ends
        for here, there in zip(key.columns, key.target_columns, strict=True)
    ]


def join_one(inner: Select, embed: Embed, target: Table, ordered_by: Sequence[OrderTerm]) -> Join:
    """One row, with whatever the resource around it spreads or orders by."""
    alias = _alias(inner)
    spread: tuple[Field, ...] = ()
    outputs: list[SQL] = []
    if embed.spread:
        spread = tuple(
            Field(
                one.key, sql.Identifier(alias, f"{RAISED}{one.key}"), one.aggregate, one.is_document
            )
            for one in inner.fields
        )
        outputs += [_raised(one, one.value) for one in inner.fields]
        outputs.append(sql.SQL("true as doc"))
    elif inner.grouped:
        if ordered_by:
            raise not_there("An order by a resource that is aggregated")
        content = sql.SQL("select row_to_json(_x) as doc from ({}) as _x").format(inner.rows())
        return _join(content, alias, embed, to_one=True, on=sql.SQL("true"))
    else:
        document = sql.SQL("(select row_to_json(_x) from (select {}) as _x) as doc")
        outputs.append(document.format(inner.outputs()))
    for term in ordered_by:
        value = _ordering_value(term, inner, target, spread=embed.spread)
        outputs.append(sql.SQL("{} as {}").format(value, sql.Identifier(order_key(term))))
    content = sql.SQL("select {}{}").format(sql.SQL(", ").join(outputs), inner.body())
    return _join(content, alias, embed, to_one=True, on=sql.SQL("true"), spread=spread)


def join_many(inner: Select, embed: Embed) -> Join:
    """An array of the rows."""
    content = sql.SQL("select json_agg(_x) as doc from ({}) as _x").format(inner.rows())
    return _join(content, _alias(inner), embed, to_one=False, on=_there(_alias(inner), embed))


def spread_many(inner: Select, embed: Embed) -> Join:
    """For each column an array of its values. Raises PGRST127 for aggregates within."""
    if any(one.aggregate for one in inner.fields):
        raise RestError(
            400,
            "PGRST127",
            "Feature not implemented",
            "Aggregates are not implemented for one-to-many or many-to-many spreads.",
        )
    alias = _alias(inner)
    arrays = [
        _raised(one, sql.SQL("json_agg({})").format(sql.Identifier("_x", str(one.key))))
        for one in inner.fields
    ]
    content = sql.SQL("select {} from ({}) as _x").format(
        sql.SQL(", ").join([*arrays, sql.SQL("case when count(*) > 0 then true end as doc")]),
        inner.rows(),
    )
    spread = tuple(
        Field(
            one.key,
            sql.SQL("coalesce({}, '[]')").format(sql.Identifier(alias, f"{RAISED}{one.key}")),
            is_document=True,
        )
        for one in inner.fields
    )
    return _join(content, alias, embed, to_one=False, on=_there(alias, embed), spread=spread)


def _ordering_value(term: OrderTerm, inner: Select, target: Table, *, spread: bool) -> SQL:
    """A column of the resource or, when it is spread, what it shows under another name."""
    if spread and term.column not in target.columns and not term.path:
        for one in inner.fields:
            if one.key == term.column and one.aggregate is None:
                return one.value
    return column(target, inner.alias, term.column, term.path)


def order_key(term: OrderTerm) -> str:
    """Under which name a join yields what the resource around it is ordered by."""
    path = "".join(f"->{step.operand}" for step in term.path)
    return f"<{term.column}{path}"


def _alias(inner: Select) -> str:
    return f"e{inner.alias[1:]}"


def _raised(one: Field, value: SQL) -> SQL:
    return sql.SQL("{} as {}").format(value, sql.Identifier(f"{RAISED}{one.key}"))


def _there(alias: str, embed: Embed) -> SQL:
    if not embed.inner:
        return sql.SQL("true")
    return sql.SQL("{} is not null").format(sql.Identifier(alias, "doc"))


def _join(
    content: SQL, alias: str, embed: Embed, *, to_one: bool, on: SQL, spread: Sequence[Field] = ()
) -> Join:
    kind = sql.SQL("inner" if embed.inner else "left")
    text = sql.SQL(" {} join lateral ({}) as {} on {}").format(
        kind, content, sql.Identifier(alias), on
    )
    return Join(text, alias, to_one, restricts=embed.inner, spread=tuple(spread))
