"""The control API's look at all that exists."""

from typing import Any

from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.monitor.setting_routes import Settings as AutoscaleSettings
from devstack.azureml_emulator.serving.fleet import Fleet


def everything(
    resources: Resources, autoscale: AutoscaleSettings, blobs: Blobs, fleet: Fleet
) -> dict[str, Any]:
    """In a fixed order and without times."""
    shown: dict[str, Any] = {
        "endpoints": [
            {
                "name": endpoint.name,
                "provisioning_state": endpoint.provisioning_state,
                "traffic": dict(sorted(endpoint.traffic.items())),
                "tags": dict(sorted(endpoint.tags.items())),
            }
            for endpoint in resources.endpoints.all()
        ],
        "deployments": [
            {
                "endpoint": deployment.endpoint,
                "name": deployment.name,
                "provisioning_state": deployment.provisioning_state,
                "instance_type": deployment.instance_type,
                "instance_count": deployment.instances,
                "model": deployment.properties.get("model"),
                "tags": dict(sorted(deployment.tags.items())),
            }
            for deployment in resources.deployments.all()
        ],
    }
    shown["autoscale_settings"] = [
        {
            "name": setting.name,
            "target": setting.target,
            "enabled": setting.properties["enabled"],
            "capacity": setting.properties["profiles"][0]["capacity"],
            "tags": dict(sorted(setting.tags.items())),
        }
        for setting in autoscale.all()
    ]
    for kind, collection in resources.versions.items():
        shown[kind] = [
            {"name": asset.name, "version": asset.version, "archived": asset.archived}
            for asset in collection.all()
        ]
    shown["blobs"] = blobs.count()
    shown["processes"] = [
        {"deployment": name, "pid": container.pid, "restarts": container.restarts}
        for name, container in fleet.all().items()
    ]
    return shown
