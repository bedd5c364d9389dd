"""The same with supabase-js, where Node is and npm can fetch it."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from devstack.supabase_local.tests.support.project import PASSWORD

Row = dict[str, Any]
PACKAGES = ("@supabase/supabase-js@2.109.0", "ws@8.23.0")
SCRIPT = Path(__file__).parent / "support" / "client.mjs"


@pytest.fixture(scope="module")
def node_folder() -> Path:
    """A folder outside the repository with the packages installed; kept for the next time."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "slipway" / "supabase-js"
    if not (folder / "node_modules" / "@supabase" / "supabase-js").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
        try:
            done = subprocess.run(install, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not install supabase-js within a minute")
        if done.returncode != 0:
            pytest.skip(f"npm could not install supabase-js: {done.stderr.strip()[-300:]}")
    return folder


def test_supabase_js_finds_what_it_expects(node_folder: Path, facts: Row) -> None:
    # Node looks for packages beside the script.
    script = shutil.copy(SCRIPT, node_folder / "client.mjs")
    email = f"{uuid4().hex}@example.org"
    arguments = [facts["url"], facts["publishable_key"], facts["secret_key"], email, PASSWORD]
    done = subprocess.run(
        ["node", script, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "signUp": {"error": None, "email": email},
        "wrongPassword": "invalid_credentials",
        "role": "authenticated",
        "claims": True,
        "refreshed": None,
        "insert": {"error": None, "status": 201, "name": "js"},
        "read": {
            "error": None,
            "count": 1,
            "data": [{"name": "js", "deep": 2, "products": [{"name": "bread", "price": 3}]}],
        },
        "filters": [{"name": "apples"}],
        "single": "PGRST116",
        "maybeSingle": None,
        "head": 2,
        "upsert": True,
        "update": [{"price": 9}],
        "delete": 1,
        "rpc": 5,
        "rpcGet": 3,
        "rpcRows": [{"number": 3, "word": "three"}],
        "csv": "name\napples",
        "missing": "PGRST205",
        "upload": None,
        "form": None,
        "download": [1, 2, 3],
        "blob": "from a blob",
        "list": [["blob.txt", 11], ["bytes.bin", 3]],
        "info": "application/x-bytes",
        "exists": [True, False],
        "foreign": "new row violates row-level security policy",
        "signed": "from a blob",
        "uploadSigned": None,
        "moved": "Successfully moved",
        "removed": 1,
        "adminUsers": email,
        "adminRows": 1,
        "notAdmin": "not_admin",
        "functions": 501,
        "signOut": None,
        "afterwards": "42501",
    }
