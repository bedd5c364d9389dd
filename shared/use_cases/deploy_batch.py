"""From a batch request to its orchestration: all judged before any begins, all rows or none."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.config import Settings
from shared.domain.batch import Batch, BatchMember, BatchRequest
from shared.domain.deployment import DeploymentSpec, DeployRequest
from shared.domain.naming import four_characters
from shared.domain.operation import OperationKind, OperationStatus
from shared.errors import UserFacingError
from shared.errors.requests import (
    BatchRefused,
    DeploymentNameTaken,
    DoubleInBatch,
    EndpointNameTaken,
    RequestRefused,
)
from shared.ports.orchestrations import Orchestrations
from shared.ports.sizes import Sizes
from shared.ports.user_batches import UserBatches
from shared.ports.user_templates import UserTemplates
from shared.use_cases.apply_template import with_template
from shared.use_cases.deploy import MAX_NAMES, hash_of, spec_of
from shared.use_cases.runs import deadlines_of
from shared.wire.batch import BatchRun
from shared.wire.outcome import Failed


@dataclass(frozen=True)
class BatchInitiator:
    """Begins a batch for one request of one user."""

    batches: UserBatches
    templates: UserTemplates
    orchestrations: Orchestrations
    settings: Settings
    sizes: Sizes
    request_id: str
    traceparent: str | None = None

    def deploy(self, wanted: BatchRequest, idempotency_key: str | None = None) -> Batch:
        """Insert all rows of the batch and start its orchestration; the batch.

        Raises what UserBatches.request raises, and Unavailable start_failed. Errors of templates
        and sizes are in BatchRefused, each with the index of its deployment.
        """
        requests = self._filled(wanted.deployments)
        _refuse_doubles(requests)
        asked = [each.asked for each in requests]
        body_hash = hash_of([asked, wanted.at_once, wanted.on_failure])
        suffixes: dict[int, str] = {}
        for tried in range(MAX_NAMES):
            try:
                requested = self.batches.request(
                    str(uuid.uuid4()),
                    _members(requests, self.sizes, datetime.now(UTC), suffixes),
                    at_once=wanted.at_once,
                    on_failure=wanted.on_failure,
                    idempotency_key=idempotency_key,
                    body_hash=body_hash,
                )
                break
            except BatchRefused as refused:
                if tried == MAX_NAMES - 1 or not _all_generated(refused, requests):
                    raise
                suffixes |= {index: four_characters() for index, _ in refused.problems}
        batch = requested.batch
        if not requested.replayed:
            self._start(batch)
        elif batch.status is OperationStatus.RUNNING and not self.orchestrations.is_known(
            batch.batch_id
        ):
            # Whoever asked first may be about to start it, or has crashed: both are served.
            self._begin(batch)
        return batch

    def _filled(self, wanted: list[DeployRequest]) -> list[DeployRequest]:
        """With their templates, all of sizes that are on offer. BatchRefused."""
        filled: list[DeployRequest] = []
        problems: list[tuple[int, UserFacingError]] = []
        for index, each in enumerate(wanted):
            try:
                request = with_template(each, self.templates, self.sizes)
                self.sizes.named(request.instance_type)
                filled.append(request)
            except RequestRefused as error:
                problems.append((index, error))
        if problems:
            raise BatchRefused(problems)
        return filled

    def _start(self, batch: Batch) -> None:
        try:
            self._begin(batch)
        except UserFacingError as error:
            self.batches.abandon(batch.batch_id, Failed.because(error))
            raise

    def _begin(self, batch: Batch) -> None:
        run = batch_run_of(
            batch, self.settings, request_id=self.request_id, traceparent=self.traceparent
        )
        self.orchestrations.start(OperationKind.BATCH.orchestrator, batch.batch_id, run)


def batch_run_of(
    batch: Batch,
    settings: Settings,
    *,
    request_id: str | None = None,
    traceparent: str | None = None,
) -> BatchRun:
    """The input of this batch's deploy_batch."""
    return BatchRun(
        operation_id=batch.batch_id,
        user_id=batch.user_id,
        deadlines=deadlines_of(settings),
        lanes=min(batch.at_once, batch.total),
        on_failure=batch.on_failure,
        request_id=request_id,
        traceparent=traceparent,
    )


def _members(
    requests: list[DeployRequest], sizes: Sizes, now: datetime, suffixes: dict[int, str]
) -> list[BatchMember]:
    """In the order of the request; those that need the fewest cores of quota begin first.

    So a large one that finds no quota left has kept none of the small ones from theirs.
    """
    specs: list[DeploymentSpec] = []
    taken: set[tuple[str, str]] = set()
    for index, request in enumerate(requests):
        spec = spec_of(request, now, suffixes.get(index, ""))
        if _name(spec) in taken:  # generated within the same second
            spec = spec_of(request, now, four_characters())
        taken.add(_name(spec))
        specs.append(spec)
    order = sorted(range(len(specs)), key=lambda index: (_cores(specs[index], sizes), index))
    return [
        BatchMember(id=str(uuid.uuid4()), spec=spec, place=order.index(index))
        for index, spec in enumerate(specs)
    ]


def _cores(spec: DeploymentSpec, sizes: Sizes) -> int:
    """Of quota, for as many instances as it may be scaled to."""
    return sizes.named(spec.instance_type).cores_of_quota(spec.most_instances)


def _name(spec: DeploymentSpec | DeployRequest) -> tuple[str, str]:
    return (spec.endpoint_name or "").lower(), (spec.deployment_name or "").lower()


def _refuse_doubles(requests: list[DeployRequest]) -> None:
    first: dict[tuple[str, str], int] = {}
    problems: list[tuple[int, UserFacingError]] = []
    for index, each in enumerate(requests):
        if each.deployment_name is None or each.endpoint_name is None:
            continue
        earlier = first.setdefault(_name(each), index)
        if earlier != index:
            error = DoubleInBatch(each.deployment_name, each.endpoint_name, earlier)
            problems.append((index, error))
    if problems:
        raise BatchRefused(problems)


def _all_generated(refused: BatchRefused, requests: list[DeployRequest]) -> bool:
    """Each is refused for a name that another one may be generated for."""
    return all(
        (isinstance(error, DeploymentNameTaken) and not requests[index].deployment_name)
        or (isinstance(error, EndpointNameTaken) and not requests[index].endpoint_name)
        for index, error in refused.problems
    )
