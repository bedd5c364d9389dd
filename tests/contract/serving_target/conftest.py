"""One suite, four worlds: two clouds in memory with different rules, the emulator, real Azure.

Real Azure is opted in: SLIPWAY_TEST_REAL_WORKSPACE=1 and the AZURE_* settings of a workspace.
"""

import os
from typing import Any

import httpx
import pytest

from shared.adapters.targets.azureml.target import AzureMLTarget
from shared.errors.serving import ServingRefused
from tests.support.other_cloud import OtherCloud
from tests.support.parts import running_part
from tests.support.serving_target import ServingTargetFake
from tests.support.serving_target_world import SCORING, Emulator, World, settings_of


@pytest.fixture(scope="session")
def running_emulator(tmp_path_factory):
    with (
        running_part("azureml_emulator", tmp_path_factory.mktemp("azureml")) as ready,
        httpx.Client(base_url=ready["control_url"], trust_env=False, timeout=30) as http,
    ):
        yield Emulator(ready, http)


@pytest.fixture
def emulator(running_emulator, monkeypatch):
    """The emulator without faults, and this process among its clients."""
    for name, value in running_emulator.ready["environment"].items():
        monkeypatch.setenv(name, value)
    yield running_emulator
    running_emulator.http.delete("/faults").raise_for_status()
    running_emulator.datastores_by("accesskey")
    running_emulator.latency(endpoint=0, deployment=0, traffic=0, delete=0)


@pytest.fixture(scope="session")
def gateways():
    """One gateway for each workspace: loading the SDK takes seconds."""
    return {}


@pytest.fixture
def emulated(emulator, gateways):
    if "emulator" not in gateways:
        settings = settings_of(emulator.ready["environment"])
        gateways["emulator"] = AzureMLTarget(settings, SCORING)
    world = World("emulator", gateways["emulator"], settles_within=100)
    yield world
    emulator.faults()
    world.target.provisioning.delete_endpoint(world.endpoint)


def _real(gateways):
    if os.environ.get("SLIPWAY_TEST_REAL_WORKSPACE") != "1":
        pytest.skip("real Azure: set SLIPWAY_TEST_REAL_WORKSPACE=1 and AZURE_* (it costs money)")
    if "real" not in gateways:
        gateways["real"] = AzureMLTarget(settings_of(dict(os.environ)), SCORING)
    return World("real", gateways["real"], settles_within=2400)


@pytest.fixture(
    params=["fake", "other", "emulator", pytest.param("real", marks=pytest.mark.timeout(7200))],
)
def world(request, gateways):
    if request.param == "fake":
        yield World("fake", ServingTargetFake(), settles_within=1)
    elif request.param == "other":
        yield World("other", OtherCloud(), settles_within=1)
    elif request.param == "emulator":
        yield request.getfixturevalue("emulated")
    else:
        real = _real(gateways)
        yield real
        real.target.provisioning.delete_endpoint(real.endpoint)


@pytest.fixture
def folder(tmp_path):
    """A model folder, as small as can be."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n")
    return model


@pytest.fixture
def refused():
    """`with refused("code"):` expects exactly this refusal or wait."""

    def expect(code: str, kind: type[Exception] = ServingRefused) -> Any:
        return pytest.raises(kind, check=lambda error: error.code == code)

    return expect
