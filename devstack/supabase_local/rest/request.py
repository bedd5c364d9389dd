"""A query string, taken apart: a tree of what to select, each node with its filters and order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from devstack.supabase_local.rest.errors import not_embedded
from devstack.supabase_local.rest.filters import Filter, parse_condition, parse_group
from devstack.supabase_local.rest.order import OrderTerm, parse_order
from devstack.supabase_local.rest.ranges import Page, parse_page
from devstack.supabase_local.rest.scanner import Scanner
from devstack.supabase_local.rest.select import Column, Embed, Star, parse_select

Parameters = Sequence[tuple[str, str]]


@dataclass
class Node:
    """One resource of the tree: the table itself, or one embedded in it."""

    fields: list[Star | Column] = field(default_factory=list)
    embeds: list[tuple[Embed, "Node"]] = field(default_factory=list)
    where: list[Filter] = field(default_factory=list)
    order: tuple[OrderTerm, ...] = ()
    page: Page = field(default_factory=Page)
    most: int | None = None
    """The most rows of it that come at once, whatever its page says."""

    def limit_pages(self, outer: Page, most: int | None) -> None:
        """`outer` bounds this resource's own page, `most` that of every resource of the tree."""
        self.page, self.most = self.page.within(outer), most
        for _, child in self.embeds:
            child.limit_pages(Page(), most)


@dataclass
class ParsedQuery:
    root: Node
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None


def parse_query(parameters: Parameters) -> ParsedQuery:
    """Raises PGRST100, or PGRST108 for a filter on what is not embedded."""
    single = dict(reversed(parameters))
    query = ParsedQuery(_tree(parse_select(single.get("select", "*"))))
    if "columns" in single:
        query.columns = _names(single["columns"], "columns parameter")
    if "on_conflict" in single:
        query.on_conflict = _names(single["on_conflict"], "on_conflict parameter")
    pages: dict[tuple[str, ...], dict[str, str]] = {}
    for key, value in parameters:
        path, word = _last_word(key)
        if word in ("select", "columns", "on_conflict") and not path:
            continue
        if word == "order":
            _find(query.root, path).order = parse_order(value)
        elif word in ("limit", "offset"):
            pages.setdefault(path, {})[word] = value
        elif word in ("and", "or"):
            negated = bool(path) and path[-1] == "not"
            node = _find(query.root, path[:-1] if negated else path)
            node.where.append(parse_group(word, value, negated=negated))
        else:
            names, condition = parse_condition(key, value)
            _find(query.root, names).where.append(condition)
    for path, page in pages.items():
        _find(query.root, path).page = parse_page(page.get("limit"), page.get("offset"))
    return query


def _tree(items: Sequence[Star | Column | Embed]) -> Node:
    node = Node()
    for item in items:
        if isinstance(item, Embed):
            node.embeds.append((item, _tree(item.items)))
        else:
            node.fields.append(item)
    return node


def _last_word(key: str) -> tuple[tuple[str, ...], str]:
    """`a.b.order` as (("a", "b"), "order"); a key with quotes or a JSON path as it is."""
    if '"' in key or "->" in key:
        return (), key
    *path, word = key.split(".")
    return tuple(path), word


def _find(root: Node, path: Sequence[str]) -> Node:
    """A resource goes by its alias, and by its name as long as no alias says that."""
    node = root
    for name in path:
        by_key = [child for embed, child in node.embeds if name == embed.key]
        by_name = [child for embed, child in node.embeds if name == embed.relation]
        if not (found := by_key or by_name):
            raise not_embedded(name)
        node = found[0]
    return node


def _names(text: str, what: str) -> tuple[str, ...]:
    scanner = Scanner(text, what)
    names = [scanner.name()]
    scanner.blanks()
    while scanner.take(","):
        names.append(scanner.name())
        scanner.blanks()
    scanner.finish()
    return tuple(dict.fromkeys(names))
