"""Datastores as recorded: what is shown, made, deleted, and what listSecrets gives away."""

import base64

import pytest
from azure.ai.ml.entities import AccountKeyConfiguration, AzureBlobDatastore
from azure.storage.blob import ContainerClient

from devstack.azureml_emulator.tests.support import sdk

VERSION = {"api-version": "2024-07-01-preview"}
KEY = base64.b64encode(b"this is a fake key").decode()


def blob_store(**changes: object) -> dict:
    return {
        "properties": {
            "datastoreType": "AzureBlob",
            "accountName": "elsewhere",
            "containerName": "testblob",
            "endpoint": "core.windows.net",
            "protocol": "https",
            "tags": {},
            "credentials": {
                "credentialsType": "AccountKey",
                "secrets": {"secretsType": "AccountKey", "key": KEY},
            },
            **changes,
        }
    }


def test_the_workspaces_own_is_shown_as_recorded(arm, emulator):
    answer = arm.get("datastores/workspaceblobstore", params=VERSION)
    assert "x-ms-operation-identifier" in answer.headers
    times = answer.json()["systemData"]
    assert set(times) == {"createdAt", "lastModifiedAt", "lastModifiedBy", "lastModifiedByType"}
    shown = answer.json()["properties"]
    names = {name: shown.pop(name) for name in ("accountName", "containerName")}
    assert all(names.values())
    assert shown == {
        "description": None,
        "tags": None,
        "properties": None,
        "isDefault": True,
        "credentials": {"credentialsType": "AccountKey"},
        "subscriptionId": emulator.facts["subscription_id"],
        "resourceGroup": emulator.facts["resource_group"],
        "datastoreType": "AzureBlob",
        "endpoint": "core.windows.net",
        "protocol": "https",
        "serviceDataAccessAuthIdentity": "WorkspaceSystemAssignedIdentity",
    }


def test_a_datastore_is_made_shown_without_its_secret_and_deleted(arm):
    made = arm.put("datastores/Own", json=blob_store(), params=VERSION)
    assert (made.status_code, made.headers["Location"]) == (201, str(made.request.url))
    assert made.json()["properties"] == {
        "description": None,
        "tags": {},
        "properties": None,
        "isDefault": False,
        "credentials": {"credentialsType": "AccountKey"},
        "subscriptionId": None,
        "resourceGroup": None,
        "datastoreType": "AzureBlob",
        "accountName": "elsewhere",
        "containerName": "testblob",
        "endpoint": "core.windows.net",
        "protocol": "https",
        "serviceDataAccessAuthIdentity": "None",
    }
    again = arm.put("datastores/own", json=blob_store(), params=VERSION)
    assert (again.status_code, "Location" in again.headers) == (200, False)
    assert again.json()["systemData"].keys() >= {"createdBy", "createdByType"}
    listed = [one["name"] for one in arm.get("datastores").json()["value"]]
    assert listed == [
        "Own",
        "workspaceworkingdirectory",
        "workspaceartifactstore",
        "workspacefilestore",
        "workspaceblobstore",
    ]
    key = arm.post("datastores/own/listSecrets").json()
    assert key == {"secretsType": "AccountKey", "key": KEY}
    gone = arm.delete("datastores/own", params=VERSION)
    assert (gone.status_code, gone.content) == (200, b"")
    assert arm.delete("datastores/own", params=VERSION).status_code == 204
    missing = arm.get("datastores/own")
    assert (missing.status_code, "NoSuchDatastore" in missing.text) == (404, True)


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("2022-05-01", set()),
        ("2023-04-01-preview", {"subscriptionId", "resourceGroup", "intellectualProperty"}),
        ("2024-07-01-preview", {"subscriptionId", "resourceGroup"}),
    ],
)
def test_the_api_version_says_what_is_told_of_a_datastores_place(arm, version, more):
    path, asked = "datastores/workspacefilestore", {"api-version": version}
    shown = arm.get(path, params=asked).json()["properties"]
    places = {"subscriptionId", "resourceGroup", "intellectualProperty"}
    assert shown.keys() & places == more
    assert (shown["datastoreType"], shown["isDefault"]) == ("AzureFile", False)
    assert shown["fileShareName"].startswith("azureml-filestore-")


def test_without_credentials_there_are_no_secrets(arm):
    body = blob_store(credentials={"credentialsType": "None"})
    arm.put("datastores/open", json=body, params=VERSION).raise_for_status()
    refused = arm.post("datastores/open/listSecrets", json={"expirableSecret": True})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "No secrets for credentials of type None."
    arm.delete("datastores/open", params=VERSION)


