"""What was being tried when Azure ML answered: the nouns of a failure's message."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    action: str
    """In the infinitive: "create the endpoint iris"."""
    workspace: str
    endpoint: str = ""
    model: str = ""
    instance_type: str = ""
    instances: int = 1
