"""What a score request and its answer look like, for those who generate clients from it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.json_schema import SkipJsonSchema

Absent = SkipJsonSchema[None]
"""A member may be left out, and is never null."""
Cell = float | str | bool | None
Row = dict[str, Cell] | list[Cell] | Cell


class ScoreQuery(BaseModel):
    """The query of a score request."""

    model_config = ConfigDict(extra="forbid")

    raw: bool = Field(False, description="Pass on the endpoint's own answer, mistakes included.")


class ScoreParams(BaseModel):
    """What a score request may ask beyond its rows."""

    method: str | Absent = Field(
        None, description="Such as `predict_proba`; `predict` when absent."
    )
    extra_columns: Literal["refuse", "ignore"] | Absent = Field(
        None, description="What becomes of columns that the model does not have: `refuse`."
    )


class RowTable(BaseModel):
    """A table as pandas splits it; `index` is ignored."""

    columns: list[str] | list[int] | Absent = None
    data: list[list[Cell]]
    index: list[Any] | Absent = None


class ScoreRequest(BaseModel):
    """The rows under one of these keys: objects by column, lists in training order, or values.

    The endpoint reads the body; docs/predictions.md has every accepted shape.
    """

    data: list[Row] | RowTable | Absent = None
    input_data: list[Row] | RowTable | Absent = None
    instances: list[Row] | Absent = None
    inputs: list[Row] | dict[str, list[Cell]] | Absent = None
    dataframe_records: list[dict[str, Cell]] | Absent = None
    dataframe_split: RowTable | Absent = None
    params: ScoreParams | Absent = None


class ScoreAnswer(RootModel[list[Any]]):
    """One item a row: a number, a text, or a list where the method answers several values."""
