"""A deployment's files, laid out as Azure lays them out in a container."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import AssetVersion, Deployment, Resources
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.workspace import Workspace

ASSET_ID = re.compile(r"/(models|codes|environments)/([^/]+)/versions/([^/]+)$", re.IGNORECASE)


@dataclass(frozen=True)
class BlobFolder:
    """Where an asset's files are; `leaf` is the file or folder name that it was uploaded as."""

    container: str
    prefix: str

    @property
    def leaf(self) -> str:
        return PurePosixPath(self.prefix).name


@dataclass(frozen=True)
class Mounts:
    code: Path
    model: Path | None
    server_log: Path
    storage_log: Path


def find_asset(resources: Resources, arm_id: str) -> AssetVersion | None:
    """The asset version that an ARM id names, with or without the `azureml:` prefix."""
    found = ASSET_ID.search(arm_id)
    if found is None:
        return None
    return resources.asset(found[1].lower(), found[2], found[3])


def locate(uri: str, workspace: Workspace) -> BlobFolder:
    """The blobs that a model or code URI names. Raises OperationFailed for any other store."""
    datastore = re.search(r"/datastores/([^/]+)/paths/(.+)$", uri)
    if datastore:
        return BlobFolder(workspace.default_container, unquote(datastore[2]).strip("/"))
    parts = urlsplit(uri)
    if parts.hostname == workspace.blob_host:
        container, _, prefix = unquote(parts.path).strip("/").partition("/")
        return BlobFolder(container, prefix)
    raise OperationFailed("UserError", f"The asset at {uri} is not in this workspace's storage.")


class MountPlan:
    """Downloads a deployment's code and model from blob storage into its container folder."""

    def __init__(
        self, directory: Path, resources: Resources, blobs: Blobs, workspace: Workspace
    ) -> None:
        self._directory = directory
        self._resources = resources
        self._blobs = blobs
        self._workspace = workspace

    def folder(self, endpoint: str, deployment: str) -> Path:
        return self._directory / endpoint.lower() / deployment.lower()

    def logs(self, endpoint: str, deployment: str) -> tuple[Path, Path]:
        """The inference server's log and the storage initializer's."""
        folder = self.folder(endpoint, deployment)
        return folder / "inference-server.log", folder / "storage-initializer.log"

    def prepare(self, deployment: Deployment) -> Mounts:
        folder = self.folder(deployment.endpoint, deployment.name)
        app, models = folder / "azureml-app", folder / "azureml-models"
        for path in (app, models):
            shutil.rmtree(path, ignore_errors=True)
        app.mkdir(parents=True)
        server_log, storage_log = self.logs(deployment.endpoint, deployment.name)
        lines: list[str] = []
        code = app
        code_id = (deployment.properties.get("codeConfiguration") or {}).get("codeId")
        if code_id:
            code = self._download(self._uri(code_id, "codeUri"), app, lines)
        model = None
        if model_id := deployment.properties.get("model"):
            asset = find_asset(self._resources, model_id)
            if asset is None:
                raise OperationFailed("UserError", f"Model {model_id} was not found.")
            model = models / asset.name / asset.version
            self._download(asset.properties["modelUri"], model, lines)
        storage_log.write_text("".join(f"{line}\n" for line in lines))
        return Mounts(code, model, server_log, storage_log)

    def remove(self, endpoint: str, deployment: str) -> None:
        shutil.rmtree(self.folder(endpoint, deployment), ignore_errors=True)

    def _uri(self, arm_id: str, name: str) -> str:
        asset = find_asset(self._resources, arm_id)
        if asset is None:
            raise OperationFailed("UserError", f"Asset {arm_id} was not found.")
        return str(asset.properties[name])

    def _download(self, uri: str, target: Path, lines: list[str]) -> Path:
        """Copy the blobs under `uri` into `target`; the path of the file or folder it names."""
        source = locate(uri, self._workspace)
        top = target / source.leaf if source.leaf else target
        copied = 0
        for blob in self._blobs.list(source.container, source.prefix):
            relative = blob.name.removeprefix(source.prefix)
            if relative and source.prefix and not relative.startswith("/"):
                continue
            path = (top / relative.lstrip("/")) if relative else top
            if not path.resolve().is_relative_to(target.resolve()):
                raise OperationFailed("UserError", f"Blob {blob.name} leaves its folder.")
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._blobs.content(blob), path)
            copied += 1
        if not copied:
            raise OperationFailed(
                "UserError",
                f"BlobNotFound: there is nothing under {uri}",
                [{"code": "BlobNotFound"}],
            )
        lines.append(f"Downloaded {copied} files from {uri} to {top}")
        return top
