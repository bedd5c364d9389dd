"""host.json and local.settings.json."""

import json
from pathlib import Path

import pytest

from devstack.functions_host.functions import AppStartError
from devstack.functions_host.settings import read_settings, seconds


def write(app: Path, host: str, local: object = None) -> Path:
    (app / "host.json").write_text(host)
    if local is not None:
        (app / "local.settings.json").write_text(json.dumps(local))
    return app


def test_a_bare_host_json_has_the_platforms_defaults(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, "{}"), {})
    assert (settings.route_prefix, settings.hub) == ("api", "TestHubName")
    assert settings.function_timeout == 1800


def test_comments_are_read_over_and_strings_kept(tmp_path: Path) -> None:
    host = """{
      // a comment with "quotes"
      "functionTimeout": "00:05:00", /* and
      another */ "extensions": {"http": {"routePrefix": "a//b/*c*/"}}
    }"""
    settings = read_settings(write(tmp_path, host), {})
    assert (settings.function_timeout, settings.route_prefix) == (300, "a//b/*c*/")


def test_durable_settings_are_read_and_setting_names_expanded(tmp_path: Path) -> None:
    durable = {"hubName": "%HUB%", "maxConcurrentActivityFunctions": 3}
    host = json.dumps({"extensions": {"durableTask": durable}})
    settings = read_settings(write(tmp_path, host), {"HUB": "Mine"})
    assert (settings.hub, settings.max_activities) == ("Mine", 3)


def test_local_values_fill_the_environment_and_never_override_it(tmp_path: Path) -> None:
    environment = {"A": "process"}
    local = {"Values": {"A": "file", "B": 1}}
    read_settings(write(tmp_path, "{}", local), environment)
    assert environment == {"A": "process", "B": "1"}


def test_functions_are_disabled_by_settings_of_their_names(tmp_path: Path) -> None:
    local = {"Values": {f"AzureWebJobs.{name}.Disabled": name for name in ("true", "1", "no")}}
    environment = {"AzureWebJobs.Of.Mine.Disabled": "TRUE", "AzureWebJobsStorage": "true"}
    settings = read_settings(write(tmp_path, "{}", local), environment)
    assert settings.disabled == {"true", "1", "of.mine"}


def test_cors_of_the_local_host_is_read(tmp_path: Path) -> None:
    local = {"Host": {"CORS": "http://a, http://b", "CORSCredentials": True}}
    settings = read_settings(write(tmp_path, "{}", local), {})
    assert (settings.cors, settings.cors_credentials) == (("http://a", "http://b"), True)


@pytest.mark.parametrize(("timeout", "limit"), [("-1", None), ("00:10:00", 600)])
def test_a_function_timeout_may_be_off(tmp_path: Path, timeout: str, limit: float | None) -> None:
    host = json.dumps({"functionTimeout": timeout})
    assert read_settings(write(tmp_path, host), {}).function_timeout == limit


@pytest.mark.parametrize(
    ("host", "local", "said"),
    [
        ("{", None, "host.json is not valid JSON"),
        ('{"functionTimeout": "soon"}', None, "functionTimeout 'soon'"),
        ("{}", {"IsEncrypted": True}, "is encrypted"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, host: str, local: object, said: str) -> None:
    with pytest.raises(AppStartError, match=said):
        read_settings(write(tmp_path, host, local), {})


def test_a_folder_without_host_json_is_no_app(tmp_path: Path) -> None:
    with pytest.raises(AppStartError, match=r"has no host\.json"):
        read_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "length"),
    [("00:00:30", 30), ("1.02:00:00", 93600), ("0 * * * * *", None), ("00:00:01.5", 1)],
)
def test_a_time_span_is_told_from_a_schedule(text: str, length: float | None) -> None:
    assert seconds(text) == length
