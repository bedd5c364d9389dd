"""A SELECT in its parts, so that the same rows can be fetched, counted or nested."""

from dataclasses import dataclass, field

from psycopg import sql

from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.ranges import Page

EMPTY = sql.SQL("")


@dataclass
class Join:
    sql: SQL
    alias: str
    to_one: bool
    restricts: bool
    """Whether it decides which rows there are, so that counting needs it too."""


@dataclass
class Select:
    source: SQL
    alias: str
    fields: list[tuple[str | None, SQL]] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    where: list[SQL] = field(default_factory=list)
    order: list[SQL] = field(default_factory=list)
    group_by: list[int] = field(default_factory=list)
    grouped: bool = False
    page: Page = field(default_factory=Page)

    def rows(self) -> SQL:
        return sql.SQL("select {}{}").format(self.outputs(), self.body())

    def outputs(self) -> SQL:
        return sql.SQL(", ").join(
            [
                value if key is None else sql.SQL("{} as {}").format(value, sql.Identifier(key))
                for key, value in self.fields
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

    def _from(self, joins: list[Join]) -> SQL:
        text = sql.SQL(" from {} as {}").format(self.source, sql.Identifier(self.alias))
        parts = [text, *(join.sql for join in joins)]
        if self.where:
            parts.append(sql.SQL(" where {}").format(sql.SQL(" and ").join(self.where)))
        return sql.Composed(parts)

    def _grouping(self) -> SQL:
        if not self.group_by:
            return EMPTY
        return sql.SQL(" group by {}").format(sql.SQL(", ").join(map(sql.Literal, self.group_by)))

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
