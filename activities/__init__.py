"""One file, one phase, one verb: each calls the ports and returns a model.

What several phases share lies in `support`.
"""

import importlib
import pkgutil

import azure.durable_functions as df

from activities.support.phase import ACTIVITIES


def blueprint() -> df.Blueprint:
    """Every phase of this folder, as the activity of its name."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
    bp = df.Blueprint()
    for activity in ACTIVITIES:
        bp.activity_trigger(input_name="input")(activity)
    return bp
