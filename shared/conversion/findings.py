"""What a walk over a pickle has found, and the exception that ends one."""

from dataclasses import dataclass, field


class Refused(ValueError):
    """The stream does what no model file does; the walk cannot go on."""


@dataclass
class Findings:
    """What a walk has seen, nested pickles included."""

    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    """Each name that is not allowed, with the reason."""
    sklearn_versions: set[str] = field(default_factory=set)
    opcodes: int = 0
    text: int = 0
    named: bool = False
    """Whether there was something that only pickles have: a protocol header or a real name."""
