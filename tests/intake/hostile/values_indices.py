"""Models whose numbers point outside of what compiled code reads: nodes, rows, columns, codes."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from tests.intake.hostile.case import Case
from tests.intake.hostile.fitting import Make, Reduced, X, Y, as_cases, changed

FAR = 10**8


def _forged_tree(tree: Any, n_features: int | None = None, more: dict[str, object] | None = None,
                 /, **columns: int) -> Reduced:  # fmt: skip
    """A tree whose nodes have these values in their first row."""
    made, (features, classes, outputs), state = tree.__reduce__()
    nodes = state["nodes"].copy()
    for name, value in columns.items():
        nodes[name][0] = value
    return Reduced(
        made, (n_features or features, classes, outputs), {**state, "nodes": nodes, **(more or {})}
    )


def _tree_forgeries(tree: Any) -> Iterator[tuple[str, Reduced]]:
    for name in ("left_child", "right_child"):
        for value in (FAR, -2, 0, -FAR):
            yield f"{name} {value}", _forged_tree(tree, **{name: value})
    for value in (FAR, 3, -1, -FAR):
        yield f"feature {value}", _forged_tree(tree, feature=value)
    yield "a feature of its own", _forged_tree(tree, FAR + 1, feature=FAR)
    values = tree.__getstate__()["values"]
    for said, more in {
        "more nodes than there are": {"node_count": FAR},
        "a negative count": {"node_count": -1},
        "values of another shape": {"values": values[:, :, :1].copy()},
        "fewer values": {"values": values[:1].copy()},
        "nodes of numbers": {"nodes": np.zeros(3)},
        "no values": {"values": None},
    }.items():
        yield said, _forged_tree(tree, None, more)


def _trees() -> Iterator[tuple[str, Make]]:
    def alone(forged: Reduced) -> object:
        model = DecisionTreeClassifier(random_state=0).fit(X, Y)
        model.tree_ = forged
        return model

    def inside(kind: type[Any], forge: Callable[[Any], Reduced]) -> object:
        model = kind(n_estimators=2, random_state=0).fit(X, Y)
        inner = np.ravel(model.estimators_)[0]
        inner.tree_ = forge(inner.tree_)
        return model

    one = DecisionTreeClassifier(random_state=0).fit(X, Y)
    for said, forged in _tree_forgeries(one.tree_):
        yield f"a tree with {said}", lambda f=forged: alone(f)
    for kind in (RandomForestClassifier, GradientBoostingClassifier, IsolationForest):
        yield (
            f"{kind.__name__} with a far child",
            lambda k=kind: inside(k, lambda tree: _forged_tree(tree, left_child=FAR)),
        )
        yield (
            f"{kind.__name__} with a feature of its own",
            lambda k=kind: inside(k, lambda tree: _forged_tree(tree, FAR + 1, feature=FAR)),
        )

    def boosted(**attributes: object) -> object:
        model = GradientBoostingClassifier(n_estimators=2).fit(X, Y)
        vars(model).update(attributes)
        return model

    none: Any = {"node_count": 0, "nodes": one.tree_.__getstate__()["nodes"][:0].copy(),
                 "values": one.tree_.__getstate__()["values"][:0].copy()}  # fmt: skip
    yield "a tree of no nodes", lambda: alone(_forged_tree(one.tree_, None, none))
    yield (
        "a forest of trees of no nodes",
        lambda: inside(RandomForestClassifier, lambda tree: _forged_tree(tree, None, none)),
    )
    wide = np.repeat(GradientBoostingClassifier(n_estimators=2).fit(X, Y).estimators_, 500, axis=1)
    yield "boosting with more trees a round than classes", lambda: boosted(estimators_=wide)
    yield "boosting over another number of columns", lambda: boosted(n_features_in_=1)


def _histograms() -> Iterator[tuple[str, Make]]:
    def model(**columns: int) -> object:
        many = np.repeat(X, 20, axis=0)
        found = HistGradientBoostingClassifier(max_iter=2).fit(many, np.repeat(Y, 20))
        nodes = found._predictors[0][0].nodes
        for name, value in columns.items():
            nodes[name][0] = value
        return found

    for name, value in (
        ("left", 2**32 - 1),
        ("right", 10**6),
        ("left", 0),
        ("feature_idx", 10**8),
        ("feature_idx", 3),
        ("feature_idx", -1),
        ("bitset_idx", 10**8),
    ):
        more = {"is_categorical": 1} if name == "bitset_idx" else {}
        yield f"a histogram's {name} {value}", lambda n=name, v=value, m=more: model(**{n: v}, **m)

    def fewer() -> object:
        found: Any = model()
        found._predictors[0] = found._predictors[0] * 50
        return found

    yield "histogram trees of more classes", fewer

    def changed_nodes(change: Callable[[Any], Any]) -> object:
        found: Any = model()
        for round_ in found._predictors:
            for predictor in round_:
                predictor.nodes = change(predictor.nodes)
        return found

    def masked(nodes: Any) -> Any:
        nodes["left"][0] = 2**31
        return np.ma.MaskedArray(nodes, mask=True)

    yield "a histogram of no nodes", lambda: changed_nodes(lambda nodes: nodes[:0].copy())
    yield "a histogram of masked nodes", lambda: changed_nodes(masked)


def _search_trees() -> Iterator[tuple[str, Make]]:
    def model(kind: str, place: int, change: Callable[[Any], Any]) -> object:
        found = KNeighborsClassifier(2, algorithm=kind).fit(
            np.repeat(X, 20, axis=0), np.repeat(Y, 20)
        )
        made, arguments, state = found._tree.__reduce__()
        parts = list(state)
        parts[place] = change(parts[place])
        found._tree = Reduced(made, arguments, tuple(parts))
        return found

    changes: dict[str, tuple[int, Callable[[Any], Any]]] = {
        "indices outside": (1, lambda a: np.full_like(a, FAR)),
        "negative indices": (1, lambda a: np.full_like(a, -FAR)),
        "fewer data": (0, lambda a: np.ascontiguousarray(a[:1])),
        "fewer indices": (1, lambda a: a[:1].copy()),
        "fewer bounds": (3, lambda a: np.ascontiguousarray(a[:, :1, :1])),
        "no bounds": (3, lambda a: a[:0].copy()),
        "half of the bounds": (3, lambda a: a[: len(a) // 2].copy()),
        "an enormous leaf": (4, lambda _: 10**9),
        "enormous levels": (5, lambda _: 40),
        "enormous nodes": (6, lambda _: 10**9),
        "nodes that end outside": (2, _far_nodes),
        "fewer nodes": (2, lambda a: a[:1].copy()),
    }
    for kind in ("kd_tree", "ball_tree"):
        for said, (place, change) in changes.items():
            yield f"{kind}: {said}", lambda k=kind, p=place, c=change: model(k, p, c)

    def density() -> object:
        found = KernelDensity().fit(X)
        made, arguments, state = found.tree_.__reduce__()
        found.tree_ = Reduced(made, arguments, (state[0], np.full_like(state[1], FAR), *state[2:]))
        return found

    yield "density: indices outside", density
    none = {"_fit_X": np.zeros((0, 3)), "_y": np.zeros(0, int)}
    outside = np.full(len(Y), FAR)
    for said, forged in {
        "another table": {"_fit_X": np.zeros((2, 1))},
        "narrow points": {"_fit_X": np.zeros((len(X), 1))},
        "no points": {**none, "n_samples_fit_": 0},
        "no points where it says many": none,
        "fewer points than neighbours": {"n_neighbors": np.int64(FAR), "n_samples_fit_": 6},
        "masked classes": {"classes_": np.ma.MaskedArray([0, 1], mask=True), "_y": outside},
        "classes in an index": {"classes_": pd.Index([0, 1]), "_y": outside},
    }.items():
        yield (
            f"neighbours with {said}",
            lambda c=forged: changed(KNeighborsClassifier(2, algorithm="brute").fit(X, Y), **c),
        )
    yield (
        "radius neighbours with no points",
        lambda: changed(RadiusNeighborsClassifier(algorithm="brute").fit(X, Y), **none),
    )


def _far_nodes(nodes: Any) -> Any:
    changed = nodes.copy()
    changed["idx_end"] = FAR
    return changed


def cases() -> Iterator[Case]:
    kinds = {
        "indices: trees": _trees,
        "indices: histograms": _histograms,
        "indices: search trees": _search_trees,
    }
    yield from as_cases(kinds)
