"""What an api-version changes in the answers about endpoints and deployments.

Recordings of several versions exist; where two of the same version differ, the newest counts.
"""

WHOLE_SINCE = "2023"
"""From here on a deployment is shown whole at once; before, the service filled it in later."""
TIMELESS_SINCE = "2024"
"""From here on the answer to a PUT of an endpoint that exists has no times either."""
WITHOUT_NETWORKS = ("2021-10-01", "2022-05-01")
"""Stable versions that knew neither mirrored traffic nor private networks."""


def is_whole(version: str) -> bool:
    return version >= WHOLE_SINCE


def is_timeless(version: str) -> bool:
    return version >= TIMELESS_SINCE


def creating_word(version: str) -> str:
    """The provisioning state of a new deployment."""
    return "Creating" if is_whole(version) else "Updating"


def unknown_to_endpoints(version: str) -> set[str]:
    """Properties that this version does not show."""
    return {"mirrorTraffic", "publicNetworkAccess"} if version in WITHOUT_NETWORKS else set()


def unknown_to_deployments(version: str) -> set[str]:
    """Properties that this version does not show."""
    if is_whole(version):
        return {"privateNetworkConnection"}
    if version in WITHOUT_NETWORKS:
        return {"dataCollector", "privateNetworkConnection", "egressPublicNetworkAccess"}
    return {"dataCollector"}
