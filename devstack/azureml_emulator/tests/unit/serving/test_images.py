import asyncio
from pathlib import Path

import pytest

from devstack.azureml_emulator.serving.images import (
    default_cache,
    installer_environment,
    nearest_python,
)


def test_the_installer_leaves_the_emulated_world():
    emulated = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "SSL_CERT_FILE": "/state/ca.pem",
        "REQUESTS_CA_BUNDLE": "/state/ca.pem",
        "IDENTITY_ENDPOINT": "http://127.0.0.1:2/msi/token",
        "IDENTITY_HEADER": "secret",
    }
    kept = installer_environment(emulated)
    assert kept["PATH"] == "/bin"
    assert not set(emulated) - {"PATH"} & set(kept)


def test_the_machines_own_proxy_is_kept():
    own = {"HTTPS_PROXY": "http://proxy.example:3128", "SSL_CERT_FILE": "/etc/ssl/own.pem"}
    assert installer_environment(own).items() >= own.items()


def test_a_python_of_pyenv_is_found_behind_its_shims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    interpreter = tmp_path / "versions" / "3.4.10" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert asyncio.run(nearest_python("3.4")) == ("3.4", str(interpreter))


def test_the_cache_follows_the_cache_home(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert default_cache() == Path("/elsewhere/slipway/environments")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert default_cache() == Path("/home/ada/.cache/slipway/environments")
