"""Paths into JSON columns: `data->a->0->>b`."""

import re
from dataclasses import dataclass

from devstack.supabase_local.rest.scanner import Scanner

_INDEX = re.compile(r"(-?\d{1,9})(?=->|::|[.,)]|\Z)")
_KEY = re.compile(r"[^(\-:.,>)\"]+(?:-(?!>)[^(\-:.,>)]+)*")


@dataclass(frozen=True)
class Step:
    operand: str | int
    as_text: bool
    """True for ->>, false for ->."""


def scan_path(scanner: Scanner) -> tuple[Step, ...]:
    steps = []
    while scanner.sees("->"):
        as_text = scanner.take("->>")
        if not as_text:
            scanner.expect("->")
        steps.append(Step(_operand(scanner), as_text))
    return tuple(steps)


def _operand(scanner: Scanner) -> str | int:
    if found := scanner.match(_INDEX):
        return int(found[1])
    if scanner.sees('"'):
        return scanner.quoted()
    if (found := scanner.match(_KEY)) and found[0].strip():
        return found[0].strip()
    if scanner.take("-"):
        scanner.fail("digit")
    scanner.fail('"-", digit or any non reserved character different from: .,>()')
