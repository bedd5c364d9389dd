"""`python -m tests.intake.hostile [--kind K] [--json FILE]`: which hostile files get through."""

import argparse
import collections
import json
import sys
import time
from pathlib import Path

from tests.intake.hostile import cases
from tests.intake.hostile.case import Case
from tests.intake.hostile.layers import STOPPED, graph, in_child, rewriter, scanner

LAYERS = {"rewriter": rewriter, "scan": scanner, "graph": graph}


def _layers_of(case: Case, wanted: list[str]) -> list[str]:
    if case.reaction == "values":
        return [layer for layer in ("graph",) if layer in wanted]
    # The rewriter reads pickles; the other forms are the scan's alone.
    own = ("scan",) if case.kind in ("archives", "other forms") else ("rewriter", "scan")
    return [layer for layer in own if layer in wanted]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.intake.hostile", description=__doc__)
    parser.add_argument("--kind", help="only kinds or names that contain this")
    parser.add_argument("--layer", choices=LAYERS, action="append", help="only these layers")
    parser.add_argument("--json", type=Path, help="write every answer to this file")
    given = parser.parse_args()
    if {"graph"} & set(given.layer or LAYERS):
        import sklearn.pipeline  # noqa: F401  once, before the children are forked

    results = []
    counts: collections.Counter[str] = collections.Counter()
    for case in cases():
        if given.kind and given.kind not in case.kind and given.kind not in case.name:
            continue
        counts[case.kind] += 1
        try:
            _ = case.data
        except Exception as error:
            results.append(
                {
                    "name": case.name,
                    "kind": case.kind,
                    "layer": "corpus",
                    "said": f"not made: {error!r}",
                    "stopped": False,
                }
            )
            print(f"NOT MADE: [{case.kind}] {case.name}: {error!r}", flush=True)
            continue
        for layer in _layers_of(case, given.layer or list(LAYERS)):
            began = time.monotonic()
            said = in_child(LAYERS[layer], case.data, limit_memory=layer != "scan")
            took = time.monotonic() - began
            stopped = said.startswith(STOPPED)
            results.append(
                {"name": case.name, "kind": case.kind, "layer": layer, "said": said,
                 "seconds": round(took, 2), "bytes": len(case.data), "stopped": stopped}
            )  # fmt: skip
            if not stopped:
                print(
                    f"NOT REFUSED by {layer}: [{case.kind}] {case.name}: {said[:300]}", flush=True
                )
            elif took > 5:
                print(
                    f"SLOW, {took:.1f} s, {layer}: [{case.kind}] {case.name}: {said[:100]}",
                    flush=True,
                )
    for kind, count in sorted(counts.items()):
        print(f"{count:4} {kind}")
    through = [result for result in results if not result["stopped"]]
    print(f"{sum(counts.values())} files, {len(results)} answers, {len(through)} not refused.")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1))
    return 1 if through else 0


if __name__ == "__main__":
    sys.exit(main())
