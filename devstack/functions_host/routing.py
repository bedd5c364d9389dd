"""Route templates as ASP.NET reads them: `orders/{id:guid}`, `{name?}`, `{*path}`, `v{n:int}.json`.

Pure: templates and a path go in, a match comes out. Literals win over constrained parameters, those
over free ones, and all over catch-alls; segment by segment from the left. Literals ignore
case.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

_PARAMETER = re.compile(
    r"\{(?P<star>\*{0,2})(?P<name>[^:={}?*]+)(?P<constraints>(?::(?:[^{}()=?]|\((?:[^()]|\([^()]*\))*\))+)*)"
    r"(?:=(?P<default>[^{}?]*))?(?P<optional>\?)?\}"
)
_CONSTRAINT = re.compile(r":(?P<name>\w+)(?:\((?P<argument>.*)\))?$")


class RouteTemplateError(Exception):
    """A route that cannot be read."""

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(f"route '{template}': {reason}")


Check = Callable[[str], bool]


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _integer_within(low: int, high: int) -> Check:
    is_integer = _matches(r"[+-]?\d+")
    return lambda text: is_integer(text) and low <= int(text) <= high


_UUID = r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"
_PLAIN: Mapping[str, Check] = {
    "int": _integer_within(-(2**31), 2**31 - 1),
    "long": _integer_within(-(2**63), 2**63 - 1),
    "bool": _matches("true|false"),
    "alpha": _matches("[a-z]*"),
    "guid": _matches(rf"{_UUID}|\{{{_UUID}\}}|\({_UUID}\)|[0-9a-f]{{32}}"),
    "decimal": _matches(r"[+-]?(\d+\.?\d*|\.\d+)"),
    "double": _matches(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"),
    "float": _matches(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"),
    "datetime": _is_date,
    "required": bool,
    "file": _matches(r".*\.[^./]+"),
    "nonfile": lambda text: re.fullmatch(r".*\.[^./]+", text) is None,
}


def _contains(pattern: str) -> Check:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.search(text) is not None


def _length(argument: str) -> Check:
    low, _, high = argument.partition(",")
    return lambda text: int(low) <= len(text) <= int(high or low)


_WITH_ARGUMENT: Mapping[str, Callable[[str], Check]] = {
    "minlength": lambda a: lambda text: len(text) >= int(a),
    "maxlength": lambda a: lambda text: len(text) <= int(a),
    "length": _length,
    "min": lambda a: _integer_within(int(a), 2**63 - 1),
    "max": lambda a: _integer_within(-(2**63), int(a)),
    "range": lambda a: _integer_within(*(int(x) for x in a.split(","))),
    "regex": lambda a: _contains(a.replace("{{", "{").replace("}}", "}")),
}


@dataclass(frozen=True)
class _Segment:
    """`pattern` names its parameters g0, g1, ...; `rank`: how specific, 0 is a literal."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    checks: tuple[tuple[Check, ...], ...]
    rank: int
    optional: bool = False
    catch_all: bool = False
    default: str | None = None

    def match(self, text: str) -> dict[str, str] | None:
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        values = found.groups()
        for value, checks in zip(values, self.checks, strict=True):
            if not all(check(value) for check in checks):
                return None
        return dict(zip(self.names, values, strict=True))


@dataclass(frozen=True)
class Route:
    """One compiled template. `ranks` orders routes matching the same path, most specific first."""

    template: str
    segments: tuple[_Segment, ...] = field(repr=False)

    @property
    def ranks(self) -> tuple[int, ...]:
        return tuple(s.rank for s in self.segments)

    def match(self, path: str) -> dict[str, str] | None:
        """The route parameters if `path` (still percent-encoded) matches."""
        parts = [unquote(p) for p in path.strip("/").split("/")] if path.strip("/") else []
        values: dict[str, str] = {}
        for position, segment in enumerate(self.segments):
            if segment.catch_all:
                rest = "/".join(parts[position:])
                return _merged(values, _catch(segment, rest))
            if position < len(parts):
                found = segment.match(parts[position])
                if found is None:
                    return None
                values |= found
            elif segment.default is not None:
                values[segment.names[0]] = segment.default
            elif not segment.optional:
                return None
        return values if len(parts) <= len(self.segments) else None


def _catch(segment: _Segment, rest: str) -> dict[str, str] | None:
    if not rest:
        return {} if segment.default is None else {segment.names[0]: segment.default}
    return segment.match(rest)


def _merged(values: dict[str, str], more: dict[str, str] | None) -> dict[str, str] | None:
    return None if more is None else values | more


def compile_route(template: str) -> Route:
    """Raises RouteTemplateError."""
    parts = _split(template.strip("/"))
    return Route(template, tuple(_segment(template, part) for part in parts))


def _split(template: str) -> list[str]:
    """At slashes outside braces: a constraint's argument may hold one."""
    return [part for part in re.split(r"/(?![^{]*\})", template) if part]


def _segment(template: str, text: str) -> _Segment:
    pattern, names, checks, last = "", [], [], 0
    whole = _PARAMETER.fullmatch(text)
    for found in _PARAMETER.finditer(text):
        pattern += re.escape(text[last : found.start()]) + ("(.+)" if whole else "(.+?)")
        names.append(found["name"])
        checks.append(_checks(template, found["constraints"]))
        last = found.end()
    rest = text[last:]
    if "{" in rest or "}" in rest:
        raise RouteTemplateError(template, f"cannot read the segment '{text}'")
    return _Segment(
        pattern=re.compile(pattern + re.escape(rest), re.IGNORECASE | re.DOTALL),
        names=tuple(names),
        checks=tuple(checks),
        rank=_rank(names, checks, whole),
        optional=bool(whole and whole["optional"]),
        catch_all=bool(whole and whole["star"]),
        default=whole["default"] if whole else None,
    )


def _rank(
    names: Sequence[str], checks: Sequence[tuple[Check, ...]], whole: re.Match[str] | None
) -> int:
    if not names:
        return 0
    if whole is None:
        return 1
    base = 4 if whole["star"] else 2
    return base if checks[0] else base + 1


def _checks(template: str, text: str) -> tuple[Check, ...]:
    checks = []
    for part in re.findall(r":(?:[^:()]|\((?:[^()]|\([^()]*\))*\))+", text):
        found = _CONSTRAINT.match(part)
        if found is None:
            raise RouteTemplateError(template, f"cannot read the constraint '{part[1:]}'")
        name, argument = found["name"].lower(), found["argument"]
        if argument is None and name in _PLAIN:
            checks.append(_PLAIN[name])
        elif argument is not None and name in _WITH_ARGUMENT:
            checks.append(_WITH_ARGUMENT[name](argument))
        else:
            raise RouteTemplateError(template, f"unknown constraint '{part[1:]}'")
    return tuple(checks)
