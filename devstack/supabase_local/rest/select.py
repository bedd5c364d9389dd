"""The `select` parameter: `id,total:amount::text,owner:users!fk!inner(name),...details(*)`."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from devstack.supabase_local.rest.json_path import Step, scan_path
from devstack.supabase_local.rest.scanner import Scanner

AGGREGATES = ("count", "sum", "avg", "max", "min")
_TYPE_NAME = re.compile(r"[\w $]+(?:\[\])?")


@dataclass(frozen=True)
class Star:
    pass


@dataclass(frozen=True)
class Column:
    name: str
    path: tuple[Step, ...] = ()
    alias: str | None = None
    cast: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None

    @property
    def key(self) -> str:
        """Its name in the reply."""
        if self.alias:
            return self.alias
        if self.aggregate:
            return self.aggregate
        keys = [step.operand for step in self.path if isinstance(step.operand, str)]
        return keys[-1] if keys else self.name


COUNT_ROWS = "*"
"""The column of a bare `count()`."""


@dataclass(frozen=True)
class Embed:
    relation: str
    items: "tuple[Item, ...]"
    alias: str | None = None
    hint: str | None = None
    inner: bool = False
    spread: bool = False

    @property
    def key(self) -> str:
        return self.alias or self.relation


Item: TypeAlias = Star | Column | Embed


def parse_select(text: str) -> tuple[Item, ...]:
    """Raises PGRST100. A parenthesis too many at the end is passed over, as PostgREST does."""
    scanner = Scanner(text, "select parameter")
    scanner.blanks()
    if scanner.at_end():
        return (Star(),)
    items = _items(scanner)
    if not scanner.take(")"):
        scanner.finish()
    return items


def _items(scanner: Scanner) -> tuple[Item, ...]:
    found = []
    while True:
        scanner.blanks()
        found.append(_item(scanner))
        scanner.blanks()
        if not scanner.take(","):
            return tuple(found)


def _item(scanner: Scanner) -> Item:
    if scanner.take("*"):
        return Star()
    if scanner.take("..."):
        return _embed(scanner, scanner.name(), alias=None, spread=True)
    alias, name = None, scanner.name()
    if scanner.sees(":") and not scanner.sees("::"):
        scanner.expect(":")
        alias, name = name, scanner.name()
    if name == "count" and scanner.take("()"):
        return Column(COUNT_ROWS, alias=alias, aggregate="count", aggregate_cast=_cast(scanner))
    if scanner.sees("(") or scanner.sees("!"):
        return _embed(scanner, name, alias, spread=False)
    path, cast = scan_path(scanner), _cast(scanner)
    if not scanner.take("."):
        return Column(name, path, alias, cast)
    aggregate = scanner.name()
    if aggregate not in AGGREGATES:
        scanner.fail(f"one of {', '.join(AGGREGATES)}")
    scanner.expect("()")
    return Column(name, path, alias, cast, aggregate, _cast(scanner))


def _cast(scanner: Scanner) -> str | None:
    if not scanner.take("::"):
        return None
    found = scanner.match(_TYPE_NAME)
    if found is None:
        scanner.fail("type name")
    return found[0].strip()


def _embed(scanner: Scanner, relation: str, alias: str | None, *, spread: bool) -> Embed:
    hint, inner = None, False
    while scanner.take("!"):
        word = scanner.name()
        if word in ("inner", "left"):
            inner = word == "inner"
        else:
            hint = word
    scanner.expect("(")
    scanner.descend()
    scanner.blanks()
    items = () if scanner.sees(")") else _items(scanner)
    scanner.expect(")")
    scanner.ascend()
    return Embed(relation, items, alias, hint, inner, spread)
