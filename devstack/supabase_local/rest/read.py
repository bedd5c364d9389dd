"""The SQL of a tree of resources: one SELECT, its embedded resources as LATERAL joins."""

import itertools

from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, Relationship, Table
from devstack.supabase_local.rest.embedding import find_relationship
from devstack.supabase_local.rest.errors import RestError, not_embedded, not_there
from devstack.supabase_local.rest.expressions import SQL, cast, column, condition
from devstack.supabase_local.rest.filters import Condition, Filter
from devstack.supabase_local.rest.order import OrderTerm
from devstack.supabase_local.rest.request import Node
from devstack.supabase_local.rest.select import COUNT_ROWS, Column, Embed, Star
from devstack.supabase_local.rest.selection import Join, Select


class Reader:
    """Turns nodes into selects. One per request, because it numbers the aliases."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._numbers = itertools.count()

    def select(self, node: Node, table: Table, source: SQL) -> Select:
        """Raises RestError for what `table` has not or the catalog does not allow."""
        number = next(self._numbers)
        select = Select(source, f"t{number}", page=node.page)
        joins = {
            embed.key: self._join(select, table, embed, child, node) for embed, child in node.embeds
        }
        select.joins.extend(joins.values())
        select.where.extend(self.filter(one, table, select.alias, joins) for one in node.where)
        self._fields(select, node, table, joins)
        select.order.extend(
            self._order_term(term, table, select.alias, joins) for term in node.order
        )
        return select

    def filter(self, one: Filter, table: Table, alias: str, joins: dict[str, Join]) -> SQL:
        if not isinstance(one, Condition):
            word = sql.SQL(" or ") if one.any_of else sql.SQL(" and ")
            members = word.join(
                [self.filter(member, table, alias, joins) for member in one.members]
            )
            return sql.SQL("not ({})" if one.negated else "({})").format(members)
        if one.column in joins and one.column not in table.columns and not one.path:
            if one.operation.operator != "is" or one.operation.value not in ("null", "not_null"):
                raise RestError(
                    400,
                    "PGRST120",
                    f"Bad operator on the '{one.column}' embedded resource",
                    "Only is null or not is null filters are allowed on embedded resources",
                )
            join = joins[one.column]
            join.restricts = True
            return condition(sql.Identifier(join.alias, "doc"), one.operation)
        return condition(column(table, alias, one.column, one.path), one.operation)

    def _fields(self, select: Select, node: Node, table: Table, joins: dict[str, Join]) -> None:
        aggregated = [one for one in node.fields if isinstance(one, Column) and one.aggregate]
        if aggregated and not self.catalog.aggregates_enabled:
            raise RestError(
                400,
                "PGRST123",
                "Use of aggregate functions is not allowed",
                hint="alter role authenticator set pgrst.db_aggregates_enabled = 'true'; "
                "notify pgrst, 'reload config';",
            )
        if aggregated and node.embeds:
            raise not_there("An aggregate beside an embedded resource")
        select.grouped = bool(aggregated)
        for one in node.fields:
            if isinstance(one, Star) and not aggregated:
                select.fields.append((None, sql.SQL("{}.*").format(sql.Identifier(select.alias))))
            elif isinstance(one, Star):
                for name in table.columns:
                    select.fields.append((name, column(table, select.alias, name)))
                    select.group_by.append(len(select.fields))
            else:
                select.fields.append((one.key, _value(one, table, select.alias)))
                if aggregated and not one.aggregate:
                    select.group_by.append(len(select.fields))
        for embed, child in node.embeds:
            join = joins[embed.key]
            if embed.spread:
                target = self._target(table, embed)[1]
                for key in self._spread_keys(child, target):
                    select.fields.append((key, sql.Identifier(join.alias, f"={key}")))
            elif embed.items:
                document: SQL = sql.Identifier(join.alias, "doc")
                if not join.to_one:
                    document = sql.SQL("coalesce({}, '[]')").format(document)
                select.fields.append((embed.key, document))

    def _join(self, select: Select, table: Table, embed: Embed, child: Node, parent: Node) -> Join:
        relationship, target = self._target(table, embed)
        inner = self.select(child, target, sql.Identifier(*target.id))
        inner.where[:0] = self._correlation(relationship, select.alias, inner)
        alias = f"e{inner.alias[1:]}"
        if relationship.to_one:
            content = self._to_one(inner, embed, target, parent)
            on: SQL = sql.SQL("true")
        elif embed.spread:
            raise not_there(f"The spread of '{embed.relation}', which may be many rows,")
        else:
            content = sql.SQL("select json_agg(_x) as doc from ({}) as _x").format(inner.rows())
            on = (
                sql.SQL("{} is not null").format(sql.Identifier(alias, "doc"))
                if embed.inner
                else sql.SQL("true")
            )
        kind = sql.SQL("inner" if embed.inner else "left")
        text = sql.SQL(" {} join lateral ({}) as {} on {}").format(
            kind, content, sql.Identifier(alias), on
        )
        return Join(text, alias, relationship.to_one, restricts=embed.inner)

    def _to_one(self, inner: Select, embed: Embed, target: Table, parent: Node) -> SQL:
        """One row with the document, and whatever the parent spreads or orders by."""
        outputs: list[SQL] = []
        if embed.spread:
            fields = _expanded(inner, target)
            outputs.extend(
                sql.SQL("{} as {}").format(value, sql.Identifier(f"={key}"))
                for key, value in fields
            )
        document = sql.SQL("(select row_to_json(_x) from (select {}) as _x) as doc")
        outputs.append(document.format(inner.outputs()))
        for term in parent.order:
            if term.relation == embed.key:
                value = column(target, inner.alias, term.column, term.path)
                outputs.append(sql.SQL("{} as {}").format(value, sql.Identifier(_order_key(term))))
        return sql.SQL("select {}{}").format(sql.SQL(", ").join(outputs), inner.body())

    def _correlation(self, relationship: Relationship, outer: str, inner: Select) -> list[SQL]:
        equal = sql.SQL("{} = {}")
        if relationship.junction is None:
            return [
                equal.format(sql.Identifier(inner.alias, there), sql.Identifier(outer, here))
                for here, there in relationship.pairs
            ]
        junction, between = relationship.junction, f"j{inner.alias[1:]}"
        inner.source = sql.SQL("{} as {}, {}").format(
            sql.Identifier(*junction.table), sql.Identifier(between), inner.source
        )
        ends = ((junction.to_origin, outer), (junction.to_target, inner.alias))
        return [
            equal.format(sql.Identifier(between, here), sql.Identifier(end, there))
            for key, end in ends
            for here, there in zip(key.columns, key.target_columns, strict=True)
        ]

    def _target(self, table: Table, embed: Embed) -> tuple[Relationship, Table]:
        relationship = find_relationship(self.catalog, table, embed)
        return relationship, self.catalog.tables[relationship.target]

    def _spread_keys(self, child: Node, target: Table) -> list[str]:
        keys: list[str] = []
        for one in child.fields:
            keys.extend(target.columns if isinstance(one, Star) else [one.key])
        for embed, grandchild in child.embeds:
            if embed.spread:
                keys.extend(self._spread_keys(grandchild, self._target(target, embed)[1]))
            elif embed.items:
                keys.append(embed.key)
        return keys

    def _order_term(self, term: OrderTerm, table: Table, alias: str, joins: dict[str, Join]) -> SQL:
        if term.relation is None:
            value = column(table, alias, term.column, term.path)
        else:
            join = joins.get(term.relation)
            if join is None:
                raise not_embedded(term.relation)
            if not join.to_one:
                raise RestError(
                    400,
                    "PGRST118",
                    f"A related order on '{term.relation}' is not possible",
                    f"'{table.name}' and '{term.relation}' do not form a many-to-one or "
                    "one-to-one relationship",
                )
            value = sql.Identifier(join.alias, _order_key(term))
        direction = sql.SQL(" desc" if term.descending else "")
        nulls = {None: "", True: " nulls first", False: " nulls last"}[term.nulls_first]
        return sql.SQL("{}{}{}").format(value, direction, sql.SQL(nulls))


def _expanded(select: Select, table: Table) -> list[tuple[str, SQL]]:
    """The fields with every `*` written out."""
    fields: list[tuple[str, SQL]] = []
    for key, value in select.fields:
        if key is None:
            fields.extend((name, column(table, select.alias, name)) for name in table.columns)
        else:
            fields.append((key, value))
    return fields


def _order_key(term: OrderTerm) -> str:
    path = "".join(f"->{step.operand}" for step in term.path)
    return f"<{term.column}{path}"


def _value(one: Column, table: Table, alias: str) -> SQL:
    if one.aggregate and one.name == COUNT_ROWS:
        return cast(sql.SQL("count(*)"), one.aggregate_cast)
    value = cast(column(table, alias, one.name, one.path), one.cast)
    if one.aggregate is None:
        return value
    call = sql.SQL("{}({})").format(sql.SQL(_AGGREGATES[one.aggregate]), value)
    return cast(call, one.aggregate_cast)


_AGGREGATES = {name: name for name in ("count", "sum", "avg", "max", "min")}
