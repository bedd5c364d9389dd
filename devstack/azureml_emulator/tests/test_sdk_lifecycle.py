"""The unmodified SDK does all that it does with Azure, from the first upload to the last delete."""

import json
from pathlib import Path

import httpx
import pytest
from azure.ai.ml import MLClient
from azure.core.exceptions import ResourceNotFoundError

from devstack.azureml_emulator.tests.support import sdk


def test_a_model_goes_from_upload_to_prediction_and_away_again(
    ml: MLClient, assets, tmp_path: Path, control: httpx.Client
):
    endpoint = sdk.create_endpoint(ml, "whole-life", tags={"owner": "ada", "Case": "Kept"})
    assert str(endpoint.scoring_uri).startswith("https://whole-life.")
    assert endpoint.tags == {"owner": "ada", "Case": "Kept"}

    made = sdk.deploy(
        ml, assets.deployment("blue", "whole-life", instance_count=2, tags={"run": "1"})
    )
    assert (made.provisioning_state, made.instance_count) == ("Succeeded", 2)
    assert made.instance_type == "Standard_DS1_v2"
    assert made.scale_settings
    assert made.scale_settings.type == "default"
    assert ml.online_endpoints.get("whole-life").traffic == {"blue": 0}

    assert sdk.set_traffic(ml, "whole-life", blue=100).traffic == {"blue": 100}
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"input_data": [[1, 2]]}))
    answer = json.loads(ml.online_endpoints.invoke("whole-life", request_file=str(request)))
    assert answer == {"weights": {"bias": 1}, "echo": {"input_data": [[1, 2]]}}
    chosen = ml.online_endpoints.invoke(
        "whole-life", request_file=str(request), deployment_name="blue"
    )
    assert json.loads(chosen) == answer

    logs = ml.online_deployments.get_logs("blue", "whole-life", lines=50)
    assert logs.startswith("Instance status:\nSystemSetup: Succeeded\n")
    assert "UserContainerStart: Succeeded" in logs
    assert "POST /score 200" in logs
    storage = ml.online_deployments.get_logs(
        "blue", "whole-life", lines=50, container_type="storage-initializer"
    )
    assert storage.count("Downloaded 1 files") == 2

    ml.online_deployments.begin_delete("blue", "whole-life").result(30)
    assert ml.online_endpoints.get("whole-life").traffic == {}
    ml.online_endpoints.begin_delete("whole-life").result(30)
    with pytest.raises(ResourceNotFoundError):
        ml.online_endpoints.get("whole-life")
    left = control.get("/resources").json()
    assert "whole-life" not in json.dumps([left["endpoints"], left["deployments"]])
    assert "whole-life" not in json.dumps(left["processes"])


def test_deleting_an_endpoint_takes_its_live_deployments_with_it(
    ml: MLClient, assets, control: httpx.Client
):
    before = control.get("/resources").json()
    sdk.create_endpoint(ml, "short-life")
    sdk.deploy(ml, assets.deployment("blue", "short-life"))
    sdk.set_traffic(ml, "short-life", blue=100)
    ml.online_endpoints.begin_delete("short-life").result(30)
    after = control.get("/resources").json()
    for kind in ("endpoints", "deployments", "processes"):
        assert after[kind] == before[kind]


def test_an_updated_deployment_serves_the_new_settings(ml: MLClient, assets, live, https, emulator):
    sdk.create_endpoint(ml, "renewed")
    sdk.deploy(ml, assets.deployment("blue", "renewed", variables={"COLOUR": "old"}))
    changed = assets.deployment("blue", "renewed", variables={"COLOUR": "new"}, instance_count=2)
    assert sdk.deploy(ml, changed).instance_count == 2
    sdk.set_traffic(ml, "renewed", blue=100)
    key = ml.online_endpoints.get_keys("renewed").primary_key
    seen = https.post(
        emulator.scoring_url("renewed"),
        json={"environment": True},
        headers={"Authorization": f"Bearer {key}"},
    ).json()
    assert seen["COLOUR"] == "new"
    assert seen["AZUREML_MODEL_DIR"].endswith("/azureml-models/weights/1")
    assert not {"IDENTITY_HEADER", "HTTPS_PROXY", "IDENTITY_ENDPOINT"} & set(seen)
    ml.online_endpoints.begin_delete("renewed").result(30)


def test_models_are_versioned_listed_downloaded_and_archived(ml: MLClient, tmp_path: Path):
    from azure.ai.ml.entities import Model

    source = tmp_path / "tree"
    source.mkdir()
    (source / "a.txt").write_text("a")
    first = ml.models.create_or_update(Model(name="tree", path=str(source)))
    (source / "b.txt").write_text("b")
    second = ml.models.create_or_update(Model(name="tree", path=str(source)))
    assert (first.version, second.version) == ("1", "2")
    assert ml.models.get("tree", label="latest").version == "2"

    ml.models.download("tree", "2", str(tmp_path / "copy"))
    copied = {path.name for path in (tmp_path / "copy").rglob("*.txt")}
    assert copied == {"a.txt", "b.txt"}

    ml.models.archive("tree", version="1")
    assert [model.version for model in ml.models.list("tree")] == ["2"]
    ml.models.restore("tree", version="1")
    assert [model.version for model in ml.models.list("tree")] == ["2", "1"]
    ml.models.archive("tree")
    assert "tree" not in [model.name for model in ml.models.list()]


def test_a_model_of_many_blocks_arrives_whole(ml: MLClient, tmp_path: Path):
    from azure.ai.ml.entities import Model

    large = tmp_path / "large.bin"
    content = bytes(range(256)) * (70 << 12)
    large.write_bytes(content)
    ml.models.create_or_update(Model(name="large", version="1", path=str(large)))
    ml.models.download("large", "1", str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "large" / "large.bin").read_bytes() == content


def test_environments_are_immutable_per_version(ml: MLClient):
    made = sdk.environment(ml, "pinned", sdk.SERVER)
    again = sdk.environment(ml, "pinned", sdk.SERVER)
    assert again.id == made.id
    with pytest.raises(Exception, match="already registered and cannot be changed"):
        sdk.environment(ml, "pinned", "something-else==1.0")
    assert ml.environments.get("pinned", "1").conda_file["dependencies"][2] == {"pip": [sdk.SERVER]}
    assert "pinned" in [environment.name for environment in ml.environments.list()]


def test_usage_counts_the_upgrade_reserve_of_live_deployments(ml: MLClient, live, emulator):
    usages = {
        usage.name["value"]: usage.__dict__
        for usage in ml.compute.list_usage(location=emulator.facts["region"])
    }
    used = usages["standardDSv2Family"]
    assert used["currentValue"] % 2 == 0
    assert used["currentValue"] >= 2
    assert used["limit"] == 100


def test_lists_show_endpoints_and_deployments(ml: MLClient, live):
    assert live in [endpoint.name for endpoint in ml.online_endpoints.list()]
    assert [one.name for one in ml.online_deployments.list(live)] == ["blue"]
    assert ml.workspaces.get(ml.workspace_name).location
    assert "workspaceblobstore" in [one.name for one in ml.datastores.list()]
    assert ml.datastores.get_default().name == "workspaceblobstore"
