"""The same few models in every form of file, and what people put around a model."""

import io
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import samples
from metas import UNUSED, columns
from recorder import FORMS, Recorder, columns_of
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Wrap = Callable[[Any], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """Every form in every environment for a forest; the rest in turns."""
    array, table = samples.numbers(), samples.number_table()
    for form in sorted(set(FORMS)):
        recorder.case(
            f"form-{form}",
            lambda: RandomForestClassifier(n_estimators=3, random_state=0).fit(
                table, samples.words()
            ),
            table[:4],
            form=form,
            everywhere=everywhere,
        )
    for form in ("joblib", "pickle-2", "pickle-5"):
        recorder.case(
            f"form-always-{form}",
            lambda: LogisticRegression().fit(table, samples.two()),
            table[:4],
            form=form,
            everywhere=True,
        )
    for name, wrap in _around(table, array).items():
        recorder.case(
            f"around-{name}",
            lambda: make_pipeline(StandardScaler(), Ridge()).fit(table, samples.amounts()),
            table[:4],
            wrap=wrap,
            everywhere=everywhere,
        )
    for name, save in {"skops": _skops, "cloudpickle": _cloudpickle}.items():
        recorder.case(
            f"form-{name}-plain",
            lambda: RandomForestClassifier(n_estimators=3, random_state=0).fit(
                array, samples.words()
            ),
            array[:4],
            save=save,
            everywhere=True,
        )
        mixed = samples.mixed()
        recorder.case(
            f"form-{name}-columns",
            lambda mixed=mixed: make_pipeline(columns(), LogisticRegression()).fit(
                mixed, samples.two()
            ),
            mixed[:4],
            columns=columns_of(mixed, UNUSED),
            save=save,
            everywhere=True,
        )
    for kind in ("pickle", "cloudpickle"):
        for pack in ("zip", "tar", "tar.gz"):
            recorder.case(
                f"form-mlflow-{kind}-{pack.replace('.', '')}",
                lambda: make_pipeline(StandardScaler(), Ridge()).fit(table, samples.amounts()),
                table[:4],
                save=lambda model, target, kind=kind, pack=pack: _mlflow(model, target, kind, pack),
                everywhere=True,
            )


def _around(table: Any, array: Any) -> dict[str, Wrap]:
    names = list(table.columns)
    return {
        "dict": lambda model: {"model": model, "columns": names, "trained": "2024-01-01"},
        "dict-figures": lambda model: {
            "pipeline": model,
            "metrics": {"r2": 0.91, "rmse": np.float64(1.5)},
            "features": np.array(names, dtype=object),
        },
        "dict-versions": lambda model: {"estimator": model, "version": (1, 4, 2), "note": None},
        "tuple": lambda model: (model, names),
        "tuple-figures": lambda model: (model, 0.93, {"seed": 7}),
    }


def _skops(model: Any, target: Path) -> str:
    import skops.io

    skops.io.dump(model, f"{target}.skops")
    return "skops"


def _cloudpickle(model: Any, target: Path) -> str:
    import cloudpickle

    target.with_name(f"{target.name}.pkl").write_bytes(cloudpickle.dumps(model))
    return "cloudpickle"


def _mlflow(model: Any, target: Path, kind: str, pack: str) -> str:
    """A folder as mlflow.sklearn.save_model writes it, packed; few environments have mlflow."""
    import mlflow.sklearn

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        mlflow.sklearn.save_model(
            model, str(folder), serialization_format=kind, pip_requirements=["scikit-learn"]
        )
        if pack == "zip":
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        archive.write(path, path.relative_to(folder))
            target.with_name(f"{target.name}.zip").write_bytes(content.getvalue())
        else:
            mode: Literal["w:gz", "w:"] = "w:gz" if pack == "tar.gz" else "w:"
            with tarfile.open(f"{target}.{pack}", mode) as archive:
                archive.add(folder, "model")
        shutil.rmtree(folder)
    return f"mlflow-{kind}-{pack}"
