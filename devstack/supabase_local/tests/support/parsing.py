"""For tests that feed anything at all to a parser."""

from collections.abc import Callable

from devstack.supabase_local.rest.errors import RestError


def refusal(parse: Callable[[], object]) -> RestError | None:
    """How it was refused, or None when it was understood. Other exceptions are failures."""
    try:
        parse()
    except RestError as error:
        return error
    return None
