"""The static scan of a model file: allowed, refused or unreadable, and why. Loads nothing.

`python -m shared.conversion.scan FILE` prints the verdict as JSON; exit 0 allowed, 1 refused,
2 unreadable.
"""

import hashlib
import sys
from pathlib import Path

from shared.conversion import allowlist
from shared.conversion.decompress import Unreadable, open_model
from shared.conversion.findings import Findings, Refused
from shared.conversion.walk import Walk
from shared.schemas.model import Verdict

MOST_REASONS = 20


def scan(file: Path) -> Verdict:
    """OSError where the file cannot be opened; everything else is a verdict."""
    with file.open("rb") as raw:
        sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
    findings, structure, unreadable = Findings(), [], None
    try:
        _walk(file, findings)
    except Refused as refusal:
        structure.append(str(refusal))
    except Unreadable as damage:
        unreadable = str(damage)
    reasons = [*findings.refused.values(), *structure]
    if len(reasons) > MOST_REASONS:
        reasons[MOST_REASONS:] = [f"and {len(reasons) - MOST_REASONS} more"]
    libraries = _libraries(findings)
    if reasons:
        return Verdict(verdict="refused", reasons=reasons, libraries=libraries, sha256=sha256)
    if unreadable:
        return Verdict(
            verdict="unreadable", reasons=[unreadable], libraries=libraries, sha256=sha256
        )
    return Verdict(verdict="allowed", reasons=[], libraries=libraries, sha256=sha256)


def _walk(file: Path, findings: Findings) -> None:
    with open_model(file) as stream:
        Walk(stream, findings).run()
        if stream.read(1):
            raise Refused("More data follows the end of the model")


def _libraries(findings: Findings) -> dict[str, str]:
    versions = {
        name: "unknown"
        for module, _ in findings.refused
        if (name := allowlist.library(module)) is not None
    }
    if findings.sklearn_versions:
        versions["scikit-learn"] = ", ".join(sorted(findings.sklearn_versions))
    return versions


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m shared.conversion.scan FILE\n")
        return 2
    try:
        verdict = scan(Path(sys.argv[1]))
    except OSError as error:
        verdict = Verdict(
            verdict="unreadable", reasons=[f"Cannot open: {error}"], libraries={}, sha256=""
        )
    sys.stdout.write(verdict.model_dump_json(indent=2) + "\n")
    return {"allowed": 0, "refused": 1, "unreadable": 2}[verdict.verdict]


if __name__ == "__main__":
    sys.exit(main())
