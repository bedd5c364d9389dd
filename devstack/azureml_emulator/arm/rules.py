"""The rules that ARM requests are held to: names, traffic, instances. Pure."""

import re
from collections.abc import Collection, Mapping

from devstack.azureml_emulator.arm.errors import ArmError, inferencing_error, user_error
from devstack.azureml_emulator.arm.records import TERMINAL

NAME = re.compile(r"(?=.{3,32}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
MAX_DEPLOYMENTS_PER_ENDPOINT = 20
MAX_INSTANCES = 50
MAX_MIRROR_PERCENT = 50

KNOWN_API_VERSIONS = re.compile(
    r"20(18|19|2[0-9])-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(-preview|-dataplanepreview)?"
)


def check_name(kind: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise user_error(
            400,
            f"The {kind} name '{name}' is invalid. Names have 3 to 32 letters, digits and single"
            " dashes, begin with a letter and do not end with a dash.",
            "BadArgument",
        )


def check_api_version(version: str | None) -> None:
    if not version:
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if not KNOWN_API_VERSIONS.fullmatch(version):
        raise ArmError(
            400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid."
        )


def check_traffic(traffic: Mapping[str, int], ready_deployments: Collection[str]) -> None:
    """Traffic sums to 0 or 100 and goes to deployments that exist and succeeded."""
    if any(not 0 <= share <= 100 for share in traffic.values()):
        raise user_error(400, "Traffic percentages are between 0 and 100.", "BadArgument")
    total = sum(traffic.values())
    if total not in (0, 100):
        raise user_error(
            400, f"Traffic percentages must sum to 0 or 100; they sum to {total}.", "BadArgument"
        )
    ready = {name.lower() for name in ready_deployments}
    missing = sorted(name for name in traffic if name.lower() not in ready)
    if missing:
        raise inferencing_error(
            "InferencingClientUpdateEndpointFailed",
            "Traffic",
            f"Traffic refers to deployments that do not exist or are not ready: {missing}.",
        )


def check_mirror(
    mirror: Mapping[str, int], traffic: Mapping[str, int], ready_deployments: Collection[str]
) -> None:
    """Mirrored traffic: at most half of it, to one deployment that is ready and has none live."""
    mirror = {name: share for name, share in mirror.items() if share}
    if not mirror:
        return
    if len(mirror) > 1:
        message = f"Traffic can be mirrored to one deployment only, not to {sorted(mirror)}."
        raise user_error(400, message, "BadArgument")
    (name, share), *_ = mirror.items()
    if not 0 <= share <= MAX_MIRROR_PERCENT:
        raise user_error(
            400,
            f"The mirror traffic of {name} is {share} percent: it is 0 to {MAX_MIRROR_PERCENT}.",
            "BadArgument",
        )
    live = {target.lower(): percent for target, percent in traffic.items()}
    if live.get(name.lower()):
        raise user_error(
            400,
            f"Traffic cannot be mirrored to {name}, which has {live[name.lower()]} percent of the"
            " live traffic.",
            "BadArgument",
        )
    if name.lower() not in {ready.lower() for ready in ready_deployments}:
        raise inferencing_error(
            "InferencingClientUpdateEndpointFailed",
            "MirrorTraffic",
            f"Mirror traffic refers to a deployment that does not exist or is not ready: {name}.",
        )


def check_instances(count: int) -> None:
    if not 1 <= count <= MAX_INSTANCES:
        raise user_error(
            400,
            f"The instance count {count} is invalid: a deployment has 1 to {MAX_INSTANCES}.",
            "BadArgument",
        )


def check_idle(verb: str, what: str, provisioning_state: str) -> None:
    """`what` is a kind and a name; nothing is changed while an operation runs on it."""
    if provisioning_state not in TERMINAL:
        raise ArmError(
            409,
            "Conflict",
            f"Cannot {verb} {what} because it is in {provisioning_state} provisioning state.",
        )


def check_room(endpoint: str, deployments: int) -> None:
    if deployments >= MAX_DEPLOYMENTS_PER_ENDPOINT:
        raise user_error(
            400,
            f"Endpoint {endpoint} has {MAX_DEPLOYMENTS_PER_ENDPOINT} deployments already,"
            " which is the limit.",
            "BadArgument",
        )
