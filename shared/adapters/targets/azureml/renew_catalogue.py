"""Renews shared/domain/catalogue.csv with the prices of the workspace's region, for a release.

`python -m shared.adapters.targets.azureml.renew_catalogue` with the app's settings: each size of
the file gets the region's cores, memory and price of now, and the database a migration that seeds
the same. The sizes that are in the file stay the same ones: a running app learns of others itself.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from shared.domain.catalogue import FACTS, FILE, Catalogue, InstanceType, read_catalogue

MIGRATIONS = Path(__file__).parents[4] / "supabase" / "migrations"
HEAD = """\
-- Why: the sizes that a release knows, as its catalogue.csv has them, until a timer asks.
-- Safe online: a few rows; what a timer has written about other regions stays.
-- Undo: none is needed; the timer writes what the region offers.
-- RLS: as 20261129100000_create_instance_types.sql.

insert into public.instance_types as t (
  name, cores, memory_gb, family, retires_on, successor, is_default, prices)
values
"""
TAIL = """
on conflict (name) do update
   set cores = excluded.cores, memory_gb = excluded.memory_gb, family = excluded.family,
       retires_on = excluded.retires_on, successor = excluded.successor,
       prices = t.prices || excluded.prices, updated_at = now();
"""


def renewed(known: Catalogue, found: Iterable[InstanceType]) -> Catalogue:
    """The known sizes with cores, memory and prices of those found; dates and successors stay."""
    now = {size.name: size for size in found}

    def renew(size: InstanceType) -> InstanceType:
        seen = now.get(size.name, size)
        return size.model_copy(
            update={
                "cores": seen.cores,
                "memory_gb": seen.memory_gb,
                "family": seen.family,
                "prices": {**size.prices, **seen.prices},
            }
        )

    return Catalogue(map(renew, known.values()))


def as_csv(sizes: Catalogue) -> str:
    """The content of catalogue.csv."""
    regions = list(dict.fromkeys(region for size in sizes.values() for region in size.prices))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*FACTS, *regions])
    for size in sizes.values():
        facts = [
            size.name,
            size.cores,
            f"{size.memory_gb:g}",
            size.family,
            size.retires_on or "",
            size.successor or "",
            "yes" if size.is_default else "",
        ]
        writer.writerow([*facts, *(size.prices.get(region, "") for region in regions)])
    return text.getvalue()


def as_migration(sizes: Catalogue) -> str:
    """The SQL that seeds the table `instance_types` with these sizes."""
    rows = (
        ", ".join(
            [
                _quoted(size.name),
                str(size.cores),
                f"{size.memory_gb:g}",
                _quoted(size.family),
                _quoted(str(size.retires_on) if size.retires_on else None),
                _quoted(size.successor),
                str(size.is_default).lower(),
                _quoted(json.dumps(size.prices)),
            ]
        )
        for size in sizes.values()
    )
    return HEAD + ",\n".join(f"  ({row})" for row in rows) + TAIL


def _quoted(text: str | None) -> str:
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def main() -> None:
    """Renew the file from the workspace's region, and write the migration beside the others."""
    from shared.adapters.targets.azureml.target import AzureMLTarget
    from shared.config import load_settings

    sizes = renewed(read_catalogue(), AzureMLTarget(load_settings()).preflight.instance_types())
    FILE.write_text(as_csv(sizes), encoding="utf-8")
    migration = MIGRATIONS / f"{datetime.now(UTC):%Y%m%d%H%M%S}_seed_instance_types.sql"
    migration.write_text(as_migration(sizes), encoding="utf-8")
    sys.stdout.write(f"{FILE.name} and {migration.name}: {len(sizes)} sizes.\n")


if __name__ == "__main__":
    main()
