"""A cursor over one query parameter, with the few tokens that all of its grammars share."""

import re
from typing import NoReturn

from devstack.supabase_local.rest.errors import not_parsed

_NAME = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
_QUOTED = re.compile(r'"((?:[^\\"]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*")
DEEPEST_NESTING = 30
FIELD_NAME = "field name (* or [a..z0..9_$])"


class Scanner:
    def __init__(self, text: str, what: str, before: int = 0) -> None:
        """`before`: how many characters PostgREST has read before `text`, for its columns."""
        self.text, self.what, self.position, self._before = text, what, 0, before
        self._depth = 0

    def at_end(self) -> bool:
        return self.position == len(self.text)

    def sees(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def take(self, token: str) -> bool:
        """Step over `token` if it comes next."""
        if self.sees(token):
            self.position += len(token)
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.take(token):
            self.fail(f'"{token}"')

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def blanks(self) -> None:
        self.match(_BLANKS)

    def name(self, expected: str = FIELD_NAME) -> str:
        """A field name: bare if of letters, digits, _ $ - and space, or else in double quotes."""
        self.blanks()
        if self.sees('"'):
            return self.quoted()
        start = self.position
        found = self.match(_NAME)
        if found is None or not found[0].strip():
            self.position = start
            self.fail(expected)
        return found[0].strip()

    def quoted(self) -> str:
        found = self.match(_QUOTED)
        if found is None:
            self.fail("closing double quote")
        return _ESCAPED.sub(r"\1", found[1])

    def descend(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            self.fail(f"at most {DEEPEST_NESTING} levels of nesting")

    def ascend(self) -> None:
        self._depth -= 1

    def finish(self, expected: str = "end of input") -> None:
        """What is left over is quoted once, as PostgREST's parser does at an end."""
        self.blanks()
        if not self.at_end():
            self.fail(expected, quote="'")

    def fail(self, expected: str, quote: str = '"') -> NoReturn:
        seen = "end of input" if self.at_end() else f"{quote}{self.text[self.position]}{quote}"
        column = self._before + self.position + 1
        raise not_parsed(
            f'"failed to parse {self.what} ({self.text})" (line 1, column {column})',
            f"unexpected {seen} expecting {expected}",
        )
