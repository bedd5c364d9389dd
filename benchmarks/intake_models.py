"""The models that the intake's benchmark measures, trained in a process of their own."""

import copy

import joblib
import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.neighbors import KNeighborsRegressor

LARGE_BYTES = 400 << 20


def save(name: str, file: str) -> None:
    """Train `name` and write it with joblib."""
    makers = {
        "iris": _iris,
        "opcode_heavy": _opcode_heavy,
        "array_heavy": _array_heavy,
        "large": _large,
    }
    joblib.dump(makers[name](), file)


def _iris() -> RandomForestClassifier:
    frame = load_iris(as_frame=True)
    return RandomForestClassifier(n_estimators=20, random_state=0).fit(frame.data, frame.target)


def _opcode_heavy() -> RandomForestRegressor:
    """Many small trees: objects rather than numbers."""
    rows = np.random.default_rng(0).normal(size=(200, 5))
    return RandomForestRegressor(n_estimators=2000, max_depth=4, n_jobs=1).fit(rows, rows[:, 0])


def _array_heavy() -> KNeighborsRegressor:
    """100 MB of numbers."""
    rows = np.random.default_rng(0).normal(size=(300_000, 40))
    return KNeighborsRegressor(algorithm="brute").fit(rows, rows[:, 0])


def _large() -> RandomForestRegressor:
    """Few trees are fitted, and copied until there are about 400 MB of them."""
    rows = np.random.default_rng(0).normal(size=(40_000, 5))
    forest = RandomForestRegressor(n_estimators=2, n_jobs=1).fit(rows, rows[:, 0])
    tree = forest.estimators_[0]
    size = sum(part.nbytes for part in (tree.tree_.__getstate__()["nodes"], tree.tree_.value))
    forest.n_estimators = LARGE_BYTES // size + 1
    forest.estimators_ = [copy.deepcopy(tree) for _ in range(forest.n_estimators)]
    return forest
