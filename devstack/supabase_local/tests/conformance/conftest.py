"""A local Supabase with the world of the conformance cases."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devstack.supabase_local.tests.support.project import LocalSupabase, open_folder, running


@pytest.fixture(scope="session")
def films() -> Iterator[httpx.Client]:
    """REST as the service role; every change is rolled back unless a test says otherwise."""
    migrations = Path(__file__).parent / "migrations"
    with open_folder() as folder, running(LocalSupabase(folder / "state", migrations)) as ready:
        headers = {"apikey": ready["secret_key"]}
        base = f"{ready['url']}/rest/v1"
        with httpx.Client(base_url=base, headers=headers, timeout=20) as client:
            yield client
