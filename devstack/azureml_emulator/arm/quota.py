"""Core quota per machine family: limits that can be set, usage that follows from deployments."""

from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.errors import inferencing_error, not_done, user_error
from devstack.azureml_emulator.arm.records import Deployment, Resources
from devstack.azureml_emulator.arm.skus import (
    CLUSTERS,
    DEFAULT_LIMIT_CORES,
    DISK_MB_PER_CORE,
    FAMILIES,
    ONLINE,
    PRICES,
    SKUS,
    SYSTEM_DISK_MB,
    Sku,
    cores_needed,
    region_of,
)
from devstack.azureml_emulator.arm.workspaces import check_scope
from devstack.azureml_emulator.store import Collection, Store
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

MOST_CLUSTERS = 200


class Limit(BaseModel):
    cores: int


class Quota:
    def __init__(self, resources: Resources, store: Store, workspace: Workspace) -> None:
        self._resources = resources
        self._limits = Collection(store, "quota", Limit)
        self._workspace = workspace

    def routes(self) -> list[Route]:
        return [
            Route("/locations/{location}/usages", self.usages),
            Route("/locations/{location}/quotas", self.quotas),
            Route("/locations/{location}/vmSizes", self.sizes),
        ]

    def limit(self, family: str) -> int:
        limit = self._limits.get(family)
        return limit.cores if limit else DEFAULT_LIMIT_CORES

    def set_limit(self, family: str, cores: int) -> None:
        self._limits.put(family, Limit(cores=cores))

    def used(self, family: str, *, without: Deployment | None = None) -> int:
        """Cores that deployments of this family hold, reserve included; failed ones hold theirs."""
        skip = (without.endpoint.lower(), without.name.lower()) if without else None
        return sum(
            cores_needed(sku_of(deployment.instance_type), deployment.instances)
            for deployment in self._resources.deployments.all()
            if sku_of(deployment.instance_type).family == family
            and (deployment.endpoint.lower(), deployment.name.lower()) != skip
        )

    def check(self, deployment: Deployment) -> None:
        """Raise the service's own refusal when this deployment does not fit beside the others."""
        sku = sku_of(deployment.instance_type)
        used, limit = self.used(sku.family, without=deployment), self.limit(sku.family)
        needed = cores_needed(sku, deployment.instances)
        if used + needed > limit:
            raise inferencing_error(
                "InferencingClientCreateDeploymentFailed",
                "VmSize",
                f"Not enough quota available for {sku.name} in SubscriptionId"
                f" {self._workspace.subscription_id}. Current usage/limit: {used}/{limit}."
                f" Additional needed: {needed} Please see troubleshooting guide, available here:"
                " https://aka.ms/oe-tsg#error-outofquota",
            )

    async def usages(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        families = [self._usage(family) for family in FAMILIES]
        return JSONResponse({"value": [*self._totals(), *families]})

    async def quotas(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        return JSONResponse({"value": [row for name in FAMILIES for row in self._quotas(name)]})

    async def sizes(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        region = region_of(request.path_params["location"])
        if region not in PRICES:
            raise not_done(f"the sizes of {region}; it has those of {', '.join(PRICES)}")
        return JSONResponse({"value": [_size(sku, region) for sku in SKUS.values()]})

    def _totals(self) -> list[dict[str, Any]]:
        """Clusters are not emulated; of cores there are as many as the families have together."""
        used, limit = (sum(map(of, FAMILIES)) for of in (self.used, self.limit))
        totals = (
            ("TotalClusters", "Total Clusters", 0, MOST_CLUSTERS),
            ("TotalDedicatedCores", "Total Cluster Dedicated Regional vCPUs", used, limit),
        )
        return [
            {
                "id": self._subscription,
                "type": f"{PROVIDER}/{name[0].lower()}{name[1:]}/usages",
                "unit": "Count",
                "currentValue": current,
                "limit": most,
                "name": {"value": name, "localizedValue": words},
            }
            for name, words, current, most in totals
        ]

    def _usage(self, family: str) -> dict[str, Any]:
        return {
            "id": f"{self._subscription}/usages/{family}",
            "type": f"{PROVIDER}/vmFamily/dedicatedCores/usages",
            "unit": "Count",
            "currentValue": self.used(family),
            "limit": self.limit(family),
            "name": _name(family),
        }

    def _quotas(self, family: str) -> list[dict[str, Any]]:
        """A family's line for the subscription, and the one for the workspace."""
        both = {"name": _name(family), "limit": self.limit(family), "unit": "Count"}
        holders = (
            (self._subscription, "vmFamily", None),
            (self._workspace.arm_id, "workspaces", self._workspace.region),
        )
        return [
            {
                **both,
                "id": f"{holder}/quotas/{family}",
                "type": f"{PROVIDER}/{kind}/dedicatedCores/quotas",
                "location": location,
            }
            for holder, kind, location in holders
        ]

    @property
    def _subscription(self) -> str:
        return f"/subscriptions/{self._workspace.subscription_id}"


def sku_of(instance_type: str) -> Sku:
    sku = SKUS.get(instance_type.lower())
    if sku is None or not sku.served:
        raise user_error(
            400,
            f"The instance type '{instance_type}' is not supported. Supported are:"
            f" {', '.join(one.name for one in SKUS.values() if one.served)}.",
            "BadArgument",
        )
    return sku


def _size(sku: Sku, region: str) -> dict[str, Any]:
    """Without estimatedVMPrices where the price is not known."""
    size: dict[str, Any] = {
        "name": sku.name,
        "family": sku.family,
        "vCPUs": sku.cores,
        "gpus": 0,
        "osVhdSizeMB": SYSTEM_DISK_MB,
        "maxResourceVolumeMB": sku.cores * DISK_MB_PER_CORE[sku.family],
        "memoryGB": float(sku.memory_gb),
        "lowPriorityCapable": True,
        "premiumIO": True,
        "supportedComputeTypes": [*CLUSTERS, *([ONLINE] if sku.served else [])],
        "generation": "gen1",
        "supportsIB": False,
    }
    price = PRICES[region].get(sku.name)
    if price is not None:
        size["estimatedVMPrices"] = {
            "billingCurrency": "USD",
            "unitOfMeasure": "OneHour",
            "values": [{"retailPrice": price, "osType": "Linux", "vmTier": "Standard"}],
        }
    return size


def _name(family: str) -> dict[str, str]:
    words = family.removeprefix("standard").removesuffix("Family")
    return {"value": family, "localizedValue": f"Standard {words} Family Cluster Dedicated vCPUs"}
