from devstack.azureml_emulator.store import Store
from devstack.azureml_emulator.workspace import Workspace, load_workspace, service_of


def test_only_azures_own_hosts_of_this_workspace_are_served():
    workspace = Workspace()
    for host in (
        "management.azure.com",
        "login.microsoftonline.com",
        workspace.blob_host,
        workspace.scoring_host("my-endpoint"),
    ):
        assert workspace.serves(host)
    for host in (
        "example.com",
        "other.blob.core.windows.net",
        f"evil.{workspace.blob_host}",
        workspace.scoring_host("a.b"),
        "x.mars.inference.ml.azure.com",
        "management.azure.com.evil.test",
    ):
        assert not workspace.serves(host)


def test_every_state_directory_has_names_and_keys_of_its_own(tmp_path):
    first, second = (Store(tmp_path / name) for name in ("one", "two"))
    made = load_workspace(first)
    assert load_workspace(first) == made
    other = load_workspace(second)
    for name in ("subscription_id", "client_secret", "identity_header", "storage_key"):
        assert getattr(made, name) != getattr(other, name)
    first.close()
    second.close()


def test_hosts_belong_to_services():
    assert service_of("management.azure.com") == "arm"
    assert service_of("login.microsoftonline.com") == "login"
    assert service_of("x.blob.core.windows.net") == "blob"
    assert service_of("one.westeurope.inference.ml.azure.com") == "scoring"
