"""A deployment's files, laid out as Azure lays them out in a container."""

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import AssetVersion, Deployment, Resources
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.serving.curated import in_registry, in_workspace
from devstack.azureml_emulator.workspace import Workspace

MAX_TEXT_BYTES = 1 << 20
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
    model_folder: str
    """The name under which the model's files lie in `model`; empty where they lie there bare."""
    server_log: Path
    storage_log: Path


@dataclass(frozen=True)
class Download:
    uri: str
    top: Path
    files: list[tuple[Path, Path]]

    def __str__(self) -> str:
        return f"Downloaded {len(self.files)} files from {self.uri} to {self.top}"


def find_asset(resources: Resources, arm_id: str) -> AssetVersion | None:
    """The asset version that an id names, with or without the `azureml:` prefix.

    Microsoft's curated environments are found in its registry and in the workspace alike.
    """
    if curated := in_registry(arm_id):
        return curated
    found = ASSET_ID.search(arm_id)
    if found is None:
        return None
    kind, name, version = found[1].lower(), found[2], found[3]
    asset = resources.asset(kind, name, version)
    return asset or (in_workspace(name, version) if kind == "environments" else None)


def locate(uri: str, workspace: Workspace, resources: Resources) -> BlobFolder:
    """The blobs that a model or code URI names. Raises OperationFailed for any other store."""
    if named := re.search(r"/datastores/([^/]+)/paths/(.+)$", uri):
        datastore = resources.datastores.get(named[1].lower())
        known = datastore.properties if datastore else {}
        if known.get("accountName") == workspace.storage_account and known.get("containerName"):
            return BlobFolder(known["containerName"], unquote(named[2]).strip("/"))
    parts = urlsplit(uri)
    if parts.hostname == workspace.blob_host:
        container, _, prefix = unquote(parts.path).strip("/").partition("/")
        return BlobFolder(container, prefix)
    raise OperationFailed("UserError", f"The asset at {uri} is not in this workspace's storage.")


def text_in(
    uri: str, name: str, blobs: Blobs, workspace: Workspace, resources: Resources
) -> str | None:
    """A small text file of an asset; None where there is none. Raises OperationFailed."""
    folder = locate(uri, workspace, resources)
    blob = blobs.get(folder.container, f"{folder.prefix.rstrip('/')}/{name}")
    if blob is None or blob.size > MAX_TEXT_BYTES:
        return None
    return blobs.content(blob).read_text(errors="replace")


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

    def events(self, endpoint: str, deployment: str) -> Path:
        return self.folder(endpoint, deployment) / "instance-events.log"

    def text_in(self, uri: str, name: str) -> str | None:
        return text_in(uri, name, self._blobs, self._workspace, self._resources)

    async def prepare(self, deployment: Deployment, *, fetch: bool = True) -> Mounts:
        """Raises OperationFailed when an asset or its blobs are missing.

        Without `fetch` the files are those that are there already.
        """
        folder = self.folder(deployment.endpoint, deployment.name)
        app, models = folder / "azureml-app", folder / "azureml-models"
        server_log, storage_log = self.logs(deployment.endpoint, deployment.name)
        downloads = []
        code, model, model_folder = app, None, ""
        if code_id := (deployment.properties.get("codeConfiguration") or {}).get("codeId"):
            download = self._plan(self._asset(code_id).properties["codeUri"], app)
            downloads.append(download)
            code = download.top
        if model_id := deployment.properties.get("model"):
            asset = self._asset(model_id)
            model = models / asset.name / asset.version
            download = self._plan(asset.properties["modelUri"], model)
            downloads.append(download)
            model_folder = download.top.name if download.top != model else ""
        if fetch:
            await asyncio.to_thread(_fill, (app, models), downloads)
        storage_log.write_text("".join(f"{download}\n" for download in downloads))
        return Mounts(code, model, model_folder, server_log, storage_log)

    def remove(self, endpoint: str, deployment: str) -> None:
        shutil.rmtree(self.folder(endpoint, deployment), ignore_errors=True)

    def _asset(self, arm_id: str) -> AssetVersion:
        asset = find_asset(self._resources, arm_id)
        if asset is None:
            raise OperationFailed("UserError", f"Asset {arm_id} was not found.")
        return asset

    def _plan(self, uri: str, target: Path) -> Download:
        source = locate(uri, self._workspace, self._resources)
        top = target / source.leaf if source.leaf else target
        files = []
        for blob in self._blobs.under(source.container, source.prefix):
            relative = blob.name.removeprefix(source.prefix)
            if relative and source.prefix and not relative.startswith("/"):
                continue
            path = (top / relative.lstrip("/")) if relative else top
            if not path.resolve().is_relative_to(target.resolve()):
                raise OperationFailed("UserError", f"Blob {blob.name} leaves its folder.")
            files.append((self._blobs.content(blob), path))
        if not files:
            message = f"BlobNotFound: there is nothing under {uri}"
            raise OperationFailed("UserError", message, [{"code": "BlobNotFound"}])
        return Download(uri, top, files)


def _fill(folders: tuple[Path, ...], downloads: list[Download]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for download in downloads:
        for source, target in download.files:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
