"""The static host: which file answers, with which headers, and nothing outside the site."""

import asyncio
import json

import httpx
import pytest

from devstack.dashboard.serve import create_site

CONFIG = {
    "functions_url": "http://127.0.0.1:7071",
    "supabase_url": "http://127.0.0.1:7072",
    "publishable_key": "sb_publishable_x",
}


class Visitor:
    def __init__(self, transport):
        self._transport = transport

    def get(self, path):
        async def ask():
            async with httpx.AsyncClient(transport=self._transport, base_url="http://x") as client:
                return await client.get(path)

        return asyncio.run(ask())


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "dashboard" / "models").mkdir(parents=True)
    (folder / "_next" / "static").mkdir(parents=True)
    (folder / "index.html").write_text("home")
    (folder / "404.html").write_text("nothing here")
    (folder / "dashboard" / "models" / "index.html").write_text("models")
    (folder / "_next" / "static" / "a.js").write_text("1")
    (folder / ".secret").write_text("hidden")
    (tmp_path / "outside.txt").write_text("outside")
    headers = {"Content-Security-Policy": "connect-src 'self' <functions_url> <supabase_url>"}
    (folder / "staticwebapp.config.json").write_text(json.dumps({"globalHeaders": headers}))
    return Visitor(httpx.ASGITransport(create_site(folder, CONFIG)))


def test_a_folder_is_its_page_and_an_address_without_its_slash_keeps_its_query(site):
    assert site.get("/dashboard/models/").text == "models"
    moved = site.get("/dashboard/models?search=iris")
    assert moved.status_code == 308
    assert moved.headers["location"] == "/dashboard/models/?search=iris"


def test_pages_may_speak_to_the_two_services_only(site):
    policy = site.get("/").headers["content-security-policy"]
    assert policy == "connect-src 'self' http://127.0.0.1:7071 http://127.0.0.1:7072"


def test_the_configuration_is_told_at_run_time_and_kept_by_nobody(site):
    reply = site.get("/config.json")
    assert reply.json() == CONFIG
    assert reply.headers["cache-control"] == "no-store"


def test_named_by_their_content_files_are_kept_for_ever_and_pages_are_not(site):
    assert "immutable" in site.get("/_next/static/a.js").headers["cache-control"]
    assert site.get("/").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/.secret", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/a%00b",
     "/staticwebapp.config.json"],
)  # fmt: skip
def test_what_is_not_of_the_site_is_not_found(site, path):
    reply = site.get(path)
    assert reply.status_code == 404
    assert reply.text == "nothing here"
    assert "content-security-policy" in reply.headers


def test_a_link_out_of_the_site_is_not_followed(site, tmp_path):
    (tmp_path / "site" / "link.txt").symlink_to(tmp_path / "outside.txt")
    assert site.get("/link.txt").status_code == 404
