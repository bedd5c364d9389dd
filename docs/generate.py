"""Writes the documents that follow from the code: openapi.json, settings.md, errors.md.

`python docs/generate.py`; a test fails while what is committed differs from what this writes.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from api.http.openapi import as_text  # noqa: E402
from docs.error_codes import shown_codes  # noqa: E402
from docs.error_entries import GROUPS, Entry  # noqa: E402
from shared.config import Settings  # noqa: E402
from shared.domain.catalogue import CATALOGUE  # noqa: E402

SETTINGS_HEAD = """# Settings

Environment variables; locally `make up` sets them, on Azure they are the app's settings.
An empty value counts as absent. The app names every one that is missing or wrong when it starts.

| Setting | Default | Meaning |
|---|---|---|
"""


def documents() -> dict[str, str]:
    """File name to content."""
    return {"openapi.json": as_text(), "settings.md": settings(), "errors.md": errors()}


def settings() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "**required**" if field.is_required() else _default(field.default)
        rows.append(f"| `{name.upper()}` | {default} | {field.description} |\n")
    return SETTINGS_HEAD + "".join(rows)


def _default(value: object) -> str:
    return "none" if value in (None, "") else f"`{value}`"


def errors() -> str:
    statuses = shown_codes()
    parts = [(DOCS / "error_entries" / "head.md").read_text("utf-8")]
    for group in GROUPS:
        parts.append(f"\n## {group.title}\n\n{group.promise}\n\n")
        parts.append("| Code | HTTP | Seen in | Does a retry help? |\n|---|---|---|---|\n")
        for entry in group.entries:
            status = ", ".join(map(str, map(int, sorted(statuses.get(entry.code, ()))))) or "none"
            parts.append(
                f"| [`{entry.code}`](#{entry.code}) | {status} | {entry.seen} | {entry.retry} |\n"
            )
        parts += map(_explained, group.entries)
    return "".join(parts)


def _explained(entry: Entry) -> str:
    return (
        f"\n### {entry.code}\n\n"
        f"- **Cause:** {entry.cause}\n- **Fix:** {entry.fix}\n- **Where to look:** {entry.look}\n\n"
        f"```\n{entry.command}\n```\n"
    )


def quota_table() -> str:
    """Cores of quota for each offered size; docs/quota.md holds it."""
    rows = ["| Size | Cores | 1 instance | 2 instances | 3 instances |", "|---|---|---|---|---|"]
    for size in CATALOGUE.values():
        needed = " | ".join(str(size.cores_of_quota(instances)) for instances in (1, 2, 3))
        rows.append(f"| `{size.name}` | {size.cores} | {needed} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    for name, content in documents().items():
        (DOCS / name).write_text(content)
