"""Runs with the Python of an environment: converts files and answers requests, each in a fork.

argv: the repository's folder. stdin: one job a line, {"convert": {file, artifact, feature_names}}
or {"answer": {folder, bodies}}; stdout: one reply a line. The libraries are imported once, so a job
takes a tenth of a second. It does what a sandbox and an endpoint do, but without their walls: the
files are those of our own corpus.
"""

import json
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

JOB_SECONDS = 120


def convert(file: str, artifact: str, feature_names: list[str] | None) -> dict[str, Any]:
    """As shared/adapters/conversion/inside/worker.py reports it."""
    from shared.adapters.conversion.inside.convert import Failed
    from shared.adapters.conversion.inside.convert import convert as converted

    try:
        with Path(file).open("rb") as model, Path(artifact).open("w+b") as out:
            return converted(model, out, feature_names)
    except Failed as failure:
        return failure.outcome
    except Exception as error:
        message = f"The model cannot be converted: {type(error).__name__}: {error}"
        return Failed("model_conversion_failed", message).outcome


def answer(folder: str, bodies: list[str]) -> list[Any]:
    """What the endpoint answers to each body: the predictions, or {"error": ...}."""
    from serving.mistakes import BadRequest
    from serving.served import Served

    served = Served.load(Path(folder))
    answers: list[Any] = []
    for body in bodies:
        try:
            answers.append(served.answer(body.encode()))
        except BadRequest as mistake:
            answers.append(mistake.body)
    return answers


JOBS = {"convert": convert, "answer": answer}


def in_a_fork(job: dict[str, Any]) -> Any:
    """The job's reply; {"crash": how} where its process ended without one."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(JOB_SECONDS)
        ((kind, given),) = job.items()
        try:
            reply: Any = JOBS[kind](**given)  # type: ignore[operator]
        except Exception as error:
            reply = {"crash": f"{type(error).__name__}: {error}"}
        with os.fdopen(writing, "w") as out:
            json.dump(reply, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as replies:
        text = replies.read()
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    return json.loads(text) if text else {"crash": f"its process ended with {ended}"}


def main() -> None:
    """Answers until standard input ends."""
    from serving import libraries

    libraries.prepare()
    warnings.simplefilter("ignore")
    from shared.adapters.conversion.inside.convert import rehearse

    rehearse()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no reply
    for line in sys.stdin:
        print(json.dumps(in_a_fork(json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    main()
