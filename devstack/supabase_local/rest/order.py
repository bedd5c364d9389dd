"""The `order` parameter: `created_at.desc.nullslast,data->>rank,owner(name).asc`."""

from dataclasses import dataclass

from devstack.supabase_local.rest.json_path import Step, scan_path
from devstack.supabase_local.rest.scanner import Scanner

DIRECTIONS = {"asc": False, "desc": True}
NULLS = {"nullsfirst": True, "nullslast": False}


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
    scanner.finish()
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
    descending, nulls_first = False, None
    if scanner.take("."):
        word = scanner.name()
        if word in DIRECTIONS:
            descending = DIRECTIONS[word]
            if scanner.take("."):
                word = scanner.name()
                if word not in NULLS:
                    scanner.fail("nullsfirst or nullslast")
                nulls_first = NULLS[word]
        elif word in NULLS:
            nulls_first = NULLS[word]
        else:
            scanner.fail("asc, desc, nullsfirst or nullslast")
    scanner.blanks()
    return OrderTerm(column, path, relation, descending, nulls_first)
