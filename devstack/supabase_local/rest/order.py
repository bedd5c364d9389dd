"""The `order` parameter: `created_at.desc.nullslast,data->>rank,owner(name).asc`."""

from dataclasses import dataclass

from devstack.supabase_local.rest.json_path import Step, scan_path
from devstack.supabase_local.rest.scanner import Scanner

DIRECTIONS = {".asc": False, ".desc": True}
NULLS = {".nullsfirst": True, ".nullslast": False}


@dataclass(frozen=True)
class OrderTerm:
    column: str
    path: tuple[Step, ...] = ()
    relation: str | None = None
    """Set when the column is that of an embedded to-one resource."""
    descending: bool = False
    nulls_first: bool | None = None


def parse_order(text: str) -> tuple[OrderTerm, ...]:
    """Raises PGRST100."""
    scanner = Scanner(text, "order")
    terms = [_term(scanner)]
    while scanner.take(","):
        terms.append(_term(scanner))
    scanner.finish('"," or end of input')
    return tuple(terms)


def _term(scanner: Scanner) -> OrderTerm:
    relation, column = None, scanner.name()
    path: tuple[Step, ...] = ()
    if scanner.take("("):
        relation, column = column, scanner.name()
        path = scan_path(scanner)
        scanner.expect(")")
    else:
        path = scan_path(scanner)
    descending = _word(scanner, DIRECTIONS)
    nulls_first = _word(scanner, NULLS)
    if scanner.sees("."):
        scanner.position += 1
        known = "" if descending is not None else "asc, desc, "
        scanner.fail(f"{known}nullsfirst or nullslast")
    scanner.blanks()
    return OrderTerm(column, path, relation, bool(descending), nulls_first)


def _word(scanner: Scanner, words: dict[str, bool]) -> bool | None:
    return next((meaning for word, meaning in words.items() if scanner.take(word)), None)
