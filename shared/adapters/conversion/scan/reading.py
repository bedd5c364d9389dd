"""Runs in the confined child: reads one model file and says what it is. Standard library only."""

import gc
import json
import os
import sys
from contextlib import suppress
from typing import IO, Any, Literal

from serving.model_file.canonical import check_canonical
from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.rewrite import examine
from serving.walls.confine import confine
from shared.adapters.conversion.scan import bounds
from shared.adapters.conversion.scan.explain import refusal_of, unreadable
from shared.adapters.conversion.scan.forms import open_form
from shared.adapters.conversion.scan.libraries import libraries
from shared.adapters.conversion.scan.opened import Kind, Opened
from shared.adapters.conversion.scan.refusal import Refusal, Turned
from shared.adapters.conversion.scan.refusal_names import reasons_of

File = Literal["upload", "canonical"]
MOST_REASONS = 20


def main() -> None:
    """The file is standard input, its description goes to standard output."""
    kind, parent, user = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    confine(
        read=[],
        write=[],
        memory_mb=bounds.MEMORY_MB,
        cpu_seconds=bounds.CPU_SECONDS,
        file_mb=0,
        user=user or None,
        parent=parent,
    )
    gc.disable()  # what is read is kept to the end: looking for what is not takes a twentieth
    answer = json.dumps(_refused(*_too_large(), Findings(), None)).encode()
    with suppress(MemoryError), os.fdopen(0, "rb") as file:  # there may be none left to say so
        found = read(file, "canonical" if kind == "canonical" else "upload")
        answer = json.dumps(found).encode()
    os.write(1, answer)
    os._exit(0)  # at once: to take down what was read of a large file takes seconds


def read(file: IO[bytes], kind: File) -> dict[str, Any]:
    """A verdict's fields but the hash; for a refused file `refusal` holds code, message and fix."""
    findings, opened, damage, too_large = Findings(), None, None, False
    try:
        if kind == "canonical":
            check_canonical(file, findings)
        else:
            opened = open_form(file)
            if opened.kind is Kind.PICKLE:
                examine(opened.stream, findings)
    except Turned as turned:
        return _refused(turned.refusal, [turned.refusal.message], findings, opened)
    except Refused as reason:
        if not findings.forbidden and str(reason) not in findings.reasons:
            findings.add_reason(str(reason))
    except Unreadable as reason:
        damage = unreadable(str(reason))
    except (MemoryError, RecursionError):
        too_large = True
    if too_large:  # no sooner: until the handler ends, the failed reading keeps all of its memory
        return _refused(*_too_large(), findings, opened)
    native = opened is not None and opened.kind is Kind.NATIVE
    refusal = None if native else _refusal(findings)
    if refusal is None and damage is None:
        return {**_told(findings, opened), "verdict": "allowed", "reasons": [], "refusal": None}
    if damage and (refusal is None or not (findings.forbidden or findings.reasons)):
        return _refused(damage, [damage.message], findings, opened)
    assert refusal is not None  # noqa: S101
    reasons = [*reasons_of(findings.forbidden), *findings.reasons] or [refusal.message]
    return _refused(refusal, reasons, findings, opened)


def _refusal(findings: Findings) -> Refusal | None:
    return refusal_of(
        findings.forbidden, findings.reasons, findings.modules, findings.sklearn_versions
    )


def _too_large() -> tuple[Refusal, list[str]]:
    message = f"The file needs more than {bounds.MEMORY_MB} MB to judge."
    fix = "Train a smaller model, or save its arrays as joblib.dump writes them."
    return Refusal("model_needs_too_much_memory", message, fix), [message]


def _refused(
    refusal: Refusal, reasons: list[str], findings: Findings, opened: Opened | None
) -> dict[str, Any]:
    if len(reasons) > MOST_REASONS:
        reasons = [*reasons[:MOST_REASONS], f"and {len(reasons) - MOST_REASONS} more"]
    damaged = refusal.code == "model_unreadable"
    return {
        **_told(findings, opened),
        "verdict": "unreadable" if damaged else "refused",
        "reasons": reasons,
        "refusal": refusal._asdict(),
    }


def _told(findings: Findings, opened: Opened | None) -> dict[str, Any]:
    return {
        "libraries": libraries(findings, opened.versions if opened else {}),
        "note": opened.note if opened else "",
    }


if __name__ == "__main__":
    main()
