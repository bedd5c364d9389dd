"""The contract as a TypeScript client has it: types are generated, a small client compiles."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OPENAPI = HERE.parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The client with its tools installed and its types generated."""
    if shutil.which("npm") is None:
        pytest.skip("Node is not installed, so no TypeScript client can be compiled")
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "tsconfig.json", "client.ts"):
        shutil.copy(HERE / name, folder)
    run(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts")
    run(folder, "node_modules/.bin/openapi-typescript", str(OPENAPI), "--output", "schema.d.ts")
    return folder


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_strict_client_on_the_generated_types_compiles(project):
    run(project, "node_modules/.bin/tsc", "--project", ".")
