"""Splits SQL text into statements, minding strings, quoted names, dollar quotes and comments."""

import re
from collections.abc import Iterator

_SKIPPED = re.compile(
    r"""
    --[^\n]*
    | [eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_LEADING = re.compile(r"(?:\s+|--[^\n]*)*")


def split_statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement without its semicolon, and where it starts."""
    start = position = 0
    while position < len(text):
        if text.startswith("/*", position):
            position = _after_block_comment(text, position)
        elif skipped := _SKIPPED.match(text, position):
            position = skipped.end()
        elif text[position] == ";":
            yield from _statement(text, start, position)
            start = position = position + 1
        else:
            position += 1
    yield from _statement(text, start, len(text))


def _statement(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    leading = _LEADING.match(text, start, end)
    begin = leading.end() if leading else start
    if text[begin:end].strip():
        yield begin, text[begin:end]


def _after_block_comment(text: str, start: int) -> int:
    """Block comments nest in PostgreSQL."""
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)
