"""What the services of the local world find in their environment; the app's is as on Azure."""

import os
from typing import Any

from devstack.loopback import HOST

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "SSL_CERT_DIR")
INHERITED_PREFIXES = ("UV_", "PIP_")
"""Where packages come from is the machine's business."""
SETTING_PREFIXES = ("MAX_", "CONVERSION_", "ENDPOINT_", "DEPLOYMENT_", "TRAFFIC_", "REMOVAL_",
                    "SCORE_", "LOG_LEVEL", "ALLOW_", "SUPABASE_TIMEOUT_SECONDS")  # fmt: skip
"""Slipway's own settings, passed through so that they can be tried."""


def machine() -> dict[str, str]:
    """What every service takes over from the caller's environment."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in INHERITED or name.startswith(INHERITED_PREFIXES)
    }


def app_environment(
    emulator: dict[str, Any], database: dict[str, Any], dashboard_port: int
) -> dict[str, str]:
    """What the app is told, here as on Azure: only these values differ.

    `emulator` and `database` are what these services have written into their ready files.
    """
    settings = {
        name: value for name, value in os.environ.items() if name.startswith(SETTING_PREFIXES)
    }
    return {
        **machine(),
        **settings,
        **emulator["environment"],
        "SUPABASE_URL": database["url"],
        "SUPABASE_ANON_KEY": database["publishable_key"],
        "SUPABASE_SERVICE_KEY": database["secret_key"],
        "CORS_ALLOWED_ORIGINS": _origins(dashboard_port),
        "FUNCTIONS_WORKER_RUNTIME": "python",
    }


def _origins(dashboard_port: int) -> str:
    """The dashboard by both names of this machine, and origins that the caller adds."""
    added = os.environ.get("CORS_ALLOWED_ORIGINS", "")
    dashboard = [f"http://{host}:{dashboard_port}" for host in (HOST, "localhost")]
    return ",".join(filter(None, [*dashboard, added]))
