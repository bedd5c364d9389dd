"""All live containers: started for a deployment, found by the front door, stopped with it."""

import asyncio
import json
import logging
import shutil
from collections import defaultdict

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import (
    AssetVersion,
    Deployment,
    Image,
    Resources,
    asset_key,
)
from devstack.azureml_emulator.serving.conda import UnreadableCondaFile, UnsupportedEnvironment
from devstack.azureml_emulator.serving.containers import Container, ContainerCrashed, ContainerSpec
from devstack.azureml_emulator.serving.curated import recipe_properties
from devstack.azureml_emulator.serving.images import BuildFailed, Images
from devstack.azureml_emulator.serving.instance_log import (
    CRASHED,
    CREATED,
    DOWNLOADED,
    DOWNLOADING,
    PULLED,
    PULLING,
    READY,
    STARTED,
    InstanceLog,
    tail,
    with_head,
)
from devstack.azureml_emulator.serving.mounts import MountPlan, find_asset
from devstack.azureml_emulator.serving.no_code import (
    FOLDER_VARIABLE,
    SCRIPT,
    needs_script,
    recipe_of,
)
from devstack.azureml_emulator.serving.recipes import Recipe, read_recipe
from devstack.azureml_emulator.serving.sharing import Sharing

log = logging.getLogger(__name__)

LOG_TAIL_LINES = 30
GUIDE = "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg"


