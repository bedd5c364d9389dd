"""What the names in real model files are used for: `python -m tests.intake.census FOLDER...`.

Reads every model of a benign corpus as the scan does and prints the names that are not on the list
yet, each with how files use it, and every other reason to refuse one. What it prints is reviewed by
eye before it goes into serving/model_file/names.txt or one of the tables of calls.
"""

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import ClassVar

from serving.model_file import names
from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.rewrite.machine import Machine
from serving.model_file.rewrite.reader import Reader, Step
from serving.model_file.source import Source
from serving.model_file.symbols import Global, Made
from shared.adapters.conversion.scan.forms import open_form
from shared.adapters.conversion.scan.opened import Kind
from shared.adapters.conversion.scan.refusal import Turned

Pair = tuple[str, str]
uses: dict[Pair, Counter[str]] = defaultdict(Counter)
reasons: dict[str, list[str]] = defaultdict(list)


class Recorder(Reader):
    """Notes what is done with names that are not on the list."""

    steps: ClassVar = list(Reader.steps)


def _names(step: Step) -> Step:
    def recorded(machine: Machine) -> None:
        step(machine)
        if machine.stack[-1].use == names.FORBIDDEN:
            uses[machine.stack[-1].pair]["named"] += 1

    return recorded


def _makes(step: Step, *, by_call: bool) -> Step:
    def recorded(machine: Machine) -> None:
        maker, arguments = machine.stack[-2:]
        if type(maker) is Global and maker.use == names.FORBIDDEN:
            plain = not by_call and arguments == ()
            uses[maker.pair]["new" if plain else f"call {_shown(arguments)}"] += 1
        step(machine)

    return recorded


for opcode in b"c\x93":
    Recorder.steps[opcode] = _names(Reader.steps[opcode])
for opcode in b"R\x81":
    Recorder.steps[opcode] = _makes(Reader.steps[opcode], by_call=opcode == b"R"[0])


def _shown(value: object, depth: int = 0) -> str:
    if type(value) is tuple and depth < 2:
        return f"({', '.join(_shown(item, depth + 1) for item in value)})"[:120]
    if type(value) is Global:
        return str(value)
    return (
        f"<{value.maker}>"
        if type(value) is Made
        else repr(value)[:40]
        if isinstance(value, str | int | None)
        else type(value).__name__
    )


def read(path: Path) -> None:
    findings = Findings()
    try:
        with path.open("rb") as file:
            opened = open_form(file)
            if opened.kind is Kind.NATIVE:
                return
            recorder = Recorder(Source(opened.stream), findings, uploads=True, writes=False)
            for _ in recorder.run():
                pass
    except (Refused, Unreadable, Turned) as refusal:
        reasons[f"{type(refusal).__name__}: {refusal}"].append(str(path))
    for reason in findings.reasons:
        reasons[reason].append(str(path))


def main() -> None:
    count = 0
    for folder in sys.argv[1:]:
        for path in sorted(Path(folder).iterdir()):
            if path.is_file() and path.suffix not in (".json", ".log", ".txt"):
                read(path)
                count += 1
    for pair, how in sorted(uses.items()):
        print(".".join(pair), dict(how))
    for reason, files in sorted(reasons.items()):
        print(f"{len(files)} x {reason}: {files[0]}")
    print(f"{count} files, {len(uses)} names to review, {len(reasons)} reasons")


if __name__ == "__main__":
    main()
