"""Models of bare texts and of records: vectorizers before every kind of model."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import samples
from recorder import Recorder, columns_of
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import LatentDirichletAllocation, TruncatedSVD
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import (
    LogisticRegression,
    PassiveAggressiveClassifier,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import SVC, LinearSVC

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """Texts alone, texts in a table's column, and records."""
    texts = samples.texts()
    for name, make in _alone().items():
        recorder.case(
            f"texts-{name}",
            lambda make=make: make().fit(texts, samples.subjects()),
            texts[:4],
            everywhere=everywhere,
        )
    labels = np.column_stack([samples.two(), np.arange(samples.ROWS) % 2])
    recorder.case(
        "texts-labels",
        lambda: make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LinearSVC())).fit(
            texts, labels
        ),
        texts[:4],
        everywhere=everywhere,
    )
    recorder.case(
        "texts-regression",
        lambda: make_pipeline(CountVectorizer(), Ridge()).fit(texts, samples.amounts()),
        texts[:4],
        everywhere=everywhere,
    )
    _in_tables(recorder, everywhere)
    _records(recorder, everywhere)


def _alone() -> dict[str, Make]:
    tfidf, stop = TfidfVectorizer, "english"
    return {
        "count-nb": lambda: make_pipeline(CountVectorizer(), MultinomialNB()),
        "count-complement": lambda: make_pipeline(
            CountVectorizer(stop_words=stop, ngram_range=(1, 2), min_df=2), ComplementNB()
        ),
        "count-binary": lambda: make_pipeline(
            CountVectorizer(binary=True, max_features=20, dtype=np.float32), BernoulliNB()
        ),
        "count-tfidf": lambda: make_pipeline(
            CountVectorizer(stop_words=["day"]), TfidfTransformer(use_idf=False), SGDClassifier()
        ),
        "count-vocabulary": lambda: make_pipeline(
            CountVectorizer(vocabulary=["goal", "bank", "day"]), MultinomialNB()
        ),
        "tfidf-svc": lambda: make_pipeline(tfidf(), LinearSVC(random_state=0)),
        "tfidf-chars": lambda: make_pipeline(
            tfidf(analyzer="char_wb", ngram_range=(2, 3), sublinear_tf=True), LogisticRegression()
        ),
        "tfidf-accents": lambda: make_pipeline(
            tfidf(strip_accents="unicode", token_pattern=r"[a-z]+", norm="l1"), RidgeClassifier()
        ),
        "tfidf-kernel": lambda: make_pipeline(tfidf(), SVC(kernel="rbf", gamma="scale")),
        "tfidf-neighbours": lambda: make_pipeline(
            tfidf(), KNeighborsClassifier(metric="cosine", n_neighbors=3)
        ),
        "tfidf-svd": lambda: make_pipeline(
            tfidf(), TruncatedSVD(3, random_state=0), RandomForestClassifier(3, random_state=0)
        ),
        "tfidf-best": lambda: make_pipeline(tfidf(), SelectKBest(chi2, k=5), MultinomialNB()),
        "tfidf-passive": lambda: make_pipeline(
            tfidf(), PassiveAggressiveClassifier(random_state=0)
        ),
        "tfidf-sparse-coefficients": lambda: make_pipeline(tfidf(), _lasso()),
        "topics": lambda: make_pipeline(
            CountVectorizer(),
            LatentDirichletAllocation(2, max_iter=3, random_state=0),
            LogisticRegression(),
        ),
        "hashing": lambda: make_pipeline(
            HashingVectorizer(n_features=64), SGDClassifier(loss="hinge", random_state=0)
        ),
        "hashing-alternate": lambda: make_pipeline(
            HashingVectorizer(n_features=32, alternate_sign=False, norm=None), MultinomialNB()
        ),
        "union": lambda: make_pipeline(
            FeatureUnion([("words", tfidf()), ("chars", CountVectorizer(analyzer="char"))]),
            LogisticRegression(max_iter=500),
        ),
        "calibrated": lambda: CalibratedClassifierCV(make_pipeline(tfidf(), LinearSVC()), cv=2),
        "grid": lambda: GridSearchCV(
            make_pipeline(tfidf(), SGDClassifier(random_state=0)),
            {"tfidfvectorizer__ngram_range": [(1, 1), (1, 2)]},
            cv=2,
        ),
        "voting": lambda: VotingClassifier(
            [
                ("svc", make_pipeline(tfidf(), LinearSVC())),
                ("nb", make_pipeline(CountVectorizer(), MultinomialNB())),
            ]
        ),
        "stacking": lambda: StackingClassifier(
            [("svc", make_pipeline(tfidf(), LinearSVC())), ("nb", make_pipeline(tfidf(), _nb()))],
            cv=2,
        ),
    }


def _nb() -> Any:
    return MultinomialNB(fit_prior=False)


def _lasso() -> Any:
    return LogisticRegression(penalty="l1", solver="liblinear", C=10.0)


def _in_tables(recorder: Recorder, everywhere: bool) -> None:
    table = samples.mixed()[["income", "rooms"]].assign(body=samples.texts(), title="a title")
    cases: dict[str, tuple[Make, tuple[str, ...]]] = {
        "one-text": (
            lambda: ColumnTransformer([("t", TfidfVectorizer(), "body")], remainder="drop"),
            ("income", "rooms", "title"),
        ),
        "two-texts": (
            lambda: ColumnTransformer(
                [("b", CountVectorizer(), "body"), ("t", CountVectorizer(), "title")],
                remainder="passthrough",
            ),
            (),
        ),
        "hashed-text": (
            lambda: ColumnTransformer(
                [("b", HashingVectorizer(n_features=16), "body"), ("n", "passthrough", ["rooms"])]
            ),
            ("income", "title"),
        ),
    }
    for name, (make, unused) in cases.items():
        recorder.case(
            f"texts-table-{name}",
            lambda make=make: make_pipeline(make(), SGDClassifier(random_state=0)).fit(
                table, samples.subjects()
            ),
            table[:4],
            columns=columns_of(table, unused),
            everywhere=everywhere,
        )
    series = pd.Series(samples.texts(), name="body")
    recorder.case(
        "texts-series",
        lambda: make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(
            series, pd.Series(samples.subjects())
        ),
        list(series[:4]),
        everywhere=everywhere,
    )


def _records(recorder: Recorder, everywhere: bool) -> None:
    mixed = samples.mixed()[["town", "rooms", "income"]]
    records = [
        {"town": str(town), "rooms": int(rooms), "income": float(income)}
        for town, rooms, income in mixed.itertuples(index=False)
    ]
    for name, make in {
        "dicts": lambda: DictVectorizer(),
        "dicts-dense": lambda: DictVectorizer(sparse=False, separator=":"),
        "dicts-hashed": lambda: FeatureHasher(n_features=16),
    }.items():
        recorder.case(
            f"records-{name}",
            lambda make=make: make_pipeline(make(), LogisticRegression(max_iter=300)).fit(
                records, samples.two()
            ),
            records[:4],
            everywhere=everywhere,
        )
