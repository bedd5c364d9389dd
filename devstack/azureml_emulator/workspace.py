"""The one workspace that is served: its names, its keys, and the hosts it is reached by."""

import base64
import datetime as dt
import re
import secrets
import uuid

from pydantic import BaseModel, Field

from devstack.azureml_emulator.store import Collection, Store

ARM_HOST = "management.azure.com"
LOGIN_HOST = "login.microsoftonline.com"
REGION = "westeurope"
PROVIDER = "Microsoft.MachineLearningServices"


def _uuid() -> str:
    return str(uuid.uuid4())


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")


class Workspace(BaseModel):
    """Generated once per state directory; nothing in it is known outside of this machine."""

    subscription_id: str = Field(default_factory=_uuid)
    resource_group: str = "local-resources"
    name: str = "local-workspace"
    region: str = REGION
    created_at: str = Field(default_factory=_now)
    workspace_id: str = Field(default_factory=_uuid)
    tenant_id: str = Field(default_factory=_uuid)
    client_id: str = Field(default_factory=_uuid)
    principal_id: str = Field(default_factory=_uuid)
    client_secret: str = Field(default_factory=lambda: secrets.token_urlsafe(32))
    identity_header: str = Field(default_factory=lambda: secrets.token_hex(16))
    storage_account: str = Field(default_factory=lambda: f"local{secrets.token_hex(8)}")
    storage_key: str = Field(
        default_factory=lambda: base64.b64encode(secrets.token_bytes(64)).decode()
    )
    default_container: str = Field(default_factory=lambda: f"azureml-blobstore-{uuid.uuid4()}")

    @property
    def arm_id(self) -> str:
        return f"{self.group_id}/providers/{PROVIDER}/workspaces/{self.name}"

    @property
    def group_id(self) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"

    @property
    def storage_account_id(self) -> str:
        return f"{self.group_id}/providers/Microsoft.Storage/storageAccounts/{self.storage_account}"

    @property
    def container_registry(self) -> str:
        group = self.arm_id.partition("/providers/")[0]
        name = f"cr{self.storage_account}"
        return f"{group}/providers/Microsoft.ContainerRegistry/registries/{name}"

    @property
    def blob_host(self) -> str:
        return f"{self.storage_account}.blob.core.windows.net"

    def scoring_host(self, endpoint: str) -> str:
        return f"{endpoint}.{self.region}.inference.ml.azure.com"

    @property
    def scoring_host_pattern(self) -> re.Pattern[str]:
        """The first group is the endpoint's name."""
        suffix = re.escape(f".{self.region}.inference.ml.azure.com")
        return re.compile(rf"([A-Za-z0-9-]+){suffix}")

    @property
    def certificate_names(self) -> list[str]:
        return [ARM_HOST, LOGIN_HOST, self.blob_host, self.scoring_host("*")]

    def serves(self, host: str) -> bool:
        return host in (ARM_HOST, LOGIN_HOST, self.blob_host) or bool(
            self.scoring_host_pattern.fullmatch(host)
        )


def service_of(host: str) -> str:
    """arm, login, blob or scoring: whose host name this is."""
    if ".blob." in host:
        return "blob"
    return {ARM_HOST: "arm", LOGIN_HOST: "login"}.get(host, "scoring")


def load_workspace(store: Store) -> Workspace:
    """The workspace of this state directory, generated when it is new."""
    collection = Collection(store, "workspace", Workspace)
    workspace = collection.get("workspace") or Workspace()
    collection.put("workspace", workspace)
    return workspace
