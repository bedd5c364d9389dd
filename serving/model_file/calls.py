"""Which calls a pickle may make, with arguments and states of which shape; all others are refused.

Each entry says why it can do no harm with such arguments, whatever else they hold.
"""

from collections.abc import Mapping

from serving.model_file import names
from serving.model_file.call import Call
from serving.model_file.calls_of_arrow import ARROW_CALLS
from serving.model_file.calls_of_numpy import NUMPY_CALLS
from serving.model_file.calls_of_pandas import PANDAS_CALLS
from serving.model_file.calls_of_python import PYTHON_CALLS
from serving.model_file.calls_of_sklearn import SKLEARN_CALLS
from serving.model_file.symbols import Data, Global, Made, Table

CALLS: Mapping[tuple[str, str], Call] = {
    **PYTHON_CALLS,
    **NUMPY_CALLS,
    **PANDAS_CALLS,
    **SKLEARN_CALLS,
}
_GETATTR = ("builtins", "getattr")
_RECONSTRUCTOR = ("copyreg", "_reconstructor")


def make(maker: Global, arguments: tuple[object, ...], *, by_call: bool) -> tuple[object, str]:
    """(the symbol of what the call makes, what is wrong with the call or "")."""
    if maker.pair == _RECONSTRUCTOR:
        return _reconstructed(arguments)
    made = Made(maker, arguments)
    if maker.use == names.INERT:
        return made, ""
    if maker.use in (names.NEW, names.WRAPPER):
        return made, "" if not by_call and arguments == () else f"{maker} made in an unusual way"
    if maker.pair == _GETATTR and (part := _part_of_inert(arguments)):
        return part, ""
    call = _call_of(maker)
    if call is None:
        return made, f"{maker} is called while loading"
    if by_call not in call.ways or not call.arguments(arguments):
        return made, f"{maker} is called in an unusual way"
    return call.symbol(made), ""


def _call_of(maker: Global) -> Call | None:
    return ARROW_CALLS.get(maker.pair) if maker.use == names.FOREIGN else CALLS.get(maker.pair)


def _part_of_inert(arguments: tuple[object, ...]) -> Made | None:
    """A method of a placeholder, as search spaces hold them: a placeholder again."""
    if len(arguments) != 2:
        return None
    whole, part = arguments
    if type(part) is not str or part.startswith("__"):
        return None
    if isinstance(whole, Made) and whole.maker.use == names.INERT:
        return Made(whole.maker, ())
    return None


def _reconstructed(arguments: tuple[object, ...]) -> tuple[object, str]:
    """copyreg._reconstructor(class, object, None): how protocols 0 and 1 make an object."""
    if len(arguments) == 3:
        maker, base, state = arguments
        plain = type(base) is Global and base.pair == ("builtins", "object") and state is None
        if plain and type(maker) is Global and maker.use in (names.NEW, names.INERT):
            return Made(maker, ()), ""
    return Data("object", 0), "copyreg._reconstructor is called in an unusual way"


def state_problem(target: Made) -> str:
    """What is wrong with the state that was given to `target`, or ""."""
    use, state = target.maker.use, target.state
    if use == names.INERT:
        return ""
    if use == names.NEW:
        return "" if _are_attributes(state) else f"{target.maker} has an unusual state"
    call = _call_of(target.maker)
    if call is None or call.state is None or not call.state(target):
        return f"{target.maker} has an unusual state"
    return ""


def _are_attributes(state: object) -> bool:
    return type(state) is Table


def takes_items(target: Made) -> bool:
    """Whether items may be appended to this object."""
    call = CALLS.get(target.maker.pair)
    return target.maker.use == names.INERT or (call is not None and call.holds == "items")


def takes_pairs(target: Made) -> bool:
    """Whether entries may be set in this object, as in a dict."""
    call = CALLS.get(target.maker.pair)
    return target.maker.use == names.INERT or (call is not None and call.holds == "pairs")
