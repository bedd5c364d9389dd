"""Building: when it is done, when it is not, and what is said where it cannot be."""

import asyncio
import stat

import pytest

from devstack.dashboard.build import NoDashboardError, build, built, source_hash

NPM = """#!/bin/sh
echo "$@" >> ../npm.calls
case "$*" in
  ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
  "run build") mkdir -p out && echo page > out/index.html ;;
esac
"""


@pytest.fixture
def client(tmp_path):
    folder = tmp_path / "client"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "page.tsx").write_text("one")
    (folder / "package-lock.json").write_text("{}")
    return folder


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Stand-ins for node and npm on the PATH; returns a way to write them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def write(version="v20.20.2", npm=NPM):
        for name, text in {"node": f"#!/bin/sh\necho {version}\n", "npm": npm}.items():
            file = folder / name
            file.write_text(text)
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

    return write


def run(client, tmp_path):
    return asyncio.run(build(client, tmp_path / "log"))


def calls(client):
    file = client.parent / "npm.calls"
    return file.read_text().splitlines() if file.exists() else []


def test_a_build_is_reused_while_its_sources_are_the_same(client, tools, tmp_path):
    tools()
    site = run(client, tmp_path)
    assert (site / "index.html").read_text() == "page\n"
    assert run(client, tmp_path) == site == built(client)
    assert calls(client) == ["ci", "run build"]


def test_another_source_is_another_build_with_the_packages_that_are_there(client, tools, tmp_path):
    tools()
    first = run(client, tmp_path)
    (client / "app" / "page.tsx").write_text("two")
    assert run(client, tmp_path) != first
    assert calls(client) == ["ci", "run build", "run build"]


def test_without_node_it_is_said(client, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoDashboardError, match="Node 20 or newer is not installed"):
        run(client, tmp_path)


def test_an_old_node_is_named(client, tools, tmp_path):
    tools(version="v18.1.0")
    with pytest.raises(NoDashboardError, match=r"needs Node 20 or newer; here is v18\.1\.0"):
        run(client, tmp_path)


def test_packages_of_another_checkout_are_left_alone(client, tools, tmp_path):
    tools()
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "package").write_text("kept")
    (client / "node_modules").symlink_to(theirs)
    with pytest.raises(NoDashboardError, match=r"is a link to .*theirs.*Remove the link \(rm "):
        run(client, tmp_path)
    assert calls(client) == []
    assert [each.name for each in theirs.iterdir()] == ["package"]


def test_a_failed_build_ends_with_what_npm_said_and_leaves_nothing(client, tools, tmp_path):
    tools(npm="#!/bin/sh\necho 'Type error: no'\nexit 3\n")
    with pytest.raises(NoDashboardError, match="Type error: no"):
        run(client, tmp_path)
    assert built(client) is None


def test_what_a_build_leaves_behind_does_not_change_the_hash(client):
    before = source_hash(client)
    for name in ("node_modules", ".next", "out", ".cache", "tests"):
        (client / name).mkdir()
        (client / name / "file").write_text("x")
    assert source_hash(client) == before
    (client / "app" / "page.tsx").rename(client / "app" / "other.tsx")
    assert source_hash(client) != before
