import pytest

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.serving.mounts import ASSET_ID, locate
from devstack.azureml_emulator.workspace import Workspace

WORKSPACE = Workspace()


def test_a_datastore_path_is_in_the_default_container():
    uri = (
        "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/workspaceblobstore"
        "/paths/LocalUpload/abc/my%20model"
    )
    found = locate(uri, WORKSPACE)
    assert (found.container, found.prefix) == (
        WORKSPACE.default_container,
        "LocalUpload/abc/my model",
    )
    assert found.leaf == "my model"


def test_a_blob_url_names_its_container():
    found = locate(f"https://{WORKSPACE.blob_host}/box/src", WORKSPACE)
    assert (found.container, found.prefix, found.leaf) == ("box", "src", "src")
    assert locate(f"https://{WORKSPACE.blob_host}/box", WORKSPACE).leaf == ""


def test_another_storage_account_is_refused():
    with pytest.raises(OperationFailed, match="not in this workspace"):
        locate("https://other.blob.core.windows.net/box/src", WORKSPACE)


@pytest.mark.parametrize("prefix", ["", "azureml:"])
def test_asset_ids_are_read_with_and_without_their_prefix(prefix):
    found = ASSET_ID.search(f"{prefix}{WORKSPACE.arm_id}/models/m/versions/7")
    assert found is not None
    assert found.groups() == ("models", "m", "7")
