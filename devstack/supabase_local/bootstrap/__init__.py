"""Makes an empty PostgreSQL a Supabase project: roles, auth, storage, reload signals."""

from pathlib import Path

import psycopg
from psycopg import sql

LATER = ("05_amr_claims.sql",)


def bootstrap(superuser_conninfo: str) -> None:
    """All or nothing, once per cluster; what came later, at every start."""
    with psycopg.connect(superuser_conninfo) as connection:
        made = connection.execute("select to_regclass('storage.objects')").fetchone() != (None,)
        for file in sorted(Path(__file__).parent.glob("*.sql")):
            if not made or file.name in LATER:
                connection.execute(sql.SQL(file.read_text()))
