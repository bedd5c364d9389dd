"""What a view's columns show, read from the rule that PostgreSQL keeps for it.

A rule is a tree of nodes in braces: `({QUERY ... :targetList ({TARGETENTRY ... :resno 1 ...
:resorigtbl 16401 :resorigcol 2 :resjunk false} ...) ...})`. Queries within it, in FROM, in WITH or
in an expression, have target lists of their own, which lie deeper than the view's.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"\\.|(?P<open>\{)|(?P<close>\})|:resno (?P<place>\d+) :resname (?:\\.|\S)+ "
    r":ressortgroupref \d+ :resorigtbl (?P<table>\d+) :resorigcol (?P<column>\d+) :resjunk false",
    re.DOTALL,
)
TARGETS_OF_VIEW = 2
"""How deep they lie: within the query, within the entry itself."""


def columns_shown(rule: str) -> Iterator[tuple[int, int, int]]:
    """Of each column that shows another one as it is: its number, that table's oid, its number."""
    depth = 0
    for token in _TOKEN.finditer(rule):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        elif token["place"] and depth == TARGETS_OF_VIEW and token["table"] != "0":
            yield int(token["place"]), int(token["table"]), int(token["column"])
