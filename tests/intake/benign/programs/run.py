"""Runs the programs of one environment: `python run.py NAME FOLDER [--place N --places N] ...`."""

import argparse
import contextlib
import importlib
import io
import sys
import time
from pathlib import Path

from recorder import Recorder

PROGRAMS = (
    "estimators", "transformers", "metas", "selections", "tables", "kinds", "special", "families",
    "texts", "forms",
)  # fmt: skip
IN_TURNS = ("pairs",)
"""So many cases that each is written by one environment only, if not all are asked for."""
WHOLE = ("1.1-np1", "1.9-pd3")
"""The environments that write every case: the oldest and the newest."""
OTHER_PROGRAMS = {
    "forms-1.6": ("forms",),
    "libs-1.2": ("boosters", "helpers"),
    "libs-pd1": ("helpers", "tables", "kinds"),
    "libs-1.4": ("boosters", "helpers"),
    "libs-1.6": ("boosters", "helpers"),
    "pycaret": ("pycaret_models",),
}


def main() -> int:
    """0 where at least one case was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--place", type=int, default=0, help="this environment's turn")
    parser.add_argument("--places", type=int, default=1, help="how many take turns")
    parser.add_argument("--all", action="store_true", help="every case, whoever's turn it is")
    parser.add_argument("--program", help="this program's cases only")
    asked = parser.parse_args()
    recorder = Recorder(asked.folder, asked.environment, asked.place, asked.places)
    everywhere = asked.all or asked.environment in (*WHOLE, *OTHER_PROGRAMS)
    programs = OTHER_PROGRAMS.get(asked.environment, PROGRAMS)
    if asked.places > 1 or asked.all:
        programs = (*programs, *IN_TURNS)
    for program in [asked.program] if asked.program else programs:
        began, before = time.monotonic(), len(recorder.written)
        heard = io.StringIO()
        try:
            with contextlib.redirect_stdout(heard):
                importlib.import_module(program).record(recorder, everywhere)
        except ImportError as cause:
            recorder.skipped[program] = f"the whole program: {cause}"
        seconds = time.monotonic() - began
        print(f"{program}: {len(recorder.written) - before} files in {seconds:.1f} s", flush=True)
    for name, reason in sorted(recorder.skipped.items()):
        print(f"skipped {name}: {reason}")
    print(f"{asked.environment}: {len(recorder.written)} written, {len(recorder.skipped)} skipped")
    return 0 if recorder.written else 1


if __name__ == "__main__":
    sys.exit(main())
