"""The SQL of a tree of resources: one SELECT, its embedded resources as LATERAL joins."""

import itertools

from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, Table
from devstack.supabase_local.rest.embedding import find_relationship
from devstack.supabase_local.rest.errors import RestError, not_embedded
from devstack.supabase_local.rest.expressions import SQL, cast, column, condition, searched, shown
from devstack.supabase_local.rest.filters import FULL_TEXT, Condition, Filter
from devstack.supabase_local.rest.joins import (
    correlate,
    join_many,
    join_one,
    order_key,
    spread_many,
)
from devstack.supabase_local.rest.order import OrderTerm
from devstack.supabase_local.rest.request import Node
from devstack.supabase_local.rest.select import COUNT_ROWS, Column, Embed
from devstack.supabase_local.rest.selection import RAISED, Aggregate, Field, Join, Select

Joins = dict[str, Join]


class Reader:
    """Turns nodes into selects. One per request, because it numbers the aliases."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._numbers = itertools.count()

    def select(
        self, node: Node, table: Table, source: SQL, spread: bool = False, raises: bool = False
    ) -> Select:
        """`spread`: its fields are wanted by name; `raises`: its aggregates are not its own.

        Raises RestError for what `table` has not or the catalog does not allow.
        """
        page = node.page if node.most is None else node.page.capped(node.most)
        select = Select(source, f"t{next(self._numbers)}", page=page, raises=raises)
        joins: Joins = {}
        for embed, child in node.embeds:
            if embed.key in joins:
                raise RestError(400, "42712", f'table name "{embed.key}" specified more than once')
            joins[embed.key] = self._join(select, table, embed, child, node)
        select.joins.extend(joins.values())
        select.where.extend(self.filter(one, table, select.alias, joins) for one in node.where)
        select.fields.extend(self._fields(node, table, select.alias, joins, spread=spread))
        select.order.extend(self._order_term(term, table, select, joins) for term in node.order)
        return select

    def filter(self, one: Filter, table: Table, alias: str, joins: Joins) -> SQL:
        if not isinstance(one, Condition):
            word = sql.SQL(" or ") if one.any_of else sql.SQL(" and ")
            members = word.join(
                [self.filter(member, table, alias, joins) for member in one.members]
            )
            return sql.SQL("not ({})" if one.negated else "({})").format(members)
        operation, facts = one.operation, table.columns.get(one.column)
        if one.column in joins and facts is None and not one.path:
            if operation.operator != "is" or operation.value not in ("null", "not_null"):
                raise RestError(
                    400,
                    "PGRST120",
                    f"Bad operator on the '{one.column}' embedded resource",
                    "Only is null or not is null filters are allowed on embedded resources",
                )
            join = joins[one.column]
            join.restricts = True
            return condition(sql.Identifier(join.alias, "doc"), operation)
        left = column(table, alias, one.column, one.path)
        if operation.operator in FULL_TEXT and (one.path or not _is_vector(table, one.column)):
            left = searched(left, operation.language)
        parser = facts.from_text if facts is not None and not one.path else None
        return condition(left, operation, parser)

    def _fields(
        self, node: Node, table: Table, alias: str, joins: Joins, *, spread: bool
    ) -> list[Field]:
        own = [one for one in node.fields if isinstance(one, Column) and one.aggregate]
        if own and not self.catalog.aggregates_enabled:
            raise RestError(400, "PGRST123", "Use of aggregate functions is not allowed")
        raised = any(field.aggregate for join in joins.values() for field in join.spread)
        by_name = (
            spread or raised or bool(own) or any(one.to_json for one in table.columns.values())
        )
        fields: list[Field] = []
        for one in node.fields:
            if isinstance(one, Column):
                fields.append(_field(one, table, alias, raises=spread))
            elif by_name:
                fields += [Field(name, shown(table, alias, name)) for name in table.columns]
            else:
                fields.append(Field(None, sql.SQL("{}.*").format(sql.Identifier(alias))))
        for embed, child in node.embeds:
            join = joins[embed.key]
            if embed.spread:
                fields += join.spread
            elif not _is_empty(child):
                document: SQL = sql.Identifier(join.alias, "doc")
                if not join.to_one:
                    document = sql.SQL("coalesce({}, '[]')").format(document)
                fields.append(Field(embed.key, document, is_document=True))
        return fields

    def _join(self, select: Select, table: Table, embed: Embed, child: Node, parent: Node) -> Join:
        relationship = find_relationship(self.catalog, table, embed)
        target = self.catalog.tables[relationship.target]
        raises = embed.spread and relationship.to_one
        source = sql.Identifier(*target.id)
        inner = self.select(child, target, source, spread=embed.spread, raises=raises)
        correlate(relationship, table, select.alias, inner)
        if relationship.to_one:
            # One row at most: a bound would only keep PostgreSQL from a plain join.
            inner.page = child.page
            terms = [term for term in parent.order if term.relation == embed.key]
            return join_one(inner, embed, target, terms)
        return spread_many(inner, embed) if embed.spread else join_many(inner, embed)

    def _order_term(self, term: OrderTerm, table: Table, select: Select, joins: Joins) -> SQL:
        if term.relation is None:
            value = column(table, select.alias, term.column, term.path)
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
            is_key = any(one.key == term.column and not one.aggregate for one in join.spread)
            key = RAISED + term.column if select.grouped and is_key else order_key(term)
            value = sql.Identifier(join.alias, key)
        direction = sql.SQL(" desc" if term.descending else "")
        nulls = {None: "", True: " nulls first", False: " nulls last"}[term.nulls_first]
        return sql.SQL("{}{}{}").format(value, direction, sql.SQL(nulls))


def _field(one: Column, table: Table, alias: str, *, raises: bool) -> Field:
    aggregate = Aggregate(one.aggregate, one.aggregate_cast) if one.aggregate else None
    if one.name == COUNT_ROWS and aggregate:
        # In a row that is spread, what counts is whether there is one.
        return Field(one.key, sql.SQL("1" if raises else "*"), aggregate)
    return Field(one.key, cast(shown(table, alias, one.name, one.path), one.cast), aggregate)


def _is_vector(table: Table, name: str) -> bool:
    facts = table.columns.get(name)
    return (facts.base or facts.type if facts else table.computed[name].base) == "tsvector"


def _is_empty(node: Node) -> bool:
    """Whether it shows nothing, and is there for the sake of filters alone."""
    return not node.fields and all(_is_empty(child) for _, child in node.embeds)
