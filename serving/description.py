"""What an endpoint knows of its model beside the model itself: serving.json, next to model.pkl."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

FILE_NAME = "serving.json"
FORMAT = 1
Type = Literal["double", "string", "boolean", "datetime", "any"]
Input = Literal["frame", "array", "texts", "records"]
Method = Literal[
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "transform",
    "score_samples",
]
METHODS: tuple[Method, ...] = Method.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Column:
    """One input of the model, in training order."""

    name: str
    type: Type
    """any: the model drops this column. datetime: ISO text in a request."""
    required: bool = True
    categories: list[str | float] | None = None
    """The values of a column of pandas' category type, in training order."""


@dataclass(frozen=True)
class Description:
    """How a body becomes what the model's methods take."""

    columns: tuple[Column, ...]
    input: Input
    """frame: a pandas DataFrame; array: doubles; texts: a list of str; records: a list of dicts."""
    names: bool
    """Whether the frame's columns are named as the columns are, else 0, 1, 2..."""
    example: dict[str, Any]
    """A row, {column: JSON value}, that the model answers."""
    methods: tuple[Method, ...] = ("predict",)
    library: str = "scikit-learn"
    open: bool = False
    """Takes columns of any names: it ignores its input, or hashes the fields of records."""
    format: int = field(default=FORMAT)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """ValueError where the text is of another format."""
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ValueError(f"{FILE_NAME} is not of format {FORMAT}")
        columns = tuple(Column(**column) for column in values.pop("columns"))
        methods = tuple(values.pop("methods"))
        return cls(columns=columns, methods=methods, **values)

    @classmethod
    def read(cls, folder: Path) -> Self:
        return cls.from_json((folder / FILE_NAME).read_text("utf-8"))
