import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.config import Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[3]
REQUIRED = {
    "SUPABASE_URL": "http://127.0.0.1:1",
    "SUPABASE_ANON_KEY": "publishable",
    "SUPABASE_SERVICE_KEY": "hidden-value",
    "AZURE_SUBSCRIPTION_ID": "s",
    "AZURE_RESOURCE_GROUP": "g",
    "AZURE_WORKSPACE_NAME": "w",
}
PLATFORM = {
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage",
    "PYTHON_THREADPOOL_THREAD_COUNT",
}


@pytest.fixture
def environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    yield monkeypatch
    load_settings.cache_clear()


def test_the_example_settings_name_every_setting_and_no_other():
    example = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
    assert set(example) - PLATFORM == {name.upper() for name in Settings.model_fields}


def test_the_example_values_are_the_defaults_and_hold_no_secret():
    example = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
    for name, field in Settings.model_fields.items():
        given = example[name.upper()]
        if field.is_required() or field.default is None:
            assert "KEY" not in name.upper() or given == ""
        else:
            assert (
                TypeAdapter[Any](field.annotation or str).validate_strings(given) == field.default
            )


def test_every_missing_or_wrong_setting_is_named_at_once(environment):
    environment.delenv("SUPABASE_URL")
    environment.delenv("AZURE_WORKSPACE_NAME")
    environment.setenv("MAX_MODEL_MB", "many")
    with pytest.raises(SettingsError) as stop:
        load_settings()
    explanation = str(stop.value)
    assert "SUPABASE_URL: is missing. The Supabase project's URL." in explanation
    assert "AZURE_WORKSPACE_NAME: is missing" in explanation
    assert "MAX_MODEL_MB: Input should be a valid integer" in explanation
    assert "many" not in explanation
    assert "SUPABASE_SERVICE_KEY" not in explanation


def test_a_service_principal_must_be_whole(environment):
    environment.setenv("AZURE_CLIENT_SECRET", "x")
    with pytest.raises(SettingsError, match="AZURE_TENANT_ID and AZURE_CLIENT_SECRET"):
        load_settings()


def test_an_empty_value_counts_as_absent(environment):
    environment.setenv("AZURE_CLIENT_ID", "")
    assert load_settings().azure_client_id is None


def test_secrets_do_not_show_when_settings_are_printed(environment):
    assert "hidden-value" not in repr(load_settings())


def test_origins_are_a_list_with_commas(environment):
    environment.setenv("CORS_ALLOWED_ORIGINS", "https://app.example.com, http://localhost:3000 ,")
    assert load_settings().origins == ("https://app.example.com", "http://localhost:3000")


@pytest.mark.parametrize("origin", ["*", "https://x.com/", "https://X.com", "x.com", "null"])
def test_what_no_browser_would_send_as_an_origin_is_refused_at_start(environment, origin):
    environment.setenv("CORS_ALLOWED_ORIGINS", origin)
    with pytest.raises(SettingsError, match="CORS_ALLOWED_ORIGINS"):
        load_settings()
