"""Makes an empty PostgreSQL a Supabase project: roles, auth, storage, reload signals."""

from pathlib import Path

import psycopg
from psycopg import sql


def bootstrap(superuser_conninfo: str) -> None:
    """All or nothing, once per cluster."""
    with psycopg.connect(superuser_conninfo) as connection:
        if connection.execute("select to_regclass('storage.objects')").fetchone() != (None,):
            return
        for file in sorted(Path(__file__).parent.glob("*.sql")):
            connection.execute(sql.SQL(file.read_text()))
