"""Legal names: what Azure ML accepts, what is generated, what derives from ids."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import WithJsonSchema

Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
"""A UUID as Slipway writes it."""
LEGAL_NAME = re.compile(r"^(?=.{3,32}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")
NAME_RULE = (
    "3 to 32 letters, digits and single dashes, beginning with a letter, not ending in a dash"
)


@dataclass(frozen=True)
class NameRules:
    """Which names a cloud takes for endpoints and deployments."""

    legal: re.Pattern[str]
    rule: str
    """For people."""

    def take(self, name: str) -> bool:
        """Whether the cloud takes this name."""
        return self.legal.fullmatch(name) is not None


def is_legal(name: str) -> bool:
    """Whether it keeps to NAME_RULE."""
    return LEGAL_NAME.fullmatch(name) is not None


def generated_deployment_name(now: datetime, suffix: str = "") -> str:
    """`deploy-20260101120000`; with `-suffix` behind, where that is taken on the endpoint."""
    return f"deploy-{now:%Y%m%d%H%M%S}" + (f"-{suffix}" if suffix else "")


def generated_endpoint_name(now: datetime, suffix: str) -> str:
    """`endpoint-20260101120000-suffix`; `suffix` as from four_characters."""
    return f"endpoint-{now:%Y%m%d%H%M%S}-{suffix}"


def azure_model_name(model_id: str) -> str:
    """The registered model's name; one for each of the user's models."""
    return f"slipway-{model_id}"


def is_generated(endpoint_name: str) -> bool:
    """Whether it has the form of generated_endpoint_name."""
    return re.fullmatch(r"endpoint-\d{14}-[a-z0-9]{4}", endpoint_name) is not None


def is_uuid(text: str) -> bool:
    """Whether it is a UUID as Slipway writes its ids: lower case, with dashes."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def four_characters() -> str:
    """Four lower-case letters or digits, at random: seconds are not unique in a region."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(4))
