"""Endpoints as their owner sees them: a page of the list, one with its revisions."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.deployment import DeploymentRow
from shared.domain.naming import Id
from shared.domain.operation import OperationKind
from shared.domain.status import Status
from shared.domain.text import Text


class Living(BaseModel):
    """A revision that is deploying, active or asleep, as far as a list needs it."""

    deployment_id: Id
    deployment_name: str
    status: Status
    instance_type: str
    instance_count: int
    revision: int
    scoring_uri: str | None = None


class TrafficMove(BaseModel):
    """A change of an endpoint's traffic, which holds from `at` on."""

    at: datetime
    traffic: dict[str, int]
    mirror: dict[str, int]
    operation_id: Id | None = Field(None, description="Null where it was moved outside Slipway.")


class KnownEndpoint(BaseModel):
    """An endpoint's row, with the revisions that are deploying, active or asleep."""

    model_config = ConfigDict(extra="ignore")

    name: str
    traffic: dict[str, int]
    mirror: dict[str, int]
    version: int
    created_at: datetime
    living: list[Living]


class KnownRevisions(KnownEndpoint):
    """The same, with all revisions that were not deleted, and all moves; both newest first."""

    revisions: list[DeploymentRow]
    moves: list[TrafficMove]


class KnownEndpoints(BaseModel):
    """A page of rows; `total` counts all that match, `more` says whether another page follows."""

    endpoints: list[KnownEndpoint]
    total: int
    more: bool


class EndpointQuery(BaseModel):
    """A page of the list, by name."""

    model_config = ConfigDict(extra="forbid")

    search: Text | None = None
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=64)


class EndpointSummary(BaseModel):
    """An endpoint as the list shows it."""

    name: str
    scoring_uri: str | None
    traffic: dict[str, int] = Field(description="Deployment name to percentage, as last seen.")
    mirror: dict[str, int]
    revisions: int = Field(description="Those that are deploying, active or asleep.")
    requests_last_hour: int | None = Field(description="Null where the metrics are not at hand.")
    usd_per_hour: float | None = Field(description="Of what is awake; null if a price is unknown.")
    reason: str | None = Field(description="Why nobody serves, where nobody does.")


class EndpointPage(BaseModel):
    """The reply of GET /endpoints."""

    endpoints: list[EndpointSummary]
    total: int
    next_cursor: str | None = None


class Change(BaseModel):
    """One field of a revision that is not as in the revision before it."""

    field: str
    before: Any
    after: Any


class Revision(BaseModel):
    """A deployment as its endpoint's history shows it."""

    model_config = ConfigDict(protected_namespaces=())

    revision: int
    deployment_id: Id
    deployment_name: str
    model_id: Id | None
    model_name: str | None
    model_version: str | None
    status: Status
    traffic: int = Field(description="Its percentage of the live requests.")
    mirror: int
    description: str | None
    instance_type: str
    instance_count: int
    created_at: datetime
    deployed_at: datetime | None
    expires_at: datetime | None
    sleeps_at: datetime | None
    changed: list[Change] = Field(description="Against the revision before; empty for the first.")
    variables_changed: list[str] = Field(description="Names of environment variables alone.")


class RunningOperation(BaseModel):
    """What is being done to an endpoint or to one of its deployments."""

    id: Id
    kind: OperationKind
    deployment_id: Id | None
    started_at: datetime


class EndpointDetail(BaseModel):
    """The reply of GET /endpoints/{name}."""

    name: str
    scoring_uri: str | None
    traffic: dict[str, int]
    mirror: dict[str, int]
    version: int = Field(description="Of the traffic: the first part of this reply's ETag.")
    requests_last_hour: int | None
    usd_per_hour: float | None
    reason: str | None
    revisions: list[Revision]
    moves: list[TrafficMove] = Field(description="Who served when, newest first; at most 100.")
    last_good: int | None = Field(description="The revision that a rollback would go to.")
    operations: list[RunningOperation] = Field(
        description="What runs on it now, the oldest first; at most 20."
    )


class Rollback(BaseModel):
    """The body of POST /endpoints/{name}/rollback."""

    model_config = ConfigDict(extra="forbid")

    to: int | None = Field(
        None,
        strict=True,
        ge=1,
        description="A revision; the last that served everything if absent.",
    )


class ChangeAccepted(BaseModel):
    """The reply to a change that takes time; GET /operations/{operation_id} follows it."""

    operation_id: Id
    message: str


class RollbackAccepted(ChangeAccepted):
    """The reply to a rollback; `to` is the revision that it goes to."""

    to: int
