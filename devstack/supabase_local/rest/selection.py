"""A SELECT in its parts, so that the same rows can be fetched, counted or nested."""

from dataclasses import dataclass, field

from psycopg import sql

from devstack.supabase_local.rest.expressions import SQL, cast
from devstack.supabase_local.rest.ranges import Page

EMPTY = sql.SQL("")
RAISED = "="
"""Before a key: what a join yields for the resource around it."""


@dataclass(frozen=True)
class Aggregate:
    function: str
    cast: str | None = None

    def of(self, value: SQL) -> SQL:
        call = sql.SQL("{}({})").format(sql.SQL(self.function), value)
        return cast(call, self.cast)


@dataclass(frozen=True)
class Field:
    key: str | None
    """Its name in the reply; None for all the columns of the source."""
    value: SQL
    aggregate: Aggregate | None = None
    is_document: bool = False
    """Whether it is json made of an embedded resource, which must be jsonb to be grouped by."""


@dataclass
class Join:
    sql: SQL
    alias: str
    to_one: bool
    restricts: bool
    """Whether it decides which rows there are, so that counting needs it too."""
    spread: tuple[Field, ...] = ()
    """What the resource around it shows of it, when it is spread."""


@dataclass
class Select:
    source: SQL
    alias: str
    fields: list[Field] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    where: list[SQL] = field(default_factory=list)
    order: list[SQL] = field(default_factory=list)
    page: Page = field(default_factory=Page)
    raises: bool = False
    """Whether its aggregates are left to the resource that it is spread into."""

    @property
    def grouped(self) -> bool:
        return not self.raises and any(one.aggregate for one in self.fields)

    def rows(self) -> SQL:
        return sql.SQL("select {}{}").format(self.outputs(), self.body())

    def outputs(self) -> SQL:
        return sql.SQL(", ").join(
            [
                one.value
                if one.key is None
                else sql.SQL("{} as {}").format(self._value(one), sql.Identifier(one.key))
                for one in self.fields
            ]
        )

    def body(self) -> SQL:
        return sql.SQL("{}{}{}{}").format(
            self._from(self.joins), self._grouping(), self._ordering(), _page(self.page)
        )

    def matching(self) -> SQL:
        """The rows that the filters leave, whatever the page: for counting."""
        if self.grouped:
            return sql.SQL("select {}{}{}").format(
                self.outputs(), self._from(self.joins), self._grouping()
            )
        return sql.SQL("select 1{}").format(
            self._from([join for join in self.joins if join.restricts])
        )

    def _value(self, one: Field) -> SQL:
        if one.aggregate is not None and not self.raises:
            return one.aggregate.of(one.value)
        if one.is_document and self.grouped:
            return sql.SQL("{}::jsonb").format(one.value)
        return one.value

    def _from(self, joins: list[Join]) -> SQL:
        text = sql.SQL(" from {} as {}").format(self.source, sql.Identifier(self.alias))
        parts = [text, *(join.sql for join in joins)]
        if self.where:
            parts.append(sql.SQL(" where {}").format(sql.SQL(" and ").join(self.where)))
        return sql.Composed(parts)

    def _grouping(self) -> SQL:
        places = [place for place, one in enumerate(self.fields, 1) if one.aggregate is None]
        if not self.grouped or not places:
            return EMPTY
        return sql.SQL(" group by {}").format(sql.SQL(", ").join(map(sql.Literal, places)))

    def _ordering(self) -> SQL:
        return (
            sql.SQL(" order by {}").format(sql.SQL(", ").join(self.order)) if self.order else EMPTY
        )


def _page(page: Page) -> SQL:
    parts: list[SQL] = []
    if page.limit is not None:
        parts.append(sql.SQL(" limit {}").format(sql.Literal(page.limit)))
    if page.offset:
        parts.append(sql.SQL(" offset {}").format(sql.Literal(page.offset)))
    return sql.Composed(parts)
