"""What the documents say, the code says too: pages, links, commands, settings and numbers."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Route

from api.http.routing import ROUTES
from devstack.azureml_emulator.control import Control
from devstack.azureml_emulator.scenarios import scenarios
from devstack.azureml_emulator.workspace import Workspace
from devstack.functions_host import admin
from devstack.functions_host.durable import links, management
from devstack.ports import DEFAULT_BASE, Ports
from shared.adapters.conversion.environments.pins import supported_releases
from shared.config import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATE = runpy.run_path(str(DOCS / "generate.py"))
GENERATED = GENERATE["documents"]()
PLACES = {
    str(page.relative_to(DOCS)): page for page in [*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md")]
} | {"README.md": ROOT / "README.md"}
PAGES = {name: page.read_text("utf-8") for name, page in PLACES.items()}
VARIABLES = set(re.findall(r"`([A-Z_]+)`(?=[^|]*\|)", GENERATED["errors.md"].split("\n## ")[0]))
SETTING = re.compile(
    r"(?<![$\w])(?:MAX|CONVERSION|ENDPOINT|DEPLOYMENT|TRAFFIC|REMOVAL|SCORE|SUPABASE|AZURE|LOG)_[A-Z_]+"
)
CURL = re.compile(r"curl ((?:\\\n|[^\n`|])*)")


@pytest.mark.parametrize("name", GENERATED)
def test_the_committed_document_is_what_the_code_generates(name):
    assert (DOCS / name).read_text() == GENERATED[name], "run: python docs/generate.py"


def answered_by(route: BaseRoute) -> Iterator[tuple[str, str]]:
    """Method and path of every request that the route takes."""
    assert isinstance(route, Route)
    for method in route.methods or ():
        yield method, route.path


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = PLACES[page].parent / path if path else PLACES[page]
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text("utf-8")), target


def served() -> list[tuple[str, str, str]]:
    """Base variable, method and pattern of every path that a command may name."""
    host = [
        *((links.PREFIX, route) for route in object.__new__(management.Management).routes()),
        *((admin.PREFIX, route) for route in object.__new__(admin.Admin).routes()),
    ]
    table = [("SLIPWAY", str(route.method), f"/{route.path}") for route in ROUTES]
    for prefix, route in host:
        table += [("SLIPWAY", method, prefix + path) for method, path in answered_by(route)]
    for route in object.__new__(Control).routes():
        table += [("CONTROL", method, path) for method, path in answered_by(route)]
    return [(base, method, re.sub(r"{[^}]+}", "[^/]+", path)) for base, method, path in table]


@pytest.mark.parametrize("page", PAGES)
def test_every_curl_asks_for_a_route_that_exists(page):
    for command in CURL.findall(PAGES[page]):
        asked = re.search(r'"\$(SLIPWAY|CONTROL)(/[^"?]*)', command)
        if asked is None:
            continue
        method = re.search(r"-X (\w+)", command)
        wanted = (asked[1], method[1] if method else "GET")
        assert any(
            wanted == (base, verb) and re.fullmatch(pattern, asked[2])
            for base, verb, pattern in served()
        ), command


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_named_exists(page):
    known = {name.upper() for name in Settings.model_fields} | VARIABLES
    assert set(SETTING.findall(PAGES[page])) <= known


def test_defaults_in_the_guides_are_those_of_the_settings():
    told = re.findall(rf"({SETTING.pattern}) \((\d+)\)", PAGES["troubleshooting.md"])
    assert len(told) >= 8
    for name, value in told:
        assert Settings.model_fields[name.lower()].default == int(value), name


def test_every_variable_of_the_commands_is_explained():
    commands = "\n".join(re.findall(r"^```\n(.*?)^```", GENERATED["errors.md"], re.M | re.S))
    used = set(re.findall(r"\$([A-Z][A-Z_]+)", commands))
    assert len(used) > 10
    assert used <= VARIABLES


def test_every_scenario_that_is_named_exists():
    named = re.findall(r'/scenarios" -d \'{"name": "(\w+)"', PAGES["troubleshooting.md"])
    assert named
    assert set(named) <= {scenario.name for scenario in scenarios(Workspace())}


def test_the_quota_guide_has_the_numbers_of_the_catalogue():
    assert GENERATE["quota_table"]() in PAGES["quota.md"]


@pytest.mark.parametrize(
    ("size", "instances", "cores", "fits_six"),
    [("Standard_DS1_v2", 5, 6, True), ("Standard_DS1_v2", 6, 8, False),
     ("Standard_DS2_v2", 2, 6, True), ("Standard_DS2_v2", 5, 12, False),
     ("Standard_DS3_v2", 1, 8, False), ("Standard_DS3_v2", 10, 48, False),
     ("Standard_F4s_v2", 1, 8, False)],
)  # fmt: skip
def test_the_worked_examples_of_quota_are_right(size, instances, cores, fits_six):
    needed = GENERATE["CATALOGUE"][size].cores_of_quota(instances)
    assert (needed, needed <= 6) == (cores, fits_six)


def test_the_range_of_scikit_learn_in_the_guides_is_the_supported_one():
    minors = [release.rpartition(".")[0] for release in supported_releases()]
    assert f"({minors[0]} to {minors[-1]})" in PAGES["troubleshooting.md"]


def test_the_local_ports_in_the_guides_are_the_real_ones():
    ports = vars(Ports(*range(DEFAULT_BASE, DEFAULT_BASE + 6)))
    guide = PAGES["troubleshooting.md"]
    for variable, port in [("SLIPWAY", "functions"), ("SUPABASE_URL", "supabase"),
                           ("CONTROL", "control")]:  # fmt: skip
        assert f"{variable}=http://127.0.0.1:{ports[port]}" in guide


def test_every_decision_has_a_date_what_it_costs_and_when_to_look_again():
    decisions = sorted(DOCS.glob("decisions/[0-9]*.md"))
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))
    for page in decisions:
        text = page.read_text("utf-8")
        assert re.match(r"# .+\n\nDecided \d{4}-\d\d-\d\d\.\n\n\S", text), page.name
        for heading in ("## Consequences", "## When to look again"):
            assert re.search(rf"{heading}\n\n\S", text), (page.name, heading)
        assert page.name in PAGES["decisions/README.md"], page.name