class Fleet:
    def __init__(self, resources: Resources, images: Images, mounts: MountPlan) -> None:
        self._resources, self._images, self._mounts = resources, images, mounts
        self._containers: dict[str, Container] = {}
        self._runs: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._resuming: set[asyncio.Task[None]] = set()
        self.sharing = Sharing()

    def container(self, endpoint: str, deployment: str) -> Container | None:
        return self._containers.get(asset_key(endpoint, deployment))

    def is_built(self, deployment: Deployment) -> bool:
        return self._resources.images.get(self._image_key(deployment)) is not None

    async def bring_up(self, deployment: Deployment) -> None:
        """Launch it unless what runs is what it asks for: counts and limits restart nothing."""
        key = asset_key(deployment.endpoint, deployment.name)
        if key in self._containers and self._runs.get(key) == _same_run(deployment):
            return
        await self.launch(deployment)

    async def launch(self, deployment: Deployment) -> None:
        """Build, download and start. Raises OperationFailed.

        With the same model and code it is a rolling update: the container that runs is replaced
        when the new one is healthy, and stays when that fails. Other files are fetched into the
        place of those that serve, so that there is a short gap.
        """
        async with self._locks[asset_key(deployment.endpoint, deployment.name)]:
            if self.sharing.enabled:
                async with self._locks[_same_run(deployment)]:
                    await self._share_or_launch(deployment)
            else:
                await self._launch(deployment)

    async def _share_or_launch(self, deployment: Deployment) -> None:
        run = _same_run(deployment)
        twin = next((key for key in self._containers if self._runs.get(key) == run), None)
        container = self._containers[twin] if twin else self.sharing.take(run)
        if container is None:
            return await self._launch(deployment)
        await self._stop(deployment.endpoint, deployment.name, successor=container)
        self._runs[asset_key(deployment.endpoint, deployment.name)] = run
        self.append_log(deployment, f"runs in the process of {container.name}")

    async def _launch(self, deployment: Deployment) -> None:
        events = self._events(deployment)
        events.clear()
        events.note(PULLING)
        try:
            recipe = self.recipe(deployment)
            interpreter = await self._images.build(recipe)
        except (BuildFailed, UnreadableCondaFile, UnsupportedEnvironment) as failure:
            raise OperationFailed(
                "ImageBuildFailure", f"ImageBuildFailure: Image building failed. {failure}"
            ) from None
        key = self._image_key(deployment)
        self._resources.images.put(key, Image(environment=key))
        events.note(PULLED)
        own_key = asset_key(deployment.endpoint, deployment.name)
        same_files = own_key in self._containers and self._files.get(own_key) == _files(deployment)
        if not same_files:
            await self._stop(deployment.endpoint, deployment.name)
        events.note(DOWNLOADING)
        mounts = await self._mounts.prepare(deployment, fetch=not same_files)
        events.note(DOWNLOADED)
        if note := self._images.note_of(recipe):
            self.append_log(deployment, note)
        configuration = deployment.properties.get("codeConfiguration") or {}
        variables = deployment.properties.get("environmentVariables") or {}
        entry_script = configuration.get("scoringScript") or "score.py"
        if needs_script(deployment, self._asset(deployment, "model")):
            shutil.copyfile(SCRIPT, mounts.code / SCRIPT.name)
            entry_script = SCRIPT.name
            variables = {FOLDER_VARIABLE: mounts.model_folder, **variables}
        container = Container(
            f"{deployment.endpoint}/{deployment.name}",
            ContainerSpec(
                interpreter=interpreter,
                app_root=mounts.code,
                entry_script=entry_script,
                model_dir=mounts.model,
                variables={name: str(text) for name, text in variables.items()},
                log_file=mounts.server_log,
                processes=deployment.processes,
            ),
        )
        events.note(CREATED)
        try:
            await container.start()
        except ContainerCrashed as crash:
            events.note(CRASHED)
            last_words = tail(mounts.server_log, LOG_TAIL_LINES)
            raise OperationFailed(
                None,
                f"ResourceNotReady: User container has crashed or terminated: {crash}. {last_words}"
                f" {GUIDE}#error-resourcenotready",
            ) from None
        events.note(STARTED)
        events.note(READY)
        await self._stop(deployment.endpoint, deployment.name, successor=container)
        self._runs[own_key] = _same_run(deployment)
        self._files[own_key] = _files(deployment)

    def recipe(self, deployment: Deployment) -> Recipe:
        """What its environment pins; without one, what its MLflow model needs.

        Raises UnsupportedEnvironment for what this machine cannot build, UnreadableCondaFile and
        OperationFailed for what Azure could not either.
        """
        model = self._asset(deployment, "model")
        if deployment.properties.get("environmentId"):
            environment = self._asset(deployment, "environmentId")
            if environment is None:
                raise OperationFailed("UserError", "The deployment's environment was not found.")
            return read_recipe(recipe_properties(environment))
        if model is None or not needs_script(deployment, model):
            raise OperationFailed("UserError", "The deployment has no environment.")
        return recipe_of(model, self._mounts)

    def _image_key(self, deployment: Deployment) -> str:
        """Its environment's or, where the image is made from the model, its model's."""
        environment_id = deployment.properties.get("environmentId")
        asset = self._asset(deployment, "environmentId" if environment_id else "model")
        return asset_key(asset.name, asset.version) if asset else ""

    def _asset(self, deployment: Deployment, field: str) -> AssetVersion | None:
        return find_asset(self._resources, deployment.properties.get(field) or "")

    async def _stop(
        self, endpoint: str, deployment: str, *, successor: Container | None = None
    ) -> None:
        """What runs is stopped; from before that on, requests go to the successor."""
        key = asset_key(endpoint, deployment)
        container = self._containers.pop(key, None)
        if successor is not None:
            self._containers[key] = successor
        if container is not None and container not in self._containers.values():
            await self.sharing.leave(self._runs.get(key, ""), container)

    async def remove(self, endpoint: str, deployment: str) -> None:
        async with self._locks[asset_key(endpoint, deployment)]:
            await self._stop(endpoint, deployment)
            self._mounts.remove(endpoint, deployment)

    def resume(self) -> None:
        """Start every deployment again that was live when the emulator last ended."""
        for deployment in self._resources.deployments.all():
            if deployment.provisioning_state == "Succeeded":
                task = asyncio.create_task(self._resume(deployment))
                self._resuming.add(task)
                task.add_done_callback(self._resuming.discard)

    async def _resume(self, deployment: Deployment) -> None:
        try:
            async with self._locks[asset_key(deployment.endpoint, deployment.name)]:
                current = self._resources.deployment(deployment.endpoint, deployment.name)
                if current is not None and current.provisioning_state == "Succeeded":
                    await self._launch(current)
        except OperationFailed as failure:
            log.warning("%s did not come back: %s", deployment.name, failure)
            self.append_log(deployment, f"the container did not come back: {failure}")

    def logs(self, deployment: Deployment, lines: int, container: str | None) -> str:
        """The last lines of a container's log, below its instance's status."""
        server_log, storage_log = self._mounts.logs(deployment.endpoint, deployment.name)
        log_file = storage_log if container == "StorageInitializer" else server_log
        return with_head(self._events(deployment).head(), tail(log_file, lines), lines)

    def _events(self, deployment: Deployment) -> InstanceLog:
        return InstanceLog(self._mounts.events(deployment.endpoint, deployment.name))

    def append_log(self, deployment: Deployment, text: str) -> None:
        server_log, _ = self._mounts.logs(deployment.endpoint, deployment.name)
        server_log.parent.mkdir(parents=True, exist_ok=True)
        with server_log.open("a") as stream:
            stream.write(text.rstrip("\n") + "\n")

    def all(self) -> dict[str, Container]:
        return dict(sorted(self._containers.items()))

    async def close(self) -> None:
        for task in list(self._resuming):
            task.cancel()
        await asyncio.gather(*self._resuming, return_exceptions=True)
        await asyncio.gather(*(container.stop() for container in self._containers.values()))
        await self.sharing.close()


def _files(deployment: Deployment) -> str:
    """Equal for deployments with the same model and code."""
    return json.dumps([deployment.properties.get(name) for name in ("model", "codeConfiguration")])


def _same_run(deployment: Deployment) -> str:
    """Equal for deployments whose processes would be alike: model, code, environment, variables."""
    alike = ("model", "codeConfiguration", "environmentId", "environmentVariables")
    return json.dumps([deployment.properties.get(name) for name in alike], sort_keys=True)
