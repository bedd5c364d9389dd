"""docs/errors.md, made from the classes of shared/errors."""

import re
from collections.abc import Iterator
from types import ModuleType

from shared.errors import PAGES, SlipwayError

_LINK = re.compile(r"docs/([a-z-]+\.md)(#[a-z-]+)?")


def entries(page: ModuleType) -> list[type[SlipwayError]]:
    """The page's classes that explain a code, in the order of its sections and their lines."""
    return [
        each
        for section in (page, *vars(page).values())
        if isinstance(section, ModuleType) and section.__name__.startswith(page.__name__)
        for each in vars(section).values()
        if isinstance(each, type) and each.__module__ == section.__name__ and "cause" in vars(each)
    ]


def statuses() -> dict[str, set[int]]:
    """Code to the HTTP statuses that replies have with it."""
    found: dict[str, set[int]] = {}
    for each in tree(SlipwayError):
        if each.code:
            found.setdefault(each.code, set()).update([each.status] if each.status else [])
    return found


def tree(root: type[SlipwayError]) -> Iterator[type[SlipwayError]]:
    """The classes of the five pages, parents first."""
    for child in root.__subclasses__():
        if child.__module__.startswith("shared.errors."):
            yield child
            yield from tree(child)


def drawn(root: type[SlipwayError] = SlipwayError, indent: str = "    ") -> str:
    """The tree as shared/errors/__init__.py shows it: class, status, code."""
    lines = [f"{indent}{_line(root)}"]
    children = [child for child in root.__subclasses__() if child in set(tree(root))]
    return "\n".join([*lines, *(drawn(child, indent + "    ") for child in children)])


def _line(error: type[SlipwayError]) -> str:
    shown = " ".join(str(part) for part in (error.status, error.code) if part)
    return f"{error.__name__}  {shown}".rstrip() if error.code else error.__name__


def page_text(page: ModuleType, shown: dict[str, set[int]]) -> str:
    """A chapter: its table, then an entry for each code."""
    parts = [f"\n## {page.TITLE}\n\n{page.PROMISE}\n\n"]
    parts.append("| Code | HTTP | Seen in | Does a retry help? |\n|---|---|---|---|\n")
    for error in entries(page):
        status = ", ".join(map(str, sorted(shown[error.code]))) or "none"
        parts.append(
            f"| [`{error.code}`](#{error.code}) | {status} | {error.seen} | {error.retry} |\n"
        )
    return "".join([*parts, *map(_entry, entries(page))])


def _entry(error: type[SlipwayError]) -> str:
    return (
        f"\n### {error.code}\n\n"
        f"- **Cause:** {_linked(error.cause)}\n- **Fix:** {_linked(error.fix)}\n"
        f"- **Where to look:** {error.look}\n\n```\n{error.command}\n```\n"
    )


def _linked(text: str) -> str:
    return _LINK.sub(lambda found: f"[{found[1]}]({found[1]}{found[2] or ''})", text)


def errors(head: str) -> str:
    """The whole page."""
    shown = statuses()
    return head + "".join(page_text(page, shown) for page in PAGES)
