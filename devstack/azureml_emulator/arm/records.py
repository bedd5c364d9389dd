"""What is stored of each resource, and how ARM shows it."""

import datetime as dt
import secrets
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from devstack.azureml_emulator.store import Collection, Store
from devstack.azureml_emulator.workspace import Workspace

Resource = TypeVar("Resource", bound="Record")

TERMINAL = ("Succeeded", "Failed", "Canceled")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def new_key() -> str:
    return secrets.token_urlsafe(48)


def newest_first(records: list[Resource]) -> list[Resource]:
    """The order in which the service lists endpoints and deployments."""
    return sorted(records, key=lambda record: record.created_at, reverse=True)


class Record(BaseModel):
    created_at: dt.datetime = Field(default_factory=now)
    modified_at: dt.datetime = Field(default_factory=lambda made: made["created_at"])
    """Of what was PUT or changed last; of a deployment it stays the time of its creation."""

    def system_data(self, workspace: Workspace) -> dict[str, str]:
        return {
            "createdAt": self.created_at.isoformat(),
            "createdBy": workspace.client_id,
            "createdByType": "Application",
            "lastModifiedAt": self.modified_at.isoformat(),
            "lastModifiedBy": workspace.client_id,
            "lastModifiedByType": "Application",
        }


class AssetContainer(Record):
    """A named model, code or environment; its versions are AssetVersion records."""

    name: str
    properties: dict[str, Any] = {}


class AssetVersion(Record):
    name: str
    version: str
    properties: dict[str, Any]

    @property
    def archived(self) -> bool:
        return bool(self.properties.get("isArchived"))

    @property
    def stage(self) -> str:
        """What was said or decided of it, else what the service says where nothing was."""
        nothing = "Logged" if self.properties.get("isAnonymous") else "Development"
        return str(self.properties.get("stage") or nothing)


class Datastore(Record):
    """`secrets` are what listSecrets answers; they are never part of what is shown."""

    name: str
    properties: dict[str, Any]
    secrets: dict[str, Any]


class Endpoint(Record):
    name: str
    location: str
    tags: dict[str, str] = {}
    kind: str | None = None
    identity: dict[str, Any] | None = None
    description: str | None = None
    auth_mode: str = "Key"
    public_network_access: str = "Enabled"
    properties: dict[str, str] = {}
    traffic: dict[str, int] = {}
    mirror_traffic: dict[str, int] = {}
    provisioning_state: str = "Creating"
    provisioned: bool = False
    operation_id: str | None = None
    primary_key: str = Field(default_factory=new_key)
    secondary_key: str = Field(default_factory=new_key)


class Deployment(Record):
    endpoint: str
    name: str
    location: str
    tags: dict[str, str] = {}
    sku: dict[str, Any]
    properties: dict[str, Any]
    """As ARM sent it: model, codeConfiguration, environmentId, requestSettings and so on."""
    own_variables: dict[str, str] = {}
    """What the service shows among its environment variables, once it is up."""
    provisioning_state: str = "Updating"
    provisioned: bool = False
    operation_id: str | None = None
    said_operation: str | None = None
    """The operation's URI as the last PUT sent it back: all but the PUT's own answer show it."""
    processes: int = 1

    @property
    def instances(self) -> int:
        return int(self.sku.get("capacity") or 1)

    @property
    def instance_type(self) -> str:
        return str(self.properties["instanceType"])


class OperationRecord(BaseModel):
    """A long-running operation. `due_at` is the earliest end, as the latency of its start said."""

    id: str
    kind: str
    api_version: str
    endpoint: str
    deployment: str | None
    payload: dict[str, Any] = {}
    status: str
    started_at: dt.datetime
    due_at: dt.datetime
    ended_at: dt.datetime | None = None
    error: dict[str, Any] | None = None
    planned_failure: dict[str, Any] | None = None
    polling_headers: dict[str, str] = {}

    @property
    def ended(self) -> bool:
        return self.status in TERMINAL


class Image(BaseModel):
    """An environment version that was built: later deployments do not wait for it again."""

    environment: str


class Resources:
    """Every collection of the workspace."""

    def __init__(self, store: Store) -> None:
        self.transaction = store.transaction
        self.endpoints = Collection(store, "endpoints", Endpoint)
        self.deployments = Collection(store, "deployments", Deployment)
        self.operations = Collection(store, "operations", OperationRecord)
        self.datastores = Collection(store, "datastores", Datastore)
        self.images = Collection(store, "images", Image)
        self.containers = {
            kind: Collection(store, f"{kind}-containers", AssetContainer) for kind in ASSETS
        }
        self.versions = {kind: Collection(store, kind, AssetVersion) for kind in ASSETS}

    def save(self, resource: Endpoint | Deployment) -> None:
        if isinstance(resource, Endpoint):
            self.save_endpoint(resource)
        else:
            self.save_deployment(resource)

    def endpoint(self, name: str) -> Endpoint | None:
        return self.endpoints.get(name.lower())

    def save_endpoint(self, endpoint: Endpoint) -> None:
        self.endpoints.put(endpoint.name.lower(), endpoint)

    def deployment(self, endpoint: str, name: str) -> Deployment | None:
        return self.deployments.get(f"{endpoint}/{name}".lower())

    def deployments_of(self, endpoint: str) -> list[Deployment]:
        return self.deployments.all(f"{endpoint}/".lower())

    def save_deployment(self, deployment: Deployment) -> None:
        self.deployments.put(f"{deployment.endpoint}/{deployment.name}".lower(), deployment)

    def delete_deployment(self, endpoint: str, name: str) -> None:
        self.deployments.delete(f"{endpoint}/{name}".lower())

    def asset(self, kind: str, name: str, version: str) -> AssetVersion | None:
        return self.versions[kind].get(asset_key(name, version))


ASSETS = ("models", "codes", "environments")


def asset_key(name: str, version: str) -> str:
    return f"{name}/{version}".lower()
