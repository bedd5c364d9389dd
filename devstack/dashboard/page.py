"""Leading a person to the dashboard: its address on the console, and in a browser where one is."""

import os
import sys
import webbrowser
from collections.abc import Mapping
from urllib.parse import urlencode

from rich.console import Console


def show_page(
    url: str | None,
    console: Console,
    *,
    user: Mapping[str, str] | None = None,
    path: str = "/dashboard/deployments/",
) -> None:
    """Print the page's address and open it; as `user`, one of the seeded ones, if given."""
    if url is None:
        return
    address = f"{url}{path}"
    if user:
        address = f"{url}/sign-in/?{urlencode({'as': user['email'], 'next': path})}"
    console.print(f"Dashboard {address}", highlight=False, soft_wrap=True)
    if _has_browser(console):
        webbrowser.open(address)


def _has_browser(console: Console) -> bool:
    """A person sits at a screen: on Linux a display says so."""
    if not console.is_terminal:
        return False
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
