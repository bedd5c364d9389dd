"""The emulator as a whole: every part made once, wired, started and stopped in order."""

import asyncio
import contextlib
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Host, Mount
from starlette.types import ASGIApp

from devstack.azureml_emulator.arm.app import OperationRoutes, arm_app
from devstack.azureml_emulator.arm.assets import Assets
from devstack.azureml_emulator.arm.datastores import Datastores
from devstack.azureml_emulator.arm.deployments import Deployments
from devstack.azureml_emulator.arm.diagnosis import Diagnosis
from devstack.azureml_emulator.arm.endpoints import Endpoints
from devstack.azureml_emulator.arm.operations import Operations
from devstack.azureml_emulator.arm.quota import Quota
from devstack.azureml_emulator.arm.records import ASSETS, Resources
from devstack.azureml_emulator.arm.workspaces import Workspaces
from devstack.azureml_emulator.blob.headers import WithServiceHeaders
from devstack.azureml_emulator.blob.routes import BlobError, BlobRoutes, answer_blob_error
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.certificates import issue
from devstack.azureml_emulator.clock import Clock
from devstack.azureml_emulator.control import Control
from devstack.azureml_emulator.control_requests import Refused, answer_refused
from devstack.azureml_emulator.faults import Faults
from devstack.azureml_emulator.identity import Identity
from devstack.azureml_emulator.intake import Intake
from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.monitor.control import MonitorControl
from devstack.azureml_emulator.monitor.engine import Autoscale
from devstack.azureml_emulator.monitor.metric_routes import Metrics
from devstack.azureml_emulator.monitor.samples import Samples
from devstack.azureml_emulator.monitor.setting_routes import SettingRoutes
from devstack.azureml_emulator.monitor.setting_routes import Settings as AutoscaleSettings
from devstack.azureml_emulator.monitor.watch import Watch
from devstack.azureml_emulator.proxy import TunnelProxy
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.serving.front_door import FrontDoor
from devstack.azureml_emulator.serving.images import Images
from devstack.azureml_emulator.serving.mounts import MountPlan
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.store import Store
from devstack.azureml_emulator.tokens import Tokens
from devstack.azureml_emulator.workspace import ARM_HOST, LOGIN_HOST, load_workspace

log = logging.getLogger(__name__)


