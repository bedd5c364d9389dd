"""Models, codes and environments as recorded: fields by api-version, definitions that stay."""

import json
from pathlib import Path

import httpx
import pytest
import yaml
from azure.ai.ml import MLClient
from azure.ai.ml.entities import Environment, Model

NEW, OLD = {"api-version": "2023-08-01-preview"}, {"api-version": "2022-05-01"}
CONDA = {"name": "env", "channels": ["conda-forge"], "dependencies": ["python=3.11", "pip"]}


def of(**properties: object) -> dict:
    return {"properties": properties}


def test_a_model_is_shown_with_the_fields_of_its_api_version(arm, emulator):
    path = f"azureml:/{emulator.workspace_path.replace('resourceGroups', 'resourcegroups')}"
    uri = f"{path}/datastores/workspaceblobstore/paths/LocalUpload/x/model.pkl"
    body = of(modelUri=uri, modelType="custom_model", isAnonymous=False, tags={})
    made = arm.put("models/shapes/versions/1", json=body, params=NEW)
    assert (made.status_code, made.headers["Location"]) == (201, str(made.request.url))
    assert made.json()["properties"] == {
        "description": None,
        "tags": {},
        "properties": {},
        "isArchived": False,
        "isAnonymous": False,
        "autoDeleteSetting": None,
        "flavors": {},
        "modelType": "custom_model",
        "modelUri": uri.replace("resourcegroups", "resourceGroups"),
        "jobName": None,
        "provisioningState": "Succeeded",
        "stage": "Development",
        "intellectualProperty": None,
    }
    old = arm.get("models/shapes/versions/1", params=OLD).json()["properties"]
    since = {"autoDeleteSetting", "provisioningState", "stage", "intellectualProperty"}
    assert made.json()["properties"].keys() - old.keys() == since


def test_an_archived_model_that_is_put_back_as_it_was_read_is_no_conflict(arm):
    uri = "azureml://x/datastores/workspaceblobstore/paths/LocalUpload/y/model.pkl"
    arm.put("models/kept/versions/1", json=of(modelUri=uri), params=NEW).raise_for_status()
    read = arm.get("models/kept/versions/1", params=NEW).json()
    read["properties"]["isArchived"] = True
    rewritten = uri.replace("LocalUpload", "ServiceReplicated/LocalUpload")
    read["properties"]["modelUri"] = rewritten
    again = arm.put("models/kept/versions/1", json=read, params=NEW)
    properties = again.json()["properties"]
    assert (again.status_code, properties["isArchived"]) == (200, True)
    assert properties["stage"] == "Archived"
    assert "Location" not in again.headers
    other = arm.put("models/kept/versions/1", json=of(modelUri=uri + "2"), params=NEW)
    assert (other.status_code, "AssetVersionConflict" in other.text) == (409, True)
    assert other.json()["error"]["message"] == "Asset paths cannot be updated."


def test_a_stage_that_is_left_out_stays_and_lists_can_ask_for_one(arm):
    body = of(modelUri="azureml://x", stage="Production")
    arm.put("models/staged/versions/1", json=body, params=NEW).raise_for_status()
    again = arm.put("models/staged/versions/1", json=of(modelUri="azureml://x"), params=NEW)
    assert again.json()["properties"]["stage"] == "Production"
    for stage, found in (("Production", ["1"]), ("Development", [])):
        listed = arm.get("models/staged/versions", params={**NEW, "stage": stage}).json()["value"]
        assert [one["name"] for one in listed] == found
    assert "stage" not in arm.get("models/staged/versions/1", params=OLD).json()["properties"]


