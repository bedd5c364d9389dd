"""The scoring script as a code asset, registered once under its content's hash."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from shared.azureml.azure_errors import explained, found_or_none
from shared.azureml.connection import Connection
from shared.azureml.uploads import within

VERSION = "1"
UPLOAD_SECONDS = 60


def ensure(connection: Connection, script: Path) -> str:
    """The code's reference, `azureml:name:version`; uploaded where it is missing.

    The SDK keeps the operations on code under `_code`; a deployment that names a local folder
    instead would upload it anew, under a random name, each time.
    """
    name = f"slipway-scoring-{hashlib.sha256(script.read_bytes()).hexdigest()[:12]}"
    attempt = connection.attempt("register the scoring script")
    if found_or_none(lambda: connection.client._code.get(name, VERSION), attempt) is None:
        with explained(attempt):
            within(UPLOAD_SECONDS, lambda: _upload(connection, name, script), what=script.name)
    return f"azureml:{name}:{VERSION}"


def _upload(connection: Connection, name: str, script: Path) -> None:
    from azure.ai.ml.entities._assets import Code

    with tempfile.TemporaryDirectory(prefix="slipway-code-") as scratch:
        folder = Path(scratch) / "scoring"
        folder.mkdir()
        shutil.copyfile(script, folder / script.name)
        connection.client._code.create_or_update(Code(name=name, version=VERSION, path=str(folder)))
