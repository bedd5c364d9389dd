"""`python -m shared.conversion.scan FILE`: the verdict as JSON.

Exits with 0 when the file is allowed, 1 when it is refused, 2 when it cannot be read.
"""

import argparse
import sys
from pathlib import Path

from shared.adapters.conversion.scan.child import scan
from shared.domain.model import Verdict

EXITS = {"allowed": 0, "refused": 1, "unreadable": 2}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m shared.conversion.scan",
        description="Judge a model file without loading it."
        " Exits with 0 when it is allowed, 1 when it is refused, 2 when it cannot be read.",
    )
    parser.add_argument("file", type=Path, help="a model as joblib, pickle or a library saved it")
    try:
        verdict = scan(parser.parse_args(arguments).file)
    except OSError as error:
        verdict = Verdict(
            verdict="unreadable",
            reasons=[f"Cannot open the file: {error.strerror}."],
            libraries={},
            sha256="",
        )
    sys.stdout.write(verdict.model_dump_json(indent=2, include=set(Verdict.PRINTED)) + "\n")
    return EXITS[verdict.verdict]


if __name__ == "__main__":
    sys.exit(main())
