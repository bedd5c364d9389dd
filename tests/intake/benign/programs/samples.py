"""The small tables that every case is trained on, the same in each environment."""

import numpy as np
import pandas as pd

ROWS = 60


def numbers(columns: int = 4) -> np.ndarray:
    """Doubles of several scales, as an array."""
    return np.random.RandomState(7).normal(size=(ROWS, columns)) * np.arange(1, columns + 1)


def positive(columns: int = 4) -> np.ndarray:
    """Doubles above nought."""
    return np.abs(numbers(columns)) + 0.1


def number_table() -> pd.DataFrame:
    """The same as numbers(), with names."""
    return pd.DataFrame(numbers(), columns=["age", "income", "debt", "years at address"])


def mixed() -> pd.DataFrame:
    """A column of each kind that people have."""
    state = np.random.RandomState(11)
    ages = state.randint(18, 80, ROWS).astype(float)
    ages[[3, 17]] = np.nan
    return pd.DataFrame(
        {
            "age": ages,
            "income": state.gamma(2.0, 1500.0, ROWS).round(2),
            "rooms": state.randint(1, 6, ROWS),
            "town": state.choice(["Köln", "Bonn", "Aachen"], ROWS),
            "grade": pd.Categorical(state.choice(["low", "mid", "high"], ROWS)),
            "owner": state.randint(0, 2, ROWS).astype(bool),
            "note": [f"note {at}" for at in range(ROWS)],
            "since": pd.date_range("2020-01-01", periods=ROWS, freq="D"),
        }
    )


def nullable() -> pd.DataFrame:
    """The kinds of column that pandas keeps with its own missing value."""
    table = mixed()
    return pd.DataFrame(
        {
            "rooms": table["rooms"].astype("Int64"),
            "income": table["income"].astype("Float64"),
            "owner": table["owner"].astype("boolean"),
            "town": table["town"].astype("string"),
        }
    )


def two() -> np.ndarray:
    """Two classes that the numbers explain."""
    return (numbers()[:, 0] + numbers()[:, 1] / 4 > 0).astype(int)


def three() -> np.ndarray:
    """Three classes."""
    return np.digitize(numbers()[:, 1], [-0.8, 0.8])


def words() -> np.ndarray:
    """Three classes with text for names."""
    return np.array(["setosa", "versicolor", "virginica"])[three()]


def amounts() -> np.ndarray:
    """A target of doubles above nought."""
    x = numbers()
    return np.exp(0.3 * x[:, 0] - 0.1 * x[:, 1]) + 0.5


def several() -> np.ndarray:
    """Two targets of doubles."""
    return np.column_stack([amounts(), numbers()[:, 2]])


def many_labels() -> np.ndarray:
    """Nought or one for each of three labels."""
    return (numbers()[:, :3] > 0).astype(int)


def texts() -> list[str]:
    """Short texts of two subjects."""
    state = np.random.RandomState(3)
    subjects = (["goal", "match", "team", "league"], ["bank", "share", "price", "market"])
    return [
        " ".join([*state.choice(subjects[at % 2], 4), "day", f"nr{at % 5}"]) for at in range(ROWS)
    ]


def subjects() -> np.ndarray:
    """The subject of each text."""
    return np.array(["sport", "money"] * (ROWS // 2))
