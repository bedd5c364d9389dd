"""Pins: complete, deterministic, named by their hash; built without the app's secrets."""

import re
from pathlib import Path

import pytest

from shared.conversion import environments
from shared.conversion.environments import (
    Interpreters,
    environment_name,
    serving_requirements,
    supported_releases,
)
from shared.errors import ModelRefused, TransientError


@pytest.mark.parametrize("release", supported_releases())
def test_every_requirement_is_one_exact_pin(release: str) -> None:
    pins = serving_requirements(release)
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    names = [pin.split("==")[0] for pin in pins]
    assert names == sorted(set(names))


def test_the_environment_serves_with_the_version_of_the_file() -> None:
    pins = serving_requirements("1.5.1")
    assert "scikit-learn==1.5.1" in pins
    assert "azureml-inference-server-http==1.5.1" in pins
    assert not any(pin.startswith("mlflow") for pin in pins)


def test_the_name_is_legal_and_changes_with_any_pin() -> None:
    first, second = (serving_requirements(version) for version in ("1.5.1", "1.5.2"))
    assert re.fullmatch(r"slipway-serving-[0-9a-f]{12}", environment_name(first))
    assert environment_name(first) == environment_name(list(first))
    assert environment_name(first) != environment_name(second)


def test_another_image_makes_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    pins = serving_requirements("1.9.1")
    before = environment_name(pins)
    monkeypatch.setattr(environments, "SERVING_IMAGE", "mcr.microsoft.com/other:20270101.v1")
    assert environment_name(pins) != before


@pytest.mark.parametrize("version", ["1.2.2", "0.24.1", "1.99.0", "1.7.dev0", "1.5.0rc1", "", "x"])
def test_an_unsupported_version_is_refused_with_the_range(version: str) -> None:
    with pytest.raises(ModelRefused, match=r"1\.3 to 1\.9 are supported") as refusal:
        serving_requirements(version)
    assert refusal.value.code == "model_unsupported"
    assert version in refusal.value.message


def test_the_builder_knows_the_package_index_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("SUPABASE_SERVICE_KEY", "IDENTITY_HEADER", "HTTPS_PROXY", "SSL_CERT_FILE")
    for name in (*secrets, "UV_DEFAULT_INDEX", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "value")
    environment = environments.builder_environment()
    assert environment.keys() >= {"UV_DEFAULT_INDEX", "PIP_INDEX_URL"}
    assert not environment.keys() & set(secrets)


def test_a_cache_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(PermissionError, match="written by others"):
        Interpreters(tmp_path).for_sklearn("1.3.2")


def test_a_failed_build_is_worth_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\necho cannot connect >&2\nexit 2\n")
    broken.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(broken))
    with pytest.raises(TransientError, match=r"environment_not_built.*cannot connect"):
        environments.build(tmp_path / "home", ["numpy==1.0.0"])
    assert not (tmp_path / "home").exists()
