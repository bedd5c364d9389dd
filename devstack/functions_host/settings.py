"""What the host reads before the app: host.json (comments allowed) and local.settings.json."""

import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstack.functions_host.functions import AppStartError

_DEFAULT_TIMEOUT = 30 * 60.0
_COMMENT_OR_STRING = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?")

_DISABLED = re.compile(r"AzureWebJobs\.(.+)\.Disabled", re.IGNORECASE)


@dataclass(frozen=True)
class HostSettings:
    """`function_timeout` in seconds, None for no limit. `cors`: origins allowed to call."""

    route_prefix: str = "api"
    hub: str = "TestHubName"
    default_version: str | None = None
    """Of orchestrations that are started without one, as the extension has it."""
    max_activities: int = 10
    max_orchestrators: int = 10
    function_timeout: float | None = _DEFAULT_TIMEOUT
    log_level: str = "Information"
    log_levels: Mapping[str, str] | None = None
    cors: tuple[str, ...] = ()
    cors_credentials: bool = False
    disabled: frozenset[str] = frozenset()
    """Names of functions that `AzureWebJobs.NAME.Disabled` switches off, in small letters."""


def read_settings(app: Path, environment: MutableMapping[str, str]) -> HostSettings:
    """Read both files of `app`; local settings fill `environment` where it has no value."""
    local = _local_settings(app)
    for name, value in local.get("Values", {}).items():
        environment.setdefault(name, str(value))
    host_file = app / "host.json"
    if not host_file.is_file():
        raise AppStartError(f"{app} has no host.json: it is not the root of a Functions app.")
    return _host_settings(_parse(host_file), local.get("Host", {}), environment)


def _host_settings(
    host: Mapping[str, Any], local_host: Mapping[str, Any], environment: Mapping[str, str]
) -> HostSettings:
    extensions = host.get("extensions", {})
    durable = extensions.get("durableTask", {})
    levels = host.get("logging", {}).get("logLevel", {})
    origins = str(local_host.get("CORS", ""))
    return HostSettings(
        route_prefix=extensions.get("http", {}).get("routePrefix", "api"),
        hub=_expand(str(durable.get("hubName", "TestHubName")), environment),
        default_version=durable.get("defaultVersion"),
        max_activities=int(durable.get("maxConcurrentActivityFunctions", 10)),
        max_orchestrators=int(durable.get("maxConcurrentOrchestratorFunctions", 10)),
        function_timeout=_timeout(host.get("functionTimeout")),
        log_level=levels.get("default", "Information"),
        log_levels={k: v for k, v in levels.items() if k != "default"},
        cors=tuple(o.strip() for o in origins.split(",") if o.strip()),
        cors_credentials=bool(local_host.get("CORSCredentials", False)),
        disabled=frozenset(
            found[1].casefold()
            for name, value in environment.items()
            if (found := _DISABLED.fullmatch(name)) and value.strip().casefold() in ("true", "1")
        ),
    )


def _local_settings(app: Path) -> dict[str, Any]:
    file = app / "local.settings.json"
    if not file.is_file():
        return {}
    settings = _parse(file)
    if settings.get("IsEncrypted"):
        raise AppStartError(
            "local.settings.json is encrypted, which this host cannot read. Run 'func settings "
            "decrypt'."
        )
    return settings


def _parse(file: Path) -> dict[str, Any]:
    try:
        text = _COMMENT_OR_STRING.sub(_keep_strings, file.read_text(encoding="utf-8-sig"))
        settings: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise AppStartError(f"{file.name} is not valid JSON: {error}") from error
    return settings


def _keep_strings(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else ""


def _expand(text: str, environment: Mapping[str, str]) -> str:
    """`%NAME%` stands for a setting."""
    return re.sub(r"%(\w+)%", lambda found: environment.get(found[1], found[0]), text)


def seconds(time_span: str) -> float | None:
    """The length of a .NET time span such as 00:10:00; None when it is none."""
    found = _TIME_SPAN.fullmatch(time_span)
    if found is None:
        return None
    days, hours, minutes, secs = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + secs)


def _timeout(setting: str | None) -> float | None:
    if setting is None:
        return _DEFAULT_TIMEOUT
    if str(setting) in ("-1", "-00:00:01"):
        return None
    limit = seconds(str(setting))
    if not limit:
        raise AppStartError(
            f"host.json: functionTimeout '{setting}' is not a time span like 00:10:00."
        )
    return limit
