"""Row filters: `age=gte.18`, `tags=cs.{a,b}`, `or=(a.eq.1,not.and(b.gt.2,c.is.null))`."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from devstack.supabase_local.rest.json_path import Step, scan_path
from devstack.supabase_local.rest.scanner import FIELD_NAME, Scanner

QUANTIFIABLE = ("eq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch")
PLAIN = ("neq", "isdistinct", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj")
FULL_TEXT = ("fts", "plfts", "phfts", "wfts")
SPECIAL = ("is", "in")
OPERATORS = (*QUANTIFIABLE, *PLAIN, *FULL_TEXT, *SPECIAL)
TRILEAN = ("null", "not_null", "true", "false", "unknown")

_OPERATOR = re.compile(r"(\w+)(?:\(([\w $]+)\))?\.")
_LOGIC = re.compile(r"(not\.)?(and|or)[ \t]*(?=\()")
_LIST_ELEMENT = re.compile(r"[^,)]*")
_ARRAY = re.compile(r"\{[^{}]*\}")
_QUOTED_ELEMENT = re.compile(r'"(?:[^\\"]|\\.)*"(?=[,)])', re.DOTALL)
_MEMBER = f"{FIELD_NAME}, negation operator (not) or logic operator (and, or)"
_OPERATION_SHAPE = re.compile(rf"(?:not\.)?(?:{'|'.join(OPERATORS)})(?:\([\w $]+\))?\.")


@dataclass(frozen=True)
class Operation:
    operator: str
    value: str = ""
    values: tuple[str, ...] = ()
    """The list of `in`."""
    negated: bool = False
    quantifier: str | None = None
    """`any` or `all`."""
    language: str | None = None
    """The text search configuration of a full-text operator."""


@dataclass(frozen=True)
class Condition:
    column: str
    path: tuple[Step, ...]
    operation: Operation


@dataclass(frozen=True)
class Group:
    any_of: bool
    """True for or, false for and."""
    members: "tuple[Filter, ...]"
    negated: bool = False


Filter: TypeAlias = Condition | Group


def looks_like_operation(text: str) -> bool:
    return _OPERATION_SHAPE.match(text) is not None


def parse_condition(field: str, text: str) -> tuple[tuple[str, ...], Condition]:
    """The path of embedded resources in `field`, and the condition. Raises PGRST100."""
    scanner = Scanner(field, "tree path")
    names = [scanner.name()]
    while scanner.take("."):
        names.append(scanner.name())
    path = scan_path(scanner)
    scanner.finish()
    operation = _operation(Scanner(text, "filter"), within_group=False)
    return tuple(names[:-1]), Condition(names[-1], path, operation)


def parse_group(word: str, text: str, *, negated: bool) -> Group:
    """`word` is and / or; `text` the members in parentheses. Raises PGRST100.

    What stands behind the closing parenthesis is passed over, as PostgREST does.
    """
    scanner = Scanner(text, "logic tree", before=len("not." if negated else "") + len(word))
    scanner.blanks()
    return _group(scanner, word, negated=negated)


def _group(scanner: Scanner, word: str, *, negated: bool) -> Group:
    scanner.expect("(")
    scanner.descend()
    members = []
    while True:
        scanner.blanks()
        members.append(_member(scanner))
        scanner.blanks()
        if not scanner.take(","):
            break
    scanner.expect(")")
    scanner.ascend()
    return Group(word == "or", tuple(members), negated)


def _member(scanner: Scanner) -> Filter:
    if found := scanner.match(_LOGIC):
        return _group(scanner, found[2], negated=found[1] is not None)
    column = scanner.name(_MEMBER)
    path = scan_path(scanner)
    scanner.expect(".")
    return Condition(column, path, _operation(scanner, within_group=True))


def _operation(scanner: Scanner, *, within_group: bool) -> Operation:
    negated = scanner.take("not.")
    start = scanner.position
    found = scanner.match(_OPERATOR)
    if found is None or found[1] not in OPERATORS:
        scanner.position = start
        scanner.fail('"not" or operator (eq, gt, ...)')
    operator, modifier = found[1], found[2]
    if operator == "in" and modifier is None:
        return Operation(operator, values=_list(scanner, to_end=not within_group), negated=negated)
    value = _grouped_value(scanner) if within_group else _rest(scanner)
    if operator == "is" and modifier is None:
        if value.lower() not in TRILEAN:
            scanner.fail("null or trilean value (unknown, true, false)")
        return Operation(operator, value.lower(), negated=negated)
    if operator in FULL_TEXT:
        return Operation(operator, value, negated=negated, language=modifier)
    if modifier is not None and (operator not in QUANTIFIABLE or modifier not in ("any", "all")):
        scanner.position = start
        scanner.fail("operator (eq, gt, ...), with (any) or (all) only where it can be")
    return Operation(operator, value, negated=negated, quantifier=modifier)


def _rest(scanner: Scanner) -> str:
    value = scanner.text[scanner.position :]
    scanner.position = len(scanner.text)
    return value


def _grouped_value(scanner: Scanner) -> str:
    if _QUOTED_ELEMENT.match(scanner.text, scanner.position):
        return scanner.quoted()
    if found := scanner.match(_ARRAY):
        return found[0]
    found = scanner.match(_LIST_ELEMENT)
    return found[0] if found else ""


def _list(scanner: Scanner, *, to_end: bool) -> tuple[str, ...]:
    scanner.blanks()
    scanner.expect("(")
    scanner.blanks()
    values = []
    while True:
        if _QUOTED_ELEMENT.match(scanner.text, scanner.position):
            values.append(scanner.quoted())
        else:
            found = scanner.match(_LIST_ELEMENT)
            values.append(found[0] if found else "")
        if not scanner.take(","):
            break
    scanner.expect(")")
    if to_end:
        scanner.finish()
    return () if values == [""] else tuple(values)
