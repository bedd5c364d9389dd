"""Which of the functions of one name is meant: the one whose parameters fit the arguments."""

from collections.abc import Sequence

from devstack.supabase_local.catalog.model import Catalog, Function
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.hints import function_hint
from devstack.supabase_local.rest.payload import JSON, WHOLE


def find_function(
    catalog: Catalog, schema: str, name: str, keys: Sequence[str], media_type: str | None
) -> Function:
    """`media_type` is that of the body; None for a call by query string.

    Raises PGRST202 when no function takes these arguments, PGRST203 when several do.
    """
    functions = catalog.functions.get((schema, name), ())
    whole = media_type in WHOLE
    matching = [one for one in functions if not whole and _fits(one, set(keys))]
    if not matching and media_type is not None:
        matching = [one for one in functions if one.takes_body(media_type)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise _ambiguous(matching)
    hint = None if whole else function_hint(catalog, schema, name, keys)
    raise _unknown(f"{schema}.{name}", keys, media_type, hint)


def _fits(function: Function, given: set[str]) -> bool:
    required = {one.name for one in function.parameters if one.required}
    return required <= given <= {one.name for one in function.parameters if one.name}


def _ambiguous(matching: Sequence[Function]) -> RestError:
    written = ", ".join(
        f"{one.schema}.{one.name}("
        + ", ".join(f"{parameter.name} => {parameter.declared}" for parameter in one.parameters)
        + ")"
        for one in matching
    )
    return RestError(
        300,
        "PGRST203",
        f"Could not choose the best candidate function between: {written}",
        hint="Try renaming the parameters or the function itself in the database so function "
        "overloading can be resolved",
    )


def _unknown(name: str, keys: Sequence[str], media_type: str | None, hint: str | None) -> RestError:
    if media_type in WHOLE:
        kind = {"text/plain": "text", "text/xml": "xml"}.get(str(media_type), "bytea")
        asked, searched = "", f" with a single unnamed {kind} parameter"
    else:
        asked = f"({', '.join(keys)})" if keys else " without parameters"
        searched = " without parameters"
        if keys:
            searched = f" with parameter{'s' if len(keys) > 1 else ''} {', '.join(keys)}"
        if media_type == JSON:
            searched += " or with a single unnamed json/jsonb parameter"
    return RestError(
        404,
        "PGRST202",
        f"Could not find the function {name}{asked} in the schema cache",
        f"Searched for the function {name}{searched}, but no matches were found in the schema "
        "cache.",
        hint,
    )
