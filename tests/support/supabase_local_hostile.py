"""Strings that try to be more than strings, and the places of a request where they may stand."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

CANARY = "canary-9f3b1c"

STRINGS = [
    "'",
    "''",
    "\\'",
    '"',
    '""',
    "\\",
    "\\\\'",
    "`",
    ";",
    "--",
    "/*",
    "*/",
    "$$",
    "$tag$",
    "%",
    "%s",
    "%(x)s",
    "{}",
    "{0}",
    "{",
    "}",
    "(",
    ")",
    "((((",
    "))))",
    ",",
    ",,,",
    ".",
    "...",
    ":",
    "::",
    "::text",
    "->",
    "->>",
    "->>'",
    "!",
    "!inner",
    "*",
    "=",
    "&&",
    "|",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x01",
    "\x7f",
    "\u2028",
    "\ufeff",
    "ʼ",
    "＇",
    "雪",
    "😀",
    "1' or '1'='1",
    "1 or 1=1",
    "' or 1=1 --",
    "' or ''='",
    '" or ""="',
    "'); drop table public.shops; --",
    "'; drop table public.shops; --",
    '"; drop table public.shops; --',
    "; delete from public.products where true; --",
    "$$; drop table public.shops; $$",
    "E'\\'; drop table public.shops; --",
    "\\'; drop table public.shops; --",
    "' union select value from public.secrets --",
    "' union all select null,null,value from public.secrets --",
    "1 union select value from public.secrets",
    "(select value from public.secrets limit 1)",
    "'||(select value from public.secrets limit 1)||'",
    '"||(select value from public.secrets limit 1)||"',
    "id,(select value from public.secrets)",
    "id from public.secrets --",
    "secrets(*)",
    "...secrets(*)",
    "id,secrets(value)",
    "x:secrets!inner(value)",
    "public.secrets",
    "secrets",
    "pg_catalog.pg_authid",
    "auth.users",
    "pg_sleep(10)",
    "'||pg_sleep(10)||'",
    "1;select pg_sleep(10)",
    "(select pg_sleep(10))",
    "id.desc;select pg_sleep(10)",
    "id desc, (select 1 from pg_sleep(10))",
    "set role service_role",
    "'; set role service_role; --",
    "'; reset role; --",
    "'; commit; drop table public.shops; --",
    "'; rollback; --",
    "'; copy public.secrets to program 'id'; --",
    "cast(value as text)",
    "id::text) from public.secrets --",
    'id"::text, (select 1) as "x',
    'id" from public.secrets --',
    "current_user",
    "current_setting('request.jwt.claims')",
    "set_config('role','service_role',true)",
    "a" * 5000,
    "'" * 500,
    '"' * 501,
    "(" * 500,
    "and(" * 200,
    "x->" * 300,
    "-" * 300,
    "99999999999999999999999999",
    "-1",
    "1e308",
    "NaN",
    "null",
    "true",
    "../../etc/passwd",
    "%27%3B--",
    "%00",
    "{a,b}",
    "{'}",
    '{"a',
    "[1,2",
    '{"a":',
    "\\u0000",
    "\\x00",
    "not.eq.1",
    "in.(1,2",
    "in.(')",
    'in.("',
    "is.'",
    "fts(english').x",
    "fts(pg_catalog.english).x",
    "eq(any).{'}",
    "eq(any)).{1}",
    "like(all).{%,'}",
    "cs.{'}",
    "cs.{\"'}",
    "or(id.eq.1)",
]


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