@pytest.mark.parametrize(
    ("name", "change", "word"),
    [
        ("other", {"datastoreType": "AzureTable"}, "AzureDataLakeGen2"),
        ("other", {"credentials": {"credentialsType": "Password"}}, "ServicePrincipal"),
        ("workspaceblobstore", {}, "default"),
        ("workspaceartifactstore", {}, "stay as they are"),
    ],
)
def test_what_no_datastore_can_be_is_refused(arm, name, change, word):
    refused = arm.put(f"datastores/{name}", json=blob_store(**change), params=VERSION)
    assert (refused.status_code, word in refused.text) == (400, True)


def test_the_workspaces_datastores_stay(arm):
    for name in ("workspaceblobstore", "workspaceworkingdirectory"):
        assert arm.delete(f"datastores/{name}").status_code == 400


def test_the_sdk_makes_reads_and_deletes_one(ml):
    ml.datastores.create_or_update(
        AzureBlobDatastore(
            name="by_sdk",
            account_name="elsewhere",
            container_name="box",
            credentials=AccountKeyConfiguration(account_key=KEY),
        )
    )
    read = ml.datastores.get("by_sdk", include_secrets=True)
    assert read.account_name == "elsewhere"
    assert read.credentials.sas_token.startswith("?sv=")
    ml.datastores.delete("by_sdk")
    assert "by_sdk" not in [one.name for one in ml.datastores.list()]


@pytest.mark.parametrize("asked", [{}, {"expirableSecret": True, "expireAfterHours": 1}])
def test_either_secret_opens_the_storage(arm, asked):
    properties = arm.get("datastores/workspaceblobstore").json()["properties"]
    secrets = arm.post("datastores/workspaceblobstore/listSecrets", json=asked).json()
    kind = "Sas" if asked else "AccountKey"
    assert secrets["secretsType"] == kind
    host = f"https://{properties['accountName']}.blob.core.windows.net"
    credential = secrets["sasToken"] if asked else secrets["key"]
    with ContainerClient(host, properties["containerName"], credential=credential) as container:
        blob = container.upload_blob(f"by secret/{kind} é+%.txt", b"0123456789", overwrite=True)
        assert blob.download_blob(offset=2, length=3).readall() == b"234"
        blob.set_blob_metadata({"upload_status": "completed", "version": "1"})
        found = [one.name for one in container.list_blobs(name_starts_with="by secret/")]
        assert blob.blob_name in found
        blob.delete_blob()
        assert not blob.exists()


def test_another_key_is_refused(arm, https):
    properties = arm.get("datastores/workspaceblobstore").json()["properties"]
    account = properties["accountName"]
    url = f"https://{account}.blob.core.windows.net/{properties['containerName']}/any"
    refused = https.get(url, headers={"Authorization": f"SharedKey {account}:{KEY}"})
    assert (refused.status_code, refused.headers["x-ms-error-code"]) == (
        403,
        "AuthenticationFailed",
    )


def test_a_missing_blob_has_no_content_type_in_its_head(arm, https):
    properties = arm.get("datastores/workspaceblobstore").json()["properties"]
    token = arm.post(
        "datastores/workspaceblobstore/listSecrets", json={"expirableSecret": True}
    ).json()["sasToken"]
    host = f"https://{properties['accountName']}.blob.core.windows.net"
    answer = https.head(f"{host}/{properties['containerName']}/never{token}")
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (404, "BlobNotFound")
    assert "content-type" not in answer.headers


def test_by_identity_the_own_ones_have_no_secrets_and_the_sdk_uploads_with_a_token(
    arm, control, ml, tmp_path
):
    control.put("/datastore-access", json={"mode": "identity"}).raise_for_status()
    url = str(arm.base_url).rstrip("/")
    workspace = arm.get(url, params={"api-version": "2024-10-01-preview"}).json()["properties"]
    assert workspace["systemDatastoresAuthMode"] == "identity"
    own = "datastores/workspaceblobstore"
    shown = arm.get(own, params=VERSION).json()["properties"]
    assert shown["credentials"] == {"credentialsType": "None"}
    refused = arm.post(f"{own}/listSecrets", json={"expirableSecret": True}, params=VERSION)
    message = refused.json()["error"]["message"]
    assert (refused.status_code, message) == (400, "No secrets for credentials of type None.")
    control.delete("/calls").raise_for_status()
    assert "workspaceblobstore" in str(sdk.register(ml, tmp_path, "by-identity").path)
    written = [call for call in control.get("/calls").json() if call["service"] == "blob"]
    assert written
    assert not any("sig=" in call["query"] for call in written)
