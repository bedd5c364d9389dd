"""Which name may have been meant, when the one that was asked for is not there."""

from collections.abc import Iterable, Sequence

from devstack.supabase_local.catalog.model import Catalog, Function

LONGEST = 200
"""Characters of what is compared; what is longer resembles nothing."""
NAMES, PARAMETERS = 0.75, 0.33
"""How alike they must be, of 1."""


def table_hint(catalog: Catalog, schema: str, name: str) -> str | None:
    found = _closest(name, (table for owner, table in catalog.tables if owner == schema), NAMES)
    return f"Perhaps you meant the table '{schema}.{found}'" if found else None


def function_hint(catalog: Catalog, schema: str, name: str, keys: Sequence[str]) -> str | None:
    """Another function, or other parameters of the function of this name."""
    overloads = catalog.functions.get((schema, name), ())
    if overloads:
        parameters = _closest(_written(keys), map(_parameters, overloads), PARAMETERS)
        meant = f"{name}{parameters}" if parameters else None
    else:
        functions = (function for owner, function in catalog.functions if owner == schema)
        meant = _closest(name, functions, NAMES)
    return f"Perhaps you meant to call the function {schema}.{meant}" if meant else None


def relationship_hint(catalog: Catalog, origin: tuple[str, str], target: str) -> str | None:
    related = {one.target[1] for one in catalog.relationships.get(origin, ())}
    if target in related:
        return None
    found = _closest(target, related, PARAMETERS)
    return f"Perhaps you meant '{found}' instead of '{target}'." if found else None


def _parameters(function: Function) -> str:
    return _written([one.name for one in function.parameters])


def _written(names: Sequence[str]) -> str:
    return f"({', '.join(names)})"


def _closest(name: str, candidates: Iterable[str], least: float) -> str | None:
    """The first of those that are most alike."""
    if len(name) > LONGEST:
        return None
    scored = [(_alike(name.lower(), one.lower()), one) for one in sorted(set(candidates))]
    best, found = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return found if best >= least else None


def _alike(one: str, other: str) -> float:
    """1 less the share of characters that differ (Levenshtein's distance)."""
    longest = max(len(one), len(other))
    if longest - min(len(one), len(other)) > longest * (1 - PARAMETERS):
        return 0.0
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        diagonal, row[0] = row[0], place
        for column, against in enumerate(other, 1):
            changed = diagonal + (character != against)
            diagonal = row[column]
            row[column] = min(changed, diagonal + 1, row[column - 1] + 1)
    return 1 - row[-1] / longest if longest else 1.0
