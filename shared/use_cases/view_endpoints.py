"""Endpoints as their owner sees them: what serves whom, what it costs, what changed."""

from collections.abc import Mapping
from typing import Any

import structlog

from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint import Provisioning
from shared.domain.endpoint_view import (
    Change,
    EndpointDetail,
    EndpointPage,
    EndpointQuery,
    EndpointSummary,
    KnownEndpoint,
    KnownRevisions,
    Revision,
    TrafficMove,
)
from shared.domain.status import PROVISIONED, Status
from shared.domain.traffic import as_written, carrying
from shared.errors import TransientError
from shared.errors.serving import ServingRefused
from shared.ports.user_data import UserData
from shared.services import Services
from shared.use_cases.change_endpoint import last_good

log = structlog.get_logger()

COMPARED = (
    "model_id",
    "instance_type",
    "instance_count",
    "autoscale",
    "description",
    "release",
    "keep_previous_minutes",
    "expires_in_hours",
)


def list_endpoints(
    services: Services, data: UserData, query: EndpointQuery, wait_seconds: float
) -> EndpointPage:
    """One page of the user's endpoints, with traffic as it was last seen."""
    known = data.endpoints(query)
    prices = _prices(services, wait_seconds / 2)
    counts = services.request_counts.last_hour(
        [each.name for each in known.endpoints], wait_seconds / 2
    )
    return EndpointPage(
        endpoints=[
            EndpointSummary(revisions=len(each.living), **_shown(each, prices, counts))
            for each in known.endpoints
        ],
        total=known.total,
        next_cursor=known.endpoints[-1].name if known.more else None,
    )


def show_endpoint(
    services: Services, data: UserData, name: str, wait_seconds: float
) -> EndpointDetail:
    """One endpoint, as the cloud has it now. Raises NotFound endpoint_not_found."""
    known = look_again(services, data, name)
    prices = _prices(services, wait_seconds / 2)
    counts = services.request_counts.last_hour([known.name], wait_seconds / 2)
    target = last_good(known)
    return EndpointDetail(
        **_shown(known, prices, counts),
        version=known.version,
        revisions=_revisions(known),
        moves=[_as_written(move, known) for move in known.moves],
        last_good=target and target.revision,
        operations=data.operations_on(known.name),
    )


def look_again(services: Services, data: UserData, name: str) -> KnownRevisions:
    """The endpoint with its traffic as it is in the cloud, or as last seen if that does not answer.

    Traffic that was moved outside Slipway is recorded as a move, so that the endpoint has a new
    version and nobody overwrites it unseen. Raises NotFound endpoint_not_found.
    """
    known = data.endpoint(name)
    try:
        found = services.target.provisioning.endpoint(known.name)
    except (TransientError, ServingRefused) as error:
        log.warning("traffic_not_read", code=error.code)
        return known
    if found is None or found.provisioning is not Provisioning.SUCCEEDED:
        return known
    there = carrying(found.traffic), carrying(found.mirror)
    if there == (known.traffic, known.mirror):
        return known
    services.records.record_traffic(known.name, *there)
    return data.endpoint(name)


def _shown(
    known: KnownEndpoint, prices: Mapping[str, float | None], counts: Mapping[str, int | None]
) -> dict[str, Any]:
    """What a list and a detail have in common."""
    names = [each.deployment_name for each in known.living]
    awake = [each for each in known.living if each.status is not Status.ASLEEP]
    costs = [(prices.get(each.instance_type), each.instance_count) for each in awake]
    usd = sum(price * count for price, count in costs if price is not None)
    return {
        "name": known.name,
        "scoring_uri": next((each.scoring_uri for each in known.living if each.scoring_uri), None),
        "traffic": as_written(known.traffic, names),
        "mirror": as_written(known.mirror, names),
        "requests_last_hour": counts.get(known.name),
        "usd_per_hour": None if any(price is None for price, _ in costs) else round(usd, 4),
        "reason": _why_nobody_serves(known),
    }


def _why_nobody_serves(known: KnownEndpoint) -> str | None:
    """None where somebody does."""
    if carrying(known.traffic):
        return None
    statuses = {each.status for each in known.living}
    if Status.ACTIVE in statuses:
        return "No revision has traffic: move it to one that is active."
    if Status.DEPLOYING in statuses:
        return "Its first revision is being deployed."
    return "Every revision is asleep: wake one, or roll back to it."


def _revisions(known: KnownRevisions) -> list[Revision]:
    traffic, mirror = carrying(known.traffic), carrying(known.mirror)
    before: dict[int, DeploymentRow] = {}
    for newer, older in zip(known.revisions, known.revisions[1:], strict=False):
        before[newer.revision] = older
    return [
        Revision(
            deployment_id=row.id,
            model_name=row.trained_models and row.trained_models.model_name,
            model_version=row.azure_model_version,
            traffic=_share_of(row, traffic),
            mirror=_share_of(row, mirror),
            changed=_changed(before.get(row.revision), row),
            variables_changed=_variables_changed(before.get(row.revision), row),
            **row.model_dump(include=set(Revision.model_fields) & set(DeploymentRow.model_fields)),
        )
        for row in known.revisions
    ]


def _share_of(row: DeploymentRow, shares: Mapping[str, int]) -> int:
    """0 for a revision without a container: its name may be another's by now."""
    return shares.get(row.deployment_name.lower(), 0) if row.status in PROVISIONED else 0


def _changed(before: DeploymentRow | None, after: DeploymentRow) -> list[Change]:
    """The fields of COMPARED that are not as in the revision before."""
    if before is None:
        return []
    old, new = (each.model_dump(mode="json", include=set(COMPARED)) for each in (before, after))
    return [
        Change(field=name, before=old[name], after=new[name])
        for name in COMPARED
        if old[name] != new[name]
    ]


def _variables_changed(before: DeploymentRow | None, after: DeploymentRow) -> list[str]:
    old = (before and before.environment_variables) or {}
    new = after.environment_variables or {}
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _as_written(move: TrafficMove, known: KnownRevisions) -> TrafficMove:
    names = [row.deployment_name for row in known.revisions]
    return move.model_copy(
        update={
            "traffic": as_written(move.traffic, names),
            "mirror": as_written(move.mirror, names),
        }
    )


def _prices(services: Services, wait_seconds: float) -> dict[str, float | None]:
    offers = services.offered.offers(wait_seconds)
    return {size.name: size.usd_per_hour for size in offers.instance_types}
