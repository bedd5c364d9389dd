"""The real Services over fakes; a port that a test does not name fails when it is used."""

from typing import Any

from shared.config import Settings
from shared.ports.sizes import ReleasedSizes
from shared.services import Services


class NotGiven:
    """In the place of a port that the test does not expect to be used."""

    def __init__(self, port: str) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{self._port}.{name} is not expected here")

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise AssertionError(f"{self._port} is not expected here")


MINUTES = {name: 20 for name in Settings.model_fields if name.endswith("_deadline_minutes")}
"""Settings in which every phase has 20 minutes."""


def settings_of(**values: Any) -> Settings:
    """Complete settings that reach nothing, with their defaults but for `values`."""
    required = {
        "supabase_url": "http://127.0.0.1:1",
        "supabase_anon_key": "publishable",
        "supabase_service_key": "secret",
        "azure_subscription_id": "subscription",
        "azure_resource_group": "group",
        "azure_workspace_name": "workspace",
    }
    return Settings(**{**required, **values})


def services_of(**ports: Any) -> Services:
    """`ports` by the names of Services' fields."""
    fields: dict[str, Any] = {name: NotGiven(name) for name in Services.__dataclass_fields__}
    fields["sizes"] = ReleasedSizes()
    return Services(**{**fields, "settings": settings_of(), **ports})