@pytest.mark.parametrize(
    ("kind", "description", "properties", "again"),
    [("models", None, {"modelUri": "azureml://x"}, 200), ("environments", "", {"image": "y"}, 201)],
)
def test_a_container_says_which_version_comes_next(arm, kind, description, properties, again):
    for name, version in (("earlier", "6"), ("later", "named")):
        path = f"{kind}/{name}/versions/{version}"
        arm.put(path, json=of(**properties), params=NEW).raise_for_status()
    shown = arm.get(f"{kind}/earlier", params=NEW).json()
    assert shown["properties"] == {
        "description": description,
        "tags": {},
        "properties": {},
        "isArchived": False,
        "latestVersion": "6",
        "nextVersion": "7",
        "provisioningState": "Succeeded",
    }
    old = arm.get(f"{kind}/later", params=OLD).json()["properties"]
    assert (old["latestVersion"], old["nextVersion"]) == ("named", "1")
    assert "provisioningState" not in old
    listed = [one["name"] for one in arm.get(kind, params=NEW).json()["value"]]
    first, second = ("earlier", "later") if kind == "models" else ("later", "earlier")
    assert listed.index(first) < listed.index(second)
    archived = arm.put(f"{kind}/earlier", json=of(isArchived=True), params=NEW)
    assert (archived.status_code, archived.json()["properties"]["isArchived"]) == (again, True)
    assert ("Location" in archived.headers) == (again == 201)
    assert "earlier" not in [one["name"] for one in arm.get(kind, params=NEW).json()["value"]]


def test_a_missing_model_is_named_in_the_details(arm):
    for path in ("models/none", "models/none/versions", "models/none/versions/1"):
        answer = arm.get(path, params=NEW)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (404, "UserError")
        assert [detail["code"] for detail in error["details"]] == ["ModelNotFound"]


def test_a_missing_environment_is_named_in_the_message(arm):
    for path, version in (("environments/none", ""), ("environments/none/versions/1", "1")):
        error = arm.get(path).json()["error"]
        assert (error["code"], error["details"]) == ("UserError", [])
        words = f"No environment exists for name: none, version: {version}, label: "
        assert error["message"] == words
        inner = {"code": "NotFoundError", "innerError": None}
        assert error["additionalInfo"][-1] == {"type": "InnerError", "info": {"value": inner}}


def test_an_environment_keeps_its_conda_file_as_json_and_every_put_is_201(arm):
    text, image = yaml.safe_dump(CONDA), "mcr.microsoft.com/azureml/base:1"
    body = of(condaFile=text, image=image, isAnonymous=False)
    made = arm.put("environments/json/versions/1", json=body)
    properties = made.json()["properties"]
    assert made.status_code == 201
    assert json.loads(properties["condaFile"]) == CONDA
    assert properties["properties"] == {"azureml.labels": "latest"}
    assert (properties["autoRebuild"], properties["stage"]) == ("Disabled", "Development")
    properties["isArchived"] = True
    back = arm.put("environments/json/versions/1", json={"properties": properties})
    assert (back.status_code, back.json()["properties"]["isArchived"]) == (201, False)
    del properties["stage"]
    archived = arm.put("environments/json/versions/1", json={"properties": properties})
    assert (archived.status_code, archived.json()["properties"]["isArchived"]) == (201, True)
    times = [answer.json()["systemData"]["lastModifiedAt"] for answer in (made, back, archived)]
    assert (times[0], times[1] < times[2]) == (made.json()["systemData"]["createdAt"], True)
    arm.put("environments/json/versions/2", json=body).raise_for_status()
    labels = [one["properties"]["properties"] for one in _versions(arm, "environments/json")]
    assert labels == [{"azureml.labels": "latest"}, {"azureml.labels": ""}]


def test_an_image_alone_has_an_empty_conda_file(arm):
    body = of(image="mcr.microsoft.com/azureml/base:1", osType="linux")
    made = arm.put("environments/image/versions/1", json=body, params=NEW).json()["properties"]
    assert (made["condaFile"], made["osType"]) == ("", "Linux")


def test_anonymous_environments_have_no_latest_version(arm):
    body = of(image="mcr.microsoft.com/azureml/base:1", isAnonymous=True)
    arm.put("environments/Nameless/versions/abc", json=body, params=NEW).raise_for_status()
    shown = arm.get("environments/Nameless", params=NEW).json()["properties"]
    assert (shown["latestVersion"], shown["nextVersion"]) == ("0", "1")


