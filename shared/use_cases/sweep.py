"""The sweeper: ends what no orchestration looks after any more, and says why.

Four kinds of loss: a running operation whose orchestration never began, is gone or late (Recovery);
an active row whose endpoint has vanished; a resource tagged ours without a living row; an autoscale
setting without a deployment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint import Endpoint, Provisioning
from shared.domain.naming import is_uuid
from shared.domain.operation import Operation, OperationKind
from shared.domain.traffic import carrying
from shared.errors.serving import EndpointVanished
from shared.use_cases.recover import Recovery
from shared.use_cases.runs import deadlines_of
from shared.wire.outcome import Failed
from shared.wire.run import Run


@dataclass(frozen=True)
class Sweeper(Recovery):
    """Recovery, and the rows and cloud resources that have lost each other."""

    def sweep(self, now: datetime) -> None:
        """Look after all four kinds. What fails is in the report's errors and stops nothing."""
        self.recover_rows(now)
        with self._each("endpoints"):
            endpoints = self.target.provisioning.endpoints()
            present = {endpoint.name.lower() for endpoint in endpoints}
            for row in self.records.active():
                if row.endpoint_name.lower() not in present:
                    with self._each(row.id):
                        self._fail_vanished(row)
            project = self.records.project()
            living = [
                operation
                for operation in self.records.running_operations()
                if self.orchestrations.is_living(operation.id)
            ]
            for endpoint in endpoints:
                if endpoint.marks.project == project:
                    with self._each(endpoint.name):
                        self._remove_orphans(endpoint, living)
                        self._see_traffic(endpoint)
        with self._each("autoscale settings"):
            self._remove_settings(self.records.project())

    def _fail_vanished(self, row: DeploymentRow) -> None:
        """Fail the row if its endpoint is really gone: the list may be older than the endpoint."""
        if self.target.provisioning.endpoint(row.endpoint_name) is None:
            vanished = Failed.because(EndpointVanished(row.endpoint_name))
            self._fail(row, vanished, self.report.vanished)

    def _see_traffic(self, endpoint: Endpoint) -> None:
        """Keep the traffic as it is, which may have been moved outside Slipway."""
        if endpoint.provisioning is Provisioning.SUCCEEDED:
            traffic, mirror = carrying(endpoint.traffic), carrying(endpoint.mirror)
            self.records.record_traffic(endpoint.name, traffic, mirror)

    def _remove_orphans(self, endpoint: Endpoint, living: list[Operation]) -> None:
        """Begin a delete for each deployment on the endpoint whose row does not keep it.

        An endpoint without deployments and rows is removed in the name of what made it.
        """
        owners = {
            deployment.marks.deployment: deployment.name
            for deployment in self.target.provisioning.deployments(endpoint.name)
        }
        if not owners and not self.records.others_on(endpoint.name, ""):
            owners = {endpoint.marks.deployment: endpoint.name}
        owners = {found: name for found, name in owners.items() if is_uuid(found)}
        kept = self.records.living(list(owners))
        for deployment_id, name in owners.items():
            looked_after = self.orchestrations.is_living(deployment_id) or _is_looked_after(
                deployment_id, endpoint, living
            )
            if deployment_id in kept or looked_after:
                continue
            self.report.orphans.append(f"{endpoint.name}/{name}")
            operation_id = self.records.begin_operation(
                OperationKind.DELETE,
                user_id=endpoint.marks.owner,
                endpoint_name=endpoint.name,
                deployment_id=deployment_id,
            )
            run = self._run(endpoint, operation_id, deployment_id, name)
            self.orchestrations.start(OperationKind.DELETE.orchestrator, operation_id, run)

    def _remove_settings(self, project: str) -> None:
        """Remove autoscale settings whose deployment is gone: the cloud keeps them."""
        cloud = self.target.provisioning
        for setting in cloud.autoscale_settings() if self.target.can.autoscale else []:
            place = setting.endpoint_name, setting.deployment_name
            if setting.marks.project == project and cloud.deployment(*place) is None:
                with self._each("/".join(place)):
                    cloud.delete_autoscale(*place)
                    self.report.orphans.append(f"autoscale of {'/'.join(place)}")

    def _run(self, endpoint: Endpoint, operation_id: str, deployment_id: str, name: str) -> Run:
        """What delete_deployment needs, from the resource's own tags: the row may be gone."""
        return Run(
            deployment_id=deployment_id,
            operation_id=operation_id,
            user_id=endpoint.marks.owner,
            deployment_name=name,
            endpoint_name=endpoint.name,
            deadlines=deadlines_of(self.settings),
        )


def _is_looked_after(deployment_id: str, endpoint: Endpoint, living: Iterable[Operation]) -> bool:
    """Whether one of these operations is on it, or on its endpoint where its row is gone."""
    return any(
        operation.deployment_id == deployment_id
        or (operation.deployment_id is None and operation.endpoint_name == endpoint.name.lower())
        for operation in living
    )
