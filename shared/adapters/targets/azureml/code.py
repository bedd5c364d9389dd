"""The scoring code as a code asset, registered once under its content's hash."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from shared.adapters.targets.azureml.azure_errors import explained, found_or_none
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.uploads import within

VERSION = "1"
UPLOAD_SECONDS = 60
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True)
class ScoringCode:
    """A Python package that runs inside endpoints, and the script in it that the server starts."""

    package: Path
    script: str = "score.py"

    @property
    def entry(self) -> str:
        """The script, as the deployment names it: from the code asset's root."""
        return f"{self.package.name}/{self.script}"

    def digest(self) -> str:
        """Of every file's name and content."""
        found = hashlib.sha256(self.package.name.encode())
        for path in sorted(self.package.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.relative_to(self.package).as_posix().encode() + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
        return found.hexdigest()[:12]


def ensure(connection: Connection, scoring: ScoringCode) -> str:
    """The code's reference, `azureml:name:version`; uploaded where it is missing.

    The SDK keeps the operations on code under `_code`; a deployment that names a local folder
    instead would upload it anew, under a random name, each time.
    """
    name = f"slipway-scoring-{scoring.digest()}"
    attempt = connection.attempt("register the scoring code")
    if found_or_none(lambda: connection.client._code.get(name, VERSION), attempt) is None:
        with explained(attempt):
            within(UPLOAD_SECONDS, lambda: _upload(connection, name, scoring), what=scoring.entry)
    return f"azureml:{name}:{VERSION}"


def _upload(connection: Connection, name: str, scoring: ScoringCode) -> None:
    from azure.ai.ml.entities._assets import Code

    with tempfile.TemporaryDirectory(prefix="slipway-code-") as scratch:
        folder = Path(scratch) / "code"
        shutil.copytree(scoring.package, folder / scoring.package.name, ignore=_LEFT_OUT)
        connection.client._code.create_or_update(Code(name=name, version=VERSION, path=str(folder)))