class World:
    """Everything behind the listeners. `running` starts what was live and stops it at the end."""

    def __init__(self, state: Path, environments: Path, latency: Latency, front_port: int) -> None:
        self._store = Store(state / "state.sqlite")
        self.workspace = load_workspace(self._store)
        self.certificates = issue(state / "certificates", self.workspace.certificate_names)
        resources = Resources(self._store)
        tokens = Tokens(state / "tokens.key", self.workspace)
        settings = Settings(self._store, latency)
        blobs = Blobs(state / "blobs", self._store)
        mounts = MountPlan(state / "containers", resources, blobs, self.workspace)
        quota = Quota(resources, self._store, self.workspace)
        unknown_routes: Counter[str] = Counter()
        faults = Faults()
        identity = Identity(self.workspace, tokens)

        self._operations = Operations(resources, self.workspace)
        self._fleet = Fleet(resources, Images(environments), mounts)
        clock, samples = Clock(self._store), Samples()
        self._front_door = FrontDoor(resources, self._fleet, self.workspace, tokens, samples, clock)
        self.proxy = TunnelProxy(self.workspace.serves, front_port)

        workspaces = Workspaces(self.workspace, settings)
        diagnosis = Diagnosis(self.workspace)
        datastores = Datastores(resources, self.workspace, settings)
        endpoints = Endpoints(
            resources, self.workspace, self._operations, settings, self._fleet, tokens
        )
        deployments = Deployments(
            resources, self.workspace, self._operations, settings, self._fleet, quota
        )
        scaling = AutoscaleSettings(self._store)
        autoscale = Autoscale(scaling, resources, deployments, samples, clock, self.workspace)
        setting_routes = SettingRoutes(scaling, resources, self.workspace)
        self._watch = Watch(clock, samples, resources, self._fleet, autoscale.look)
        metrics = Metrics(resources, self.workspace, samples, clock, self._watch.note)
        assets = [
            route
            for kind in ASSETS
            for route in Assets(kind, resources, self.workspace, blobs).routes()
        ]
        arm = arm_app(
            self.workspace,
            tokens,
            [
                *diagnosis.workspace_routes(),
                *datastores.routes(),
                *assets,
                *metrics.routes(),
                *endpoints.routes(),
                *deployments.routes(),
            ],
            [
                *workspaces.subscription_routes(),
                *diagnosis.region_routes(),
                *quota.routes(),
                *OperationRoutes(resources).routes(),
            ],
            workspaces.group_routes(),
            setting_routes,
            unknown_routes,
        )
        blob = WithServiceHeaders(
            Starlette(
                routes=BlobRoutes(blobs, self.workspace, tokens).routes(),
                exception_handlers={BlobError: answer_blob_error, HTTPException: answer_blob_error},
            )
        )
        self.front: ASGIApp = Intake(
            Starlette(
                routes=[
                    Host(ARM_HOST, arm),
                    Host(self.workspace.blob_host, blob),
                    Host(LOGIN_HOST, Starlette(routes=identity.login_routes())),
                    Mount("/", routes=self._front_door.routes()),
                ]
            ),
            faults,
            self.proxy.drop,
        )
        control = Control(
            workspace=self.workspace,
            settings=settings,
            faults=faults,
            intake=self.front,
            quota=quota,
            resources=resources,
            blobs=blobs,
            fleet=self._fleet,
            autoscale=scaling,
            refused_hosts=self.proxy.refused_hosts,
            unknown_routes=unknown_routes,
        )
        self.control: ASGIApp = Starlette(
            routes=[
                *control.routes(),
                *MonitorControl(resources, samples, clock, self._watch).routes(),
                *identity.managed_identity_routes(),
            ],
            exception_handlers={Refused: answer_refused, ValidationError: answer_refused},
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._fleet.resume()
        self._operations.resume()
        watching = asyncio.create_task(self._watch.run(), name="watch the minutes")
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await self._operations.close()
            await self._fleet.close()
            await self._front_door.close()
            self._store.close()

    def facts(self, proxy_port: int, control_port: int) -> dict[str, Any]:
        """The ready file: where everything is, and the environment that a client needs."""
        workspace = self.workspace
        proxy_url, control_url = (f"http://127.0.0.1:{port}" for port in (proxy_port, control_port))
        bundle = str(self.certificates.authority)
        identity_endpoint = f"{control_url}/msi/token"
        return {
            "proxy_url": proxy_url,
            "ca_bundle": bundle,
            "control_url": control_url,
            "identity_endpoint": identity_endpoint,
            "identity_header": workspace.identity_header,
            "subscription_id": workspace.subscription_id,
            "resource_group": workspace.resource_group,
            "workspace_name": workspace.name,
            "region": workspace.region,
            "tenant_id": workspace.tenant_id,
            "client_id": workspace.client_id,
            "client_secret": workspace.client_secret,
            "pid": os.getpid(),
            "environment": {
                "HTTPS_PROXY": proxy_url,
                "NO_PROXY": "127.0.0.1,localhost",
                "REQUESTS_CA_BUNDLE": bundle,
                "SSL_CERT_FILE": bundle,
                "IDENTITY_ENDPOINT": identity_endpoint,
                "IDENTITY_HEADER": workspace.identity_header,
                "MLFLOW_DISABLE_TELEMETRY": "true",
                "DO_NOT_TRACK": "true",
                "AZURE_SUBSCRIPTION_ID": workspace.subscription_id,
                "AZURE_RESOURCE_GROUP": workspace.resource_group,
                "AZURE_WORKSPACE_NAME": workspace.name,
                "AZURE_CLIENT_ID": workspace.client_id,
            },
        }
