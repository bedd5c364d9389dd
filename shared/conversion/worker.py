"""The disposable process: gives up every right, waits for its job, loads the file, reports, ends.

`confine` comes before every library, since it binds only the threads there are, and long before the
model. Every failure becomes a report.
"""

import contextlib
import os
import socket
import sys
import tempfile
import warnings
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

from shared.conversion.columns import NotServable, example, inputs
from shared.conversion.confine import confine
from shared.conversion.decompress import Unreadable, unpacked
from shared.conversion.handover import receive
from shared.conversion.job import (
    MODEL_FOLDER,
    REPORT_FILE,
    Bounds,
    Converted,
    Failure,
    Job,
    Report,
)
from shared.conversion.save import save
from shared.conversion.unpickler import ForbiddenName, load_model


def main() -> None:
    bounds = Bounds.model_validate_json(sys.argv[1])
    scratch = Path(bounds.scratch)
    confinement = confine(
        scratch, memory_mb=bounds.memory_mb, cpu_seconds=bounds.cpu_seconds, user=bounds.user
    )
    os.chdir(scratch)
    warnings.simplefilter("ignore")
    _rehearse()
    with socket.socket(fileno=0) as channel:
        received = receive(channel, bounds.patience_seconds)
    if received:
        report = Report(confinement=confinement, outcome=_attempt(*received, bounds, scratch))
        (scratch / REPORT_FILE).write_text(report.model_dump_json(), "utf-8")
    sys.stderr.flush()
    os._exit(0)  # the libraries' own leave-taking would be waited for


def _rehearse() -> None:
    """Convert a model of our own: what libraries import and look up on first use, they have then.

    It takes seconds that pass while there is no job yet. What fails here fails again, and is
    explained, there.
    """
    with contextlib.suppress(Exception), tempfile.TemporaryDirectory() as folder:
        import joblib
        from sklearn.ensemble import RandomForestRegressor

        file, job = BytesIO(), Job(feature_names=None, requirements=[], version="rehearsal")
        joblib.dump(RandomForestRegressor(1).fit([[0.0], [1.0]], [0.0, 1.0]), file)
        convert(load_model(BufferedReader(BytesIO(file.getvalue()))), job, Path(folder) / "model")


def _attempt(job: Job, model_fd: int, bounds: Bounds, scratch: Path) -> Converted | Failure:
    try:
        with os.fdopen(model_fd, "rb") as file:
            model = load_model(unpacked(file))
        return convert(model, job, scratch / MODEL_FOLDER)
    except NotServable as refusal:
        return _failure(refusal.code, str(refusal))
    except ForbiddenName as name:
        return _failure("model_unsafe", f"The file asks for {name} while loading.")
    except Unreadable as damage:
        return _failure("model_unreadable", str(damage))
    except MemoryError:
        message = f"Converting the model needs more than {bounds.memory_mb} MB of memory."
        return _failure("model_needs_too_much_memory", message)
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        message = f"The model cannot be converted: {type(error).__name__}: {error}"
        return _failure("model_conversion_failed", message)


def convert(model: Any, job: Job, into: Path) -> Converted:
    _check(model)
    columns, kinds = inputs(model, job.feature_names)
    row, prediction = example(model, columns, kinds)
    save(
        model,
        into,
        columns=columns,
        row=row,
        prediction=prediction,
        requirements=job.requirements,
        version=job.version,
    )
    names = [column.name for column in columns]
    return Converted(
        algorithm=_algorithm(model), columns=columns, example=dict(zip(names, row, strict=True))
    )


def _check(model: Any) -> None:
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    kind = type(model).__name__
    if not isinstance(model, BaseEstimator):
        raise NotServable("model_without_predict", f"The file holds a {kind}, not an estimator.")
    if not hasattr(type(model), "predict"):
        raise NotServable("model_without_predict", f"{kind} has no predict().")
    try:
        check_is_fitted(model)
    except NotFittedError:
        raise NotServable("model_not_fitted", f"This {kind} is not fitted.") from None
    if not callable(getattr(model, "predict", None)):
        raise NotServable("model_without_predict", f"This {kind} has no predict().")


def _algorithm(model: Any) -> str:
    model = getattr(model, "best_estimator_", model)
    steps = getattr(model, "steps", None)
    return _algorithm(steps[-1][1]) if steps else type(model).__name__


def _failure(code: str, message: str) -> Failure:
    return Failure(code=code, message=message[:1000])


if __name__ == "__main__":
    main()
