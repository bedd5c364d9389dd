"""Converts a benign corpus and compares: `python -m tests.intake.benign.convert FOLDER`.

Every file has to be allowed and converted, its columns have to be those of the training data, and
what an endpoint answers has to be what the training environment answered: doubles to 1e-9 of their
size, everything else exactly. Failures are summed up by kind. Exits 1 where there is one.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shared.domain.model import ServingRecipe, TrainedModel
from shared.errors import SlipwayError
from tests.intake.benign.corpus import Case, read
from tests.intake.benign.warm import WarmConverter

RELATIVE = 1e-9
NOUGHT = 1e-12
"""Differences of doubles below this are none: of noise around nought nothing is relative."""
CACHE_MB = 20_000
MEMORY_MB = 4096
PROGRESS = 25
"""Cases after each of which a line says how far it is."""


@dataclass(frozen=True)
class Failure:
    """One case that is not served as it was trained."""

    environment: str
    case: str
    step: str
    """scan, convert, columns, or the method whose answers differ."""
    message: str

    @property
    def kind(self) -> str:
        """The message without what differs from case to case."""
        return f"{self.step}: {re.sub(r'[0-9]+', '#', self.message)[:160]}"


def check(case: Case, converter: WarmConverter, folder: Path) -> Iterator[Failure]:
    """What is wrong with the case; nothing where it is served as it was trained."""

    def failure(step: str, message: object) -> Failure:
        return Failure(case.environment, case.name, step, str(message))

    verdict = converter.scan(case.file)
    if verdict.verdict != "allowed":
        yield failure("scan", "; ".join(verdict.reasons))
        return
    trained = TrainedModel(id="m", user_id="u", model_name="benign", file_path="u/m")
    try:
        plan = converter.plan(verdict, model=trained)
        recipe = converter.convert(case.file, folder, plan)
    except (SlipwayError, RuntimeError) as refusal:
        yield failure("convert", refusal)
        return
    if message := _version(case, verdict.libraries, recipe):
        yield failure("versions", message)
    if message := _columns(case, recipe):
        yield failure("columns", message)
    expected = _expected(case)
    for method in expected.keys() - set(recipe.methods):
        yield failure(method, "the endpoint does not offer it")
    asked = [method for method in expected if method in recipe.methods]
    bodies = [_body(case, method) for method in asked]
    replies = converter.answers(folder, bodies)
    if isinstance(replies, dict):
        yield failure("serve", replies)
        return
    for method, reply in zip(asked, replies, strict=True):
        if message := difference(expected[method], reply, bools=method != "transform"):
            yield failure(method, message)


def _version(case: Case, shown: dict[str, str], recipe: ServingRecipe) -> str:
    """How scikit-learn at the endpoint differs, though the file shows which one it needs."""
    pins = dict(pin.split("==") for pin in recipe.requirements)
    served, trained = pins["scikit-learn"], case.record["sklearn"]
    if "scikit-learn" not in shown or _minor(served) == _minor(trained):
        return ""
    return f"scikit-learn {served} in place of {trained}"


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def _columns(case: Case, recipe: ServingRecipe) -> str:
    """The first columns that are others. Where nothing tells a bool from a number, it is one."""
    wanted = case.record["columns"]
    names = [column.name for column in recipe.columns]
    if wanted is None or names == ["any column"] or (names == ["x0"] and len(wanted) == 1):
        return ""
    found = [{"name": column.name, "type": column.type} for column in recipe.columns]
    alike = [{**column, "type": "double"} for column in wanted if column["type"] == "boolean"]
    pairs = [
        (one, other)
        for one, other in zip(wanted, found, strict=False)
        if one != other and other not in alike
    ]
    if len(wanted) == len(found) and not pairs:
        return ""
    told = "; ".join(f"{_told(one)} is {_told(other)}" for one, other in pairs[:3])
    return told or f"{len(found)} in place of {len(wanted)}"


def _told(column: dict[str, str]) -> str:
    return f"{column['name']} ({column['type']})"


def _expected(case: Case) -> dict[str, Any]:
    return {"predict": case.record["predictions"], **case.record["method_answers"]}


def _body(case: Case, method: str) -> str:
    return json.dumps({"data": case.record["rows"], "params": {"method": method}})


def difference(expected: Any, found: Any, where: str = "", *, bools: bool = True) -> str:
    """The first difference; "" where there is none. `bools`: true and 1 are different things."""
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return f"{len(found)} values in place of {len(expected)}{where}"
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            if told := difference(one, other, f"{where}[{place}]", bools=bools):
                return told
        return ""
    if not bools and isinstance(expected, bool) and isinstance(found, float):
        expected = float(expected)
    if _is_number(expected) and _is_number(found):
        apart = abs(expected - found)
        near = apart <= max(NOUGHT, RELATIVE * max(abs(expected), abs(found)))
        return "" if near else f"{found!r} in place of {expected!r} at {where}"
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return "" if same else f"{found!r} in place of {expected!r} at {where}"[:300]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def main() -> int:
    """0 where every file is served as it was trained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what build.py was told as --into, or a part")
    parser.add_argument("--cache", type=Path, help="where the endpoints' environments are kept")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--json", type=Path, help="write counts and failures to this file")
    parser.add_argument("--walls", action="store_true", help="in sandboxes: seconds for each file")
    asked = parser.parse_args()
    cases = read(asked.folder, asked.only)
    cache = asked.cache or Path(tempfile.gettempdir()) / "slipway-test-environments"
    failures: list[Failure] = []
    began = time.monotonic()
    for environment in sorted({case.environment for case in cases}):
        own = [case for case in cases if case.environment == environment]
        with (
            tempfile.TemporaryDirectory() as scratch,
            WarmConverter(120, MEMORY_MB, CACHE_MB, cache, asked.walls) as converter,
        ):
            for number, case in enumerate(own):
                for failure in check(case, converter, Path(scratch) / str(number)):
                    failures.append(failure)
                    told = f"{failure.step}: {failure.message[:300]}"
                    print(f"{environment} {failure.case}: {told}")
                if (number + 1) % PROGRESS == 0:
                    print(f"{environment}: {number + 1} of {len(own)} ...", flush=True)
        bad = len({failure.case for failure in failures if failure.environment == environment})
        print(f"{environment}: {len(own) - bad} of {len(own)} served as trained", flush=True)
    _sum_up(cases, failures, time.monotonic() - began)
    if asked.json:
        report = {"counts": _counts(cases, failures), "failures": [asdict(f) for f in failures]}
        asked.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    return 1 if failures or not cases else 0


def _counts(cases: list[Case], failures: list[Failure]) -> dict[str, int]:
    at = {step: {(f.environment, f.case) for f in failures if f.step == step}
          for step in {f.step for f in failures}}  # fmt: skip
    turned = len(at.get("scan", ()))
    converted = len(cases) - turned - len(at.get("convert", ()))
    bad = len({(f.environment, f.case) for f in failures})
    return {"files": len(cases), "allowed": len(cases) - turned, "converted": converted,
            "served as trained": len(cases) - bad}  # fmt: skip


def _sum_up(cases: list[Case], failures: list[Failure], seconds: float) -> None:
    kinds = Counter(failure.kind for failure in failures)
    examples = defaultdict(list)
    for failure in failures:
        examples[failure.kind].append(f"{failure.environment}/{failure.case}")
    for kind, count in kinds.most_common():
        print(f"{count:4} {kind}\n     {', '.join(examples[kind][:4])}")
    told = ", ".join(f"{count} {what}" for what, count in _counts(cases, failures).items())
    print(f"{told} ({seconds:.0f} s)")


if __name__ == "__main__":
    sys.exit(main())
