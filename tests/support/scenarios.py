"""Every failure that Azure ML is known for, by the emulator's names, and what becomes of it."""

EXPLAINED = {
    "quota": ("create_deployment", "needs 8 cores of quota", "quota"),
    "container_crash": ("create_deployment", "did not come up", "log"),
    "image_build_failure": ("create_deployment", "could not be built", "pinned"),
    "no_right": ("create_endpoint", "may not", "AzureML Data Scientist"),
    "workspace_missing": ("verify_workspace", "no Azure ML workspace", "AZURE_WORKSPACE_NAME"),
    "model_missing": ("create_deployment", "not registered", "Deploy again"),
    "datastore_missing": ("register_model", "workspaceblobstore", "Datastores"),
    "secrets_injection": ("create_deployment", "secret", "role"),
    "bad_argument": ("create_deployment", "Standard_X1 is not supported", "deploy again"),
    "immutable_field": ("create_endpoint", "immutable", "deploy again"),
}
"""Scenario: the phase that fails, words of the message, words of the fix."""
WAITED_OUT = [
    "endpoint_not_terminal", "throttled", "backend_500", "backend_502_html", "backend_504_null",
    "operation_canceled", "recreate_after_delete", "out_of_capacity",
]  # fmt: skip
