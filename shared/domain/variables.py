"""Environment variables that a user gives to a deployment's containers: which are taken."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

MAX_VARIABLES = 32
MAX_VALUE_BYTES = 2048
MAX_TOTAL_BYTES = 8192
"""Names and values together; kept small because they travel with the run."""

LEGAL_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Not in values: control characters, ends of lines and paragraphs, halves of surrogate pairs."""
RESERVED_VARIABLE = re.compile(
    r"(AZUREML|AML|AZURE|MSI|IDENTITY|WORKER|SLIPWAY|PYTHON|LD|GUNICORN|UVICORN|CONDA)_.*"
    r"|PYTHON[A-Z0-9]*|PATH|HOME|BASH_ENV|ENV|SCORING_TIMEOUT_MS",
    re.IGNORECASE,
)
"""Set by the service or by Slipway, or able to make the container run something else.

`slipway.are_variables` in the database checks the same; a test holds both together.
"""


def _accepted(variables: dict[str, str]) -> dict[str, str]:
    """The variables, if they are legal. Raises ValueError, which never tells a value."""
    if len(variables) > MAX_VARIABLES:
        raise ValueError(f"give at most {MAX_VARIABLES} variables, not {len(variables)}")
    for name, value in variables.items():
        if not LEGAL_VARIABLE.fullmatch(name):
            raise ValueError(
                f"{name[:64]!a} is no name: use 1 to 64 letters, digits and underscores, "
                "not beginning with a digit"
            )
        if RESERVED_VARIABLE.fullmatch(name):
            raise ValueError(f"{name} is reserved for the service; choose another name")
        if UNPRINTABLE.search(value):
            raise ValueError(f"the value of {name} has characters that cannot be printed")
        if len(value.encode()) > MAX_VALUE_BYTES:
            raise ValueError(
                f"the value of {name} has {len(value.encode())} bytes, more than {MAX_VALUE_BYTES}"
            )
    total = sum(len(name) + len(value.encode()) for name, value in variables.items())
    if total > MAX_TOTAL_BYTES:
        raise ValueError(f"names and values have {total} bytes, more than {MAX_TOTAL_BYTES}")
    return variables


EnvironmentVariables = Annotated[
    dict[str, str],
    AfterValidator(_accepted),
    Field(examples=[{"LOG_LEVEL": "info"}], max_length=MAX_VARIABLES),
]
