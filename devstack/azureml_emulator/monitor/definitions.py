"""The metrics of online endpoints and their deployments, as the service defines them."""

from dataclasses import dataclass

from devstack.azureml_emulator.workspace import PROVIDER

ENDPOINTS = "workspaces/onlineEndpoints"
DEPLOYMENTS = "workspaces/onlineEndpoints/deployments"
AVERAGE = "Average"
MINIMUM, MAXIMUM = "Minimum", "Maximum"


@dataclass(frozen=True)
class Metric:
    """`measured` is whether the emulator has its values; `split_by` what it can split them by."""

    name: str
    words: str
    unit: str
    dimensions: tuple[str, ...]
    aggregations: tuple[str, ...] = (AVERAGE,)
    measured: bool = True
    split_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One type of resource and its metrics."""

    type: str
    metrics: tuple[Metric, ...]

    @property
    def namespace(self) -> str:
        return f"{PROVIDER}/{self.type}"

    def metric(self, name: str) -> Metric | None:
        return next((one for one in self.metrics if one.name.lower() == name.lower()), None)


BY_DEPLOYMENT = ("deployment",)
BY_OUTCOME = ("deployment", "statusCode", "statusCodeClass", "modelStatusCode")
ALL = (AVERAGE, MINIMUM, MAXIMUM)

OF_ENDPOINT = Kind(
    ENDPOINTS,
    (
        Metric(
            "RequestLatency", "Request Latency", "MilliSeconds", BY_DEPLOYMENT,
            split_by=BY_DEPLOYMENT,
        ),
        *(
            Metric(
                f"RequestLatency_P{percent}", f"Request Latency P{percent}", "MilliSeconds",
                BY_DEPLOYMENT, split_by=BY_DEPLOYMENT,
            )
            for percent in (50, 90, 95, 99)
        ),
        Metric(
            "RequestsPerMinute", "Requests Per Minute", "Count", BY_OUTCOME, split_by=BY_OUTCOME
        ),
        Metric("ConnectionsActive", "Connections Active", "Count", (), measured=False),
        Metric(
            "NewConnectionsPerSecond", "New Connections Per Second", "CountPerSecond", (),
            measured=False,
        ),
        Metric("NetworkBytes", "Network Bytes", "BytesPerSecond", (), measured=False),
    ),
)  # fmt: skip
OF_DEPLOYMENT = Kind(
    DEPLOYMENTS,
    (
        Metric(
            "CpuUtilizationPercentage", "CPU Utilization Percentage", "Percent", ("instanceId",),
            ALL,
        ),
        Metric(
            "CpuMemoryUtilizationPercentage", "CPU Memory Utilization Percentage", "Percent",
            ("instanceId",), ALL,
        ),
        Metric(
            "DeploymentCapacity", "Deployment Capacity", "Count", ("instanceId", "State"), ALL
        ),
        Metric("DiskUtilization", "Disk Utilization", "Percent", ("instanceId",), ALL, False),
    ),
)  # fmt: skip
