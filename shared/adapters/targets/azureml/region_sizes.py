"""The machine sizes that a region offers to managed online endpoints, with the region's prices."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog

from shared.adapters.targets.azureml.answers import read_answer
from shared.adapters.targets.azureml.connection import ARM, Connection
from shared.adapters.targets.azureml.preflight import read_workspace
from shared.adapters.targets.azureml.sdk_errors import failure_of, translating
from shared.domain.catalogue import InstanceType

log = structlog.get_logger()

API_VERSION = "2024-04-01"
SERIES: dict[str, tuple[int, ...]] = {
    "standard_d{}a_v4": (2, 4, 8, 16, 32, 48, 64, 96),
    "standard_d{}as_v4": (2, 4, 8, 16, 32, 48, 64, 96),
    "standard_ds{}_v2": (1, 2, 3, 4, 5),
    "standard_e{}s_v3": (2, 4, 8, 16, 32, 48, 64),
    "standard_f{}s_v2": (2, 4, 8, 16, 32, 48, 64, 72),
    "standard_fx{}mds": (4, 12, 24, 36, 48),
    "standard_l{}as_v3": (8, 16, 32, 48, 64, 80),
    "standard_l{}s_v2": (8, 16, 32, 48, 64, 80),
    "standard_l{}s_v3": (8, 16, 32, 48, 64, 80),
}
"""The sizes with processors alone of Microsoft's "Managed online endpoints SKU list".

`vmSizes` lists what clusters take as well, some of it of the same families: DS11_v2, E20s_v3.
"""
SIZES = frozenset(name.format(size) for name, sizes in SERIES.items() for size in sizes)


def read_instance_types(connection: Connection) -> list[InstanceType]:
    """The sizes on offer, with the region's prices. Raises ServingRefused, TransientError."""
    region = read_workspace(connection).location
    path = (
        f"/subscriptions/{quote(connection.subscription)}/providers"
        f"/Microsoft.MachineLearningServices/locations/{quote(region)}/vmSizes"
    )
    from azure.core.rest import HttpRequest

    intent = connection.intent(f"read the sizes of {region}")
    with translating(intent):
        request = HttpRequest("GET", f"{ARM}{path}", params={"api-version": API_VERSION})
        response = connection.arm.send_request(request)
        if response.status_code != HTTPStatus.OK:
            answer = read_answer(response.status_code, response.text(), dict(response.headers))
            raise failure_of(answer, intent)
        listed = response.json()["value"]
    found = list(_offered(listed, region))
    log.info("region_sizes_read", region=region, listed=len(listed), offered=len(found))
    return found


def _offered(listed: list[dict[str, Any]], region: str) -> Iterator[InstanceType]:
    """Those of SIZES among what the region lists."""
    for size in listed:
        if size["name"].lower() in SIZES:
            price = _linux_price(size.get("estimatedVMPrices") or {})
            yield InstanceType(
                name=size["name"],
                cores=size["vCPUs"],
                memory_gb=size["memoryGB"],
                family=size["family"],
                prices={} if price is None else {region: price},
            )


def _linux_price(prices: dict[str, Any]) -> float | None:
    """USD an hour, pay as you go; None where the region tells no price or another currency."""
    if prices.get("billingCurrency") != "USD" or prices.get("unitOfMeasure") != "OneHour":
        return None
    for price in prices.get("values", []):
        if (price.get("osType"), price.get("vmTier")) == ("Linux", "Standard"):
            return float(price["retailPrice"])
    return None
