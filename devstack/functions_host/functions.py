"""The functions that an app declares, and the loading of the app that declares them."""

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.functions import FunctionRegister

from devstack.functions_host.load_check import FunctionLoadError, check_function

SUPPORTED_TRIGGERS = (
    "httpTrigger",
    "timerTrigger",
    "orchestrationTrigger",
    "activityTrigger",
    "entityTrigger",
)
_SUPPORTED_BINDINGS = (*SUPPORTED_TRIGGERS, "http", "durableClient")


class AppStartError(Exception):
    """The app cannot be started. Only an `unexpected` reason needs its traceback shown."""

    def __init__(self, message: str, unexpected: bool = False) -> None:
        super().__init__(message)
        self.unexpected = unexpected


@dataclass(frozen=True)
class Function:
    """`binding`: the trigger itself. `clients`: the parameters that get a durable client."""

    name: str
    trigger: str
    parameter: str
    call: Callable[..., Any]
    binding: Any
    clients: tuple[str, ...]
    wants_context: bool

    @property
    def durable_name(self) -> str:
        """The name that orchestrators call it by."""
        given = [
            getattr(self.binding, a, None) for a in ("activity", "orchestration", "entity_name")
        ]
        return next((name for name in given if name), self.name)


@dataclass(frozen=True)
class App:
    """`skipped`: (name, reason) of functions that this host cannot run."""

    functions: tuple[Function, ...]
    skipped: tuple[tuple[str, str], ...]

    def triggered_by(self, trigger: str) -> list[Function]:
        return [f for f in self.functions if f.trigger == trigger]


def load_app(directory: Path, disabled: Collection[str] = ()) -> App:
    """Import `function_app` once, with `directory` first on the path and current.

    `disabled`: names of functions, in small letters, that are skipped.
    """
    if not (directory / "function_app.py").is_file():
        raise AppStartError(
            f"{directory} has no function_app.py. This host runs apps of the Python v2 "
            "programming model; "
            "give the folder of one with --app."
        )
    _import_durable_sdk()
    os.chdir(directory)
    sys.path.insert(0, str(directory))
    try:
        module = importlib.import_module("function_app")
    except (Exception, SystemExit) as error:
        message = f"function_app.py stopped the start: {error}"
        raise AppStartError(message, unexpected=not _is_deliberate(error)) from error
    apps = {id(v): v for v in vars(module).values() if isinstance(v, FunctionRegister)}
    if len(apps) != 1:
        raise AppStartError(
            f"function_app.py must define exactly one app (FunctionApp or DFApp); it has "
            f"{len(apps)}."
        )
    (app,) = apps.values()
    try:
        declared = app.get_functions()
    except ValueError as error:
        raise AppStartError(f"function_app.py declares a function wrongly: {error}") from error
    try:
        return _index(declared, disabled)
    except FunctionLoadError as error:
        raise AppStartError(f"function_app.py: {error}") from error


def _import_durable_sdk() -> None:
    """At import it parses the host.json of the current directory and trips over comments in it."""
    os.chdir("/")
    importlib.import_module("azure.durable_functions")


def _is_deliberate(error: BaseException) -> bool:
    """An app that refuses to start says why in the message; a traceback would bury it."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return isinstance(error, SystemExit) or any(
        n.endswith(("ValidationError", "SettingsError", "ConfigurationError")) for n in names
    )


def _index(declared: list[Any], disabled: Collection[str]) -> App:
    functions, skipped = [], []
    for item in declared:
        name = item.get_function_name()
        if name.casefold() in disabled:
            skipped.append((name, f"AzureWebJobs.{name}.Disabled is set"))
            continue
        unsupported = [b.type for b in item.get_bindings() if b.type not in _SUPPORTED_BINDINGS]
        if unsupported:
            skipped.append((name, f"{', '.join(unsupported)} is not supported by this host"))
            continue
        check_function(name, item.get_user_function(), item.get_bindings())
        functions.append(_function(name, item))
    return App(tuple(functions), tuple(skipped))


def _function(name: str, item: Any) -> Function:
    trigger, call = item.get_trigger(), item.get_user_function()
    bound = {b.name for b in item.get_bindings()}
    # As on Azure, `context` goes to a function that has such a parameter and no binding of that
    # name.
    parameters = inspect.signature(call).parameters
    return Function(
        name=name,
        trigger=trigger.type,
        parameter=trigger.name,
        call=call,
        binding=trigger,
        clients=tuple(b.name for b in item.get_bindings() if b.type == "durableClient"),
        wants_context="context" in parameters and "context" not in bound,
    )
