"""Where a client uploads code before it registers it: a container of its own, and a key to it."""

import secrets
import string
import uuid
from typing import Any

from devstack.azureml_emulator.blob.sas import container_token
from devstack.azureml_emulator.workspace import Workspace

LETTERS = string.ascii_lowercase + string.digits


def pending_upload(workspace: Workspace) -> dict[str, Any]:
    """A fresh container for one upload, and a signature that opens it alone."""
    random = "".join(secrets.choice(LETTERS) for _ in range(26))
    container = f"{workspace.workspace_id}-{random}"
    host, account = workspace.blob_host, workspace.storage_account
    signature = container_token(account, workspace.storage_key, container)
    return {
        "blobReferenceForConsumption": {
            "blobUri": f"https://{host}:443/{container}",
            "storageAccountArmId": workspace.storage_account_id,
            "credential": {
                "credentialType": "SAS",
                "sasUri": f"https://{host}/{container}?{signature}",
            },
        },
        "pendingUploadId": str(uuid.uuid4()),
        "pendingUploadType": "None",
    }
