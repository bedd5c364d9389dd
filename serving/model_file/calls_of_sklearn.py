"""Calls of scikit-learn: its compiled classes, which are made with arguments."""

from serving.model_file.call import Call
from serving.model_file.shapes import (
    Pair,
    anything,
    array,
    array_length,
    either,
    integer,
    many,
    named,
    nothing,
    number,
    of_data,
    sequence,
    small,
    table,
)
from serving.model_file.symbols import Made, Table

_BOTH = frozenset({True, False})
_MOST_OUTPUTS = 100_000
_LOSSES = [
    "CyAbsoluteError",
    "CyExponentialLoss",
    "CyHalfBinomialLoss",
    "CyHalfGammaLoss",
    "CyHalfMultinomialLoss",
    "CyHalfPoissonLoss",
    "CyHalfSquaredError",
    "CyHalfTweedieLoss",
    "CyHalfTweedieLossIdentity",
    "CyHuberLoss",
    "CyLossFunction",
    "CyPinballLoss",
]
_LOSS_MODULES = ("sklearn._loss._loss", "_loss")
_SGD = [
    "Classification",
    "EpsilonInsensitive",
    "Hinge",
    "Huber",
    "Log",
    "LossFunction",
    "ModifiedHuber",
    "Regression",
    "SquaredEpsilonInsensitive",
    "SquaredHinge",
    "SquaredLoss",
]
_SGD_LOSSES = [("sklearn.linear_model._sgd_fast", name) for name in _SGD]
_TREES = {
    "sklearn.neighbors._kd_tree": ("KDTree", "KDTree32", "KDTree64"),
    "sklearn.neighbors._ball_tree": ("BallTree", "BallTree32", "BallTree64"),
}
_DISTANCES = [
    "BrayCurtis",
    "Canberra",
    "Chebyshev",
    "Dice",
    "Euclidean",
    "Hamming",
    "Haversine",
    "Jaccard",
    "Kulsinski",
    "Mahalanobis",
    "Manhattan",
    "Matching",
    "Minkowski",
    "PyFunc",
    "RogersTanimoto",
    "RussellRao",
    "SEuclidean",
    "SokalMichener",
    "SokalSneath",
    "WMinkowski",
]
_DISTANCE_MODULES = ("sklearn.metrics._dist_metrics", "sklearn.neighbors._dist_metrics")


def _tree(value: object) -> bool:
    """(features, classes of each output, outputs): as many classes as outputs."""
    return (
        type(value) is tuple
        and len(value) == 3
        and small(value[0])
        and type(value[2]) is int
        and 0 < value[2] <= _MOST_OUTPUTS
        and array_length(value[1]) == value[2]
    )


def _has_table(made: Made) -> bool:
    return table(made.state)


def _tree_state(made: Made) -> bool:
    """As many nodes as it says: compiled code reads so many."""
    state = made.state
    if type(state) is not Table:
        return False
    count = state.known.get("node_count")
    return type(count) is int and array_length(state.known.get("nodes")) == count


def _has_data(made: Made) -> bool:
    """Numbers, arrays and the objects that hold them; no functions but listed ones."""
    return type(made.state) is tuple and all(of_data(item) for item in made.state)


def _loss_calls() -> dict[Pair, Call]:
    why = "Makes a loss function of at most one number."
    calls: dict[Pair, Call] = {}
    for module in _LOSS_MODULES:
        for name in _LOSSES:
            calls[(module, name)] = Call(why, many(number), state=_has_data, ways=_BOTH)
            calls[(module, f"__pyx_unpickle_{name}")] = Call(
                why,
                sequence(named((module, name)), integer, either(nothing, many(number))),
                state=_has_data,
            )
    return calls


def _distance_calls() -> dict[Pair, Call]:
    why = "Makes an empty distance metric of a listed class; its state is numbers and arrays."
    calls: dict[Pair, Call] = {}
    for module in _DISTANCE_MODULES:
        classes = [f"{name}Distance{bits}" for name in _DISTANCES for bits in ("", "32", "64")]
        wanted = named(*((module, name) for name in classes))
        calls[(module, "newObj")] = Call(why, sequence(wanted), state=_has_data)
    return calls


SKLEARN_CALLS = {
    ("sklearn.tree._tree", "Tree"): Call(
        "An empty tree; its state is checked for shape by scikit-learn and for indices by judge.",
        _tree,
        state=_tree_state,
    ),
    **_loss_calls(),
    **{
        pair: Call("Makes a loss function of at most one number.", many(number), ways=_BOTH)
        for pair in _SGD_LOSSES
    },
    **{
        (module, "newObj"): Call(
            "An empty search tree; its state is arrays, and indices are checked by judge.",
            sequence(named(*((module, name) for name in classes))),
            state=_has_data,
        )
        for module, classes in _TREES.items()
    },
    **_distance_calls(),
    ("sklearn.impute._iterative", "_ImputerTriplet"): Call(
        "A tuple of a feature, its neighbours, and the estimator that imputes it.",
        sequence(number, array, anything),
        ways=frozenset({False}),
    ),
    ("sklearn.utils._bunch", "Bunch"): Call(
        "A dict whose entries are attributes.",
        sequence(),
        state=_has_table,
        ways=frozenset({False}),
        holds="pairs",
    ),
}
