"""The picture of the exposed schemas. Immutable: a change of the schema makes a new one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Name = tuple[str, str]
"""Schema and name."""

BODY_TYPES = {
    "application/json": ("json", "jsonb"),
    "text/plain": ("text",),
    "text/xml": ("xml",),
    "application/octet-stream": ("bytea",),
}
"""What type a single unnamed parameter must have to take a whole body of a media type."""


@dataclass(frozen=True)
class ColumnFacts:
    name: str
    type: str
    """As PostgreSQL writes it in a cast, modifiers included."""
    base: str | None = None
    """The type at the bottom of a domain, without modifiers."""
    default: str | None = None
    """The default's expression, from the catalog."""
    assignable: bool = True
    """False for generated columns and `generated always as identity`."""
    to_json: str | None = None
    from_json: str | None = None
    from_text: str | None = None
    """Functions of a domain's implicit casts, qualified: how its values are shown and read."""

    @property
    def is_json(self) -> bool:
        return self.type in ("json", "jsonb")


@dataclass(frozen=True)
class ComputedField:
    """A function of one row of a table, selectable like a column."""

    function: Name
    base: str


@dataclass(frozen=True)
class Table:
    schema: str
    name: str
    columns: Mapping[str, ColumnFacts]
    primary_key: tuple[str, ...] = ()
    is_view: bool = False
    computed: Mapping[str, ComputedField] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    """The methods by which its rows can be changed at all."""

    @property
    def id(self) -> Name:
        return self.schema, self.name


@dataclass(frozen=True)
class ForeignKey:
    constraint: str
    table: Name
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    unique: bool
    """Whether its columns are unique in its own table: then the relationship is one-to-one."""


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    """What an argument is read as."""
    required: bool
    variadic: bool = False
    declared: str = ""
    """The type that the function's definition names."""


@dataclass(frozen=True)
class Function:
    schema: str
    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    """`void`, `scalar` or `row`."""
    returns_set: bool
    row: Table | None = None
    """Columns of the rows it returns, when it returns rows."""
    volatile: bool = True
    statement_timeout: str | None = None
    """Its own setting, which must hold before the statement that calls it begins."""
    media_type: str | None = None
    """In which its value is shown, when it returns a domain that is named so."""

    def takes_body(self, media_type: str) -> bool:
        """Whether its single unnamed parameter takes a whole body of this media type."""
        return (
            len(self.parameters) == 1
            and not self.parameters[0].name
            and self.parameters[0].type in BODY_TYPES.get(media_type, ())
        )


@dataclass(frozen=True)
class Junction:
    table: Name
    to_origin: ForeignKey
    to_target: ForeignKey


@dataclass(frozen=True)
class Relationship:
    origin: Name
    target: Name
    constraint: str
    pairs: tuple[tuple[str, str], ...]
    """Columns of origin and target that must be equal; empty with a junction or a function."""
    to_one: bool
    cardinality: str
    junction: Junction | None = None
    function: Name | None = None
    """Computes the rows of the target from a row of the origin."""


@dataclass(frozen=True)
class Catalog:
    schemas: tuple[str, ...]
    """Those exposed; the first is the default."""
    tables: Mapping[Name, Table] = field(default_factory=dict)
    functions: Mapping[Name, tuple[Function, ...]] = field(default_factory=dict)
    relationships: Mapping[Name, tuple[Relationship, ...]] = field(default_factory=dict)
    aggregates_enabled: bool = False
    plan_enabled: bool = False
    max_rows: int | None = 1000
    pre_request: tuple[str, ...] = ()
    """The name of a function that is called before whatever a request does; empty for none."""
    extra_search_path: tuple[str, ...] = ("public", "extensions")
    """Behind the request's own schema."""
    media_types: Mapping[Name | None, frozenset[str]] = field(default_factory=dict)
    """For which the database has handlers of a table's rows; those of any rows under None."""

    def handled(self, rows: Table) -> frozenset[str]:
        """The media types in which the database itself shows these rows."""
        none = frozenset[str]()
        return self.media_types.get(None, none) | self.media_types.get(rows.id, none)