def _versions(arm, path: str) -> list[dict]:
    return arm.get(f"{path}/versions", params={"listViewType": "All"}).json()["value"]


@pytest.mark.parametrize(
    "change",
    [{"image": "mcr.microsoft.com/azureml/base:2"}, {"condaFile": "name: other"}],
)
def test_an_existing_environment_version_takes_no_other_definition(arm, change):
    first = {"condaFile": yaml.safe_dump(CONDA), "image": "mcr.microsoft.com/azureml/base:1"}
    arm.put("environments/fixed/versions/1", json=of(**first)).raise_for_status()
    refused = arm.put("environments/fixed/versions/1", json=of(**{**first, **change}))
    assert (refused.status_code, "AssetVersionConflict" in refused.text) == (409, True)
    assert refused.json()["error"]["message"] == (
        "Environment fixed with version 1 is already registered and cannot be changed."
    )


def test_the_sdk_is_refused_another_image_of_the_same_version(ml: MLClient):
    def environment(image: str) -> Environment:
        return Environment(name="imaged", version="1", image=image, conda_file=CONDA)

    ml.environments.create_or_update(environment("mcr.microsoft.com/azureml/one"))
    with pytest.raises(Exception, match="imaged with version 1 is already registered"):
        ml.environments.create_or_update(environment("mcr.microsoft.com/azureml/two"))


def test_code_is_found_by_its_hash_under_whatever_name_it_has(arm):
    hashed = {"hash_sha256": "abc", "hash_version": "202208"}
    body = of(codeUri="https://x/box/src", properties=hashed, isAnonymous=True)
    made = arm.put("codes/first/versions/1", json=body, params=OLD).json()["properties"]
    assert made == {
        "description": None,
        "tags": {},
        "properties": hashed,
        "isArchived": False,
        "isAnonymous": False,
        "codeUri": "https://x/box/src",
    }
    found = arm.get("codes/second/versions", params={"hash": "abc", "hashVersion": "202208"})
    assert [one["id"].split("/codes/")[1] for one in found.json()["value"]] == ["first/versions/1"]
    assert arm.get("codes/first/versions", params={"hash": "def"}).json()["value"] == []


def test_flavors_are_read_from_the_mlmodel_file(ml: MLClient, arm, tmp_path: Path):
    folder = tmp_path / "model"
    folder.mkdir()
    flavors = {
        "python_function": {"loader_module": "mlflow.sklearn", "env": {"conda": "conda.yaml"}},
        "sklearn": {"sklearn_version": "1.5.2", "code": None},
    }
    (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors}))
    ml.models.create_or_update(
        Model(name="flavored", version="1", path=str(folder), type="mlflow_model")
    )
    shown = arm.get("models/flavored/versions/1", params=NEW).json()["properties"]
    assert shown["flavors"] == {
        "python_function": {
            "data": {"loader_module": "mlflow.sklearn", "env": '{"conda": "conda.yaml"}'}
        },
        "sklearn": {"data": {"sklearn_version": "1.5.2", "code": None}},
    }


def test_a_list_that_is_cut_says_where_it_goes_on(arm):
    for version in ("1", "2", "3"):
        arm.put(f"models/many/versions/{version}", json=of(modelUri="azureml://x"), params=NEW)
    asked = {**NEW, "$orderBy": "createdtime desc", "$top": 2}
    page = arm.get("models/many/versions", params=asked).json()
    version = NEW["api-version"]
    query = f"?api-version={version}&$orderBy=createdtime+desc&$top=2&$skipToken="
    assert f"/models/many/versions{query}" in page["nextLink"]
    assert [one["name"] for one in page["value"]] == ["3", "2"]
    rest = arm.get("models/many/versions", params=httpx.URL(page["nextLink"]).params).json()
    assert ([one["name"] for one in rest["value"]], "nextLink" in rest) == (["1"], False)
