"""The built site over HTTP, with the headers and the configuration that a static host gives it."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

HOST_FILE = "staticwebapp.config.json"
"""Headers for all static hosts are written in Azure's form; here they are read from there."""
FOR_EVER = "public, max-age=31536000, immutable"
GZIPPED_BYTES = 1024


class Site:
    """`folder`: the built files. `config`: the content of /config.json."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        self._folder = folder.resolve()
        self._config = dict(config)
        self._headers = _headers(folder / HOST_FILE, config)

    async def get(self, request: Request) -> Response:
        path = request.url.path
        if path == "/config.json":
            return JSONResponse(
                self._config, headers={**self._headers, "Cache-Control": "no-store"}
            )
        file = self._file(path)
        if file is None:
            return FileResponse(self._folder / "404.html", 404, {**self._headers})
        if file.name == "index.html" and not path.endswith("/"):
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{path}/{query}", 308, self._headers)
        kept = FOR_EVER if path.startswith("/_next/static/") else "no-cache"
        return FileResponse(file, headers={**self._headers, "Cache-Control": kept})

    def _file(self, path: str) -> Path | None:
        """A file of the site, or a folder's page; nothing outside, nothing hidden."""
        parts = PurePosixPath(path).parts[1:]
        if "\0" in path or any(part.startswith(".") for part in parts) or HOST_FILE in parts:
            return None
        found = self._folder.joinpath(*parts)
        if found.is_dir():
            found = found / "index.html"
        return found if found.is_file() and found.resolve().is_relative_to(self._folder) else None


def create_site(folder: Path, config: Mapping[str, Any]) -> Starlette:
    site = Site(folder, config)
    return Starlette(
        routes=[Route("/{path:path}", site.get, methods=["GET", "HEAD"])],
        middleware=[Middleware(GZipMiddleware, minimum_size=GZIPPED_BYTES)],
    )


def _headers(host_file: Path, config: Mapping[str, Any]) -> dict[str, str]:
    """The static host's headers; the two services that pages may ask stand in for their names."""
    headers: dict[str, str] = json.loads(host_file.read_text())["globalHeaders"]
    for name in ("functions_url", "supabase_url"):
        headers = {key: text.replace(f"<{name}>", config[name]) for key, text in headers.items()}
    return headers
