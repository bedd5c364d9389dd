"""Resolve the pins anew and write pins.json: `python -m shared.conversion.regenerate_pins`.

Run it to support another scikit-learn, or to take in newer releases of the server; the hashes of
the environments change with it, so every model is converted and every image built once more.
"""

import json
import subprocess
import tempfile

from uv import find_uv_bin

from shared.conversion.environments import PINS_FILE

OLDEST_PYTHON = "3.11"
"""What the app runs on at least; the pins have wheels for 3.12 as well."""
SERVER = ["azureml-inference-server-http==1.5.1", "pyyaml"]
CONVERSION = ["mlflow-skinny==3.17.2"]
SCIENCE = {
    "1.3": ["numpy==1.26.4", "scipy==1.11.4", "pandas==2.1.4"],
    "1.4": ["numpy==1.26.4", "scipy==1.13.1", "pandas==2.2.3"],
    "1.5": ["numpy==2.2.6", "scipy==1.15.3", "pandas==2.3.3"],
    "1.6": ["numpy==2.2.6", "scipy==1.15.3", "pandas==2.3.3"],
    "1.7": ["numpy==2.2.6", "scipy==1.16.3", "pandas==2.3.3"],
    "1.8": ["numpy==2.3.5", "scipy==1.16.3", "pandas==2.3.3"],
    "1.9": ["numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1"],
}
"""By scikit-learn's minor version: releases of its time, which load what was pickled with them."""
JOBLIB = "joblib==1.6.0"
"""The first whose nested pickles obey the outer unpickler's find_class."""


def resolve(wanted: list[str], constraints: list[str]) -> list[str]:
    """Everything `wanted` needs on Linux, pinned and sorted."""
    command = [find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", OLDEST_PYTHON, "--python-platform", "x86_64-manylinux_2_28"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(constraints))
        file.flush()
        command += ["--constraints", file.name]
        text = "\n".join(wanted)
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return sorted(done.stdout.split())


def main() -> None:
    """First all parts together, so that each then agrees with the others on what they share."""
    newest = [f"scikit-learn=={list(SCIENCE)[-1]}.*", *list(SCIENCE.values())[-1], JOBLIB]
    together = resolve([*SERVER, *CONVERSION, *newest], [])
    science = {
        minor: resolve([f"scikit-learn=={minor}.*", *libraries, JOBLIB], [])
        for minor, libraries in SCIENCE.items()
    }
    pins = {
        "server": resolve(SERVER, together),
        "conversion": resolve(CONVERSION, together),
        "science": science,
    }
    PINS_FILE.write_text(json.dumps(pins, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
