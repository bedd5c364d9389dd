"""The disposable process: reads a job, gives up every right, loads the file, writes a report.

Nothing of the model is touched before `confine`. Every failure becomes a report.
"""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

from shared.conversion.columns import NotServable, example, inputs
from shared.conversion.confine import confine
from shared.conversion.decompress import Unreadable, unpacked
from shared.conversion.job import MODEL_FOLDER, REPORT_FILE, Converted, Failure, Job, Report
from shared.conversion.save import save
from shared.conversion.unpickler import ForbiddenName, load_model


def main() -> None:
    job = Job.model_validate_json(sys.stdin.read())
    scratch = Path(job.scratch)
    confinement = confine(
        scratch, memory_mb=job.memory_mb, cpu_seconds=job.cpu_seconds, user=job.user
    )
    os.chdir(scratch)
    warnings.simplefilter("ignore")
    report = Report(confinement=confinement, outcome=_attempt(job))
    (scratch / REPORT_FILE).write_text(report.model_dump_json(), "utf-8")


def _attempt(job: Job) -> Converted | Failure:
    try:
        return convert(job)
    except NotServable as refusal:
        return _failure(refusal.code, str(refusal))
    except ForbiddenName as name:
        return _failure("model_unsafe", f"The file asks for {name} while loading.")
    except Unreadable as damage:
        return _failure("model_unreadable", str(damage))
    except MemoryError:
        message = f"Converting the model needs more than {job.memory_mb} MB of memory."
        return _failure("model_needs_too_much_memory", message)
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        message = f"The model cannot be converted: {type(error).__name__}: {error}"
        return _failure("model_conversion_failed", message)


def convert(job: Job) -> Converted:
    with os.fdopen(job.model_fd, "rb") as file:
        model = load_model(unpacked(file))
    _check(model)
    columns, kinds = inputs(model, job.feature_names)
    row, prediction = example(model, columns, kinds)
    save(
        model,
        Path(job.scratch) / MODEL_FOLDER,
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
