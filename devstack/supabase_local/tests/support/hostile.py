"""The places of a request where a hostile string may stand."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote


def requests_with(text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, options of httpx) for every place where `text` can stand."""
    name = quote(text, safe="")
    # A dot segment is resolved by the client; then there is no hostile name left.
    in_path = "x" if set(text) <= {".", "/"} else name
    rest = "/rest/v1"
    yield "GET", f"{rest}/shops", {"params": {"name": f"eq.{text}"}}
    yield "GET", f"{rest}/products", {"params": {"name": text}}
    yield "GET", f"{rest}/products", {"params": {text: "eq.1"}}
    yield "GET", f"{rest}/products", {"params": {"id": f"{text}.1"}}
    yield "GET", f"{rest}/products", {"params": {"name": f"in.({text},x)"}}
    yield "GET", f"{rest}/products", {"params": {"or": f"(name.eq.{text},id.eq.1)"}}
    yield "GET", f"{rest}/products", {"params": {"and": text}}
    yield "GET", f"{rest}/products", {"params": {"labels": f"cs.{{{text}}}"}}
    yield "GET", f"{rest}/products", {"params": {"name": f"fts({text}).x"}}
    yield "GET", f"{rest}/products", {"params": {"select": text}}
    yield "GET", f"{rest}/products", {"params": {"select": f"id,x:name::{text}"}}
    yield "GET", f"{rest}/products", {"params": {"select": f"id,shops!{text}(name)"}}
    yield "GET", f"{rest}/products", {"params": {"select": f'"{text}":name'}}
    yield "GET", f"{rest}/shops", {"params": {"select": f"details->{text}"}}
    yield "GET", f"{rest}/shops", {"params": {f"details->>{text}": "eq.1"}}
    yield "GET", f"{rest}/products", {"params": {"order": text}}
    yield "GET", f"{rest}/products", {"params": {"order": f"id.{text}"}}
    yield "GET", f"{rest}/products", {"params": {"limit": text, "offset": text}}
    yield "GET", f"{rest}/products", {"params": {f"{text}.limit": "1"}}
    yield "GET", f"{rest}/{in_path}", {}
    yield "POST", f"{rest}/rpc/echo", {"json": {"document": text}}
    yield "POST", f"{rest}/rpc/shops_named", {"json": {"pattern": text}}
    yield "POST", f"{rest}/rpc/shops_named", {"json": {text: "x"}}
    yield "GET", f"{rest}/rpc/shops_named", {"params": {"pattern": text}}
    yield "POST", f"{rest}/rpc/{in_path}", {"json": {}}
    yield "POST", f"{rest}/products", {"json": {"name": text}}
    yield "POST", f"{rest}/products", {"json": {text: "x"}}
    yield "POST", f"{rest}/products", {"json": {"name": "x"}, "params": {"columns": text}}
    yield "POST", f"{rest}/products", {"json": {"name": "x"}, "params": {"on_conflict": text}}
    yield "PATCH", f"{rest}/products", {"json": {"name": text}, "params": {"name": f"eq.{text}"}}
    yield "DELETE", f"{rest}/products", {"params": {"name": f"eq.{text}"}}
    if text.isascii() and text.isprintable():
        # httpx sends printable headers only.
        yield "GET", f"{rest}/products", {"headers": {"Range": text, "Accept-Profile": text}}
        yield "GET", f"{rest}/products", {"headers": {"Prefer": f"count={text}"}}
        yield "GET", f"{rest}/products", {"headers": {"Accept": text or "*/*"}}
    yield "GET", f"/storage/v1/object/private/{in_path}", {}
    yield "POST", "/storage/v1/object/list/private", {"json": {"prefix": text, "search": text}}
    yield "POST", "/storage/v1/object/list/private", {"json": {"sortBy": {"column": text}}}
    yield "DELETE", "/storage/v1/object/private", {"json": {"prefixes": [text]}}
    yield (
        "POST",
        "/auth/v1/token?grant_type=password",
        {"json": {"email": f"{text}@x.org", "password": text}},
    )
