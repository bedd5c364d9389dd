"""One file, one phase, one verb: each calls the ports and returns a model.

The nouns are what several phases share: log_tail, predecessor, removal, traffic; `phase` makes them
activities.
"""

import importlib
import pkgutil

import azure.durable_functions as df


def blueprints() -> list[df.Blueprint]:
    """Every phase's blueprint, found by looking into this folder."""
    modules = [
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    ]
    return [module.bp for module in modules if hasattr(module, "bp")]
