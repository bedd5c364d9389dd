from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.azureml_emulator.arm.datastores import Datastores
from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import Datastore, Resources
from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.serving.mounts import ASSET_ID, locate
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.store import Store
from devstack.azureml_emulator.workspace import Workspace

WORKSPACE = Workspace()


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Resources]:
    store = Store(tmp_path / "state")
    found = Resources(store)
    Datastores(found, WORKSPACE, Settings(store, Latency()))
    own = {"accountName": WORKSPACE.storage_account, "containerName": "own-box"}
    found.datastores.put("own", Datastore(name="own", properties=own, secrets={}))
    far = {"accountName": "elsewhere", "containerName": "far-box"}
    found.datastores.put("far", Datastore(name="far", properties=far, secrets={}))
    yield found
    store.close()


def test_a_datastore_path_is_in_the_default_container(resources):
    uri = (
        "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/workspaceblobstore"
        "/paths/LocalUpload/abc/my%20model"
    )
    found = locate(uri, WORKSPACE, resources)
    assert (found.container, found.prefix) == (
        WORKSPACE.default_container,
        "LocalUpload/abc/my model",
    )
    assert found.leaf == "my model"


def test_another_datastore_of_the_account_has_a_container_of_its_own(resources):
    found = locate("azureml://datastores/own/paths/a/b", WORKSPACE, resources)
    assert (found.container, found.prefix) == ("own-box", "a/b")


@pytest.mark.parametrize("name", ["far", "never-made"])
def test_a_datastore_elsewhere_or_nowhere_is_refused(resources, name):
    with pytest.raises(OperationFailed, match="not in this workspace"):
        locate(f"azureml://datastores/{name}/paths/a", WORKSPACE, resources)


def test_a_blob_url_names_its_container(resources):
    found = locate(f"https://{WORKSPACE.blob_host}/box/src", WORKSPACE, resources)
    assert (found.container, found.prefix, found.leaf) == ("box", "src", "src")
    assert locate(f"https://{WORKSPACE.blob_host}/box", WORKSPACE, resources).leaf == ""


def test_another_storage_account_is_refused(resources):
    with pytest.raises(OperationFailed, match="not in this workspace"):
        locate("https://other.blob.core.windows.net/box/src", WORKSPACE, resources)


@pytest.mark.parametrize("prefix", ["", "azureml:"])
def test_asset_ids_are_read_with_and_without_their_prefix(prefix):
    found = ASSET_ID.search(f"{prefix}{WORKSPACE.arm_id}/models/m/versions/7")
    assert found is not None
    assert found.groups() == ("models", "m", "7")
