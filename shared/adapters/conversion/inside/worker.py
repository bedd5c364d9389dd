"""The disposable process: gives up every right, waits for its job, loads the file, reports, ends.

`confine` comes before every library (hence the late imports), since it binds only the threads there
are, and long before the model. Every failure becomes a report.
"""

import contextlib
import json
import os
import resource
import socket
import sys
import warnings
from typing import Any

from serving import libraries
from serving.walls.confine import confine
from shared.adapters.conversion.sandbox.handover import receive


def main() -> None:
    """argv: the bounds as JSON. Standard input: the socket that the job comes over."""
    bounds = json.loads(sys.argv[1])
    confinement = confine(
        read=bounds["read"],
        write=[],
        memory_mb=bounds["memory_mb"],
        cpu_seconds=bounds["cpu_seconds"],
        file_mb=bounds["file_mb"],
        user=bounds["user"],
        parent=bounds["parent"],
        imports=libraries.prepare,
    )
    warnings.simplefilter("ignore")
    from shared.adapters.conversion.inside.convert import rehearse

    with contextlib.suppress(Exception):  # what fails here fails again, and is explained, there
        rehearse()
    channel = socket.socket(fileno=0)
    received = receive(channel, bounds["idle_seconds"])
    if received:
        outcome = _outcome(*received, memory_mb=bounds["memory_mb"])
        report = {"confinement": confinement._asdict(), "outcome": outcome, "memory_mb": _peak_mb()}
        channel.sendall(json.dumps(report).encode())
    sys.stderr.flush()
    os._exit(0)  # the libraries' own leave-taking would be waited for


def _peak_mb() -> int:
    """The most memory that this process has held, libraries and model together."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _outcome(job: dict[str, Any], model: int, artifact: int, *, memory_mb: int) -> dict[str, Any]:
    from shared.adapters.conversion.inside.convert import Failed, convert

    try:
        with os.fdopen(model, "rb") as file, os.fdopen(artifact, "r+b") as out:
            return convert(file, out, job["feature_names"])
    except Failed as failure:
        return failure.outcome
    except MemoryError:
        message = f"Converting the model needs more than {memory_mb} MB of memory."
        return Failed("model_needs_too_much_memory", message).outcome
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        message = f"The model cannot be converted: {type(error).__name__}: {error}"
        return Failed("model_conversion_failed", message).outcome


if __name__ == "__main__":
    main()
