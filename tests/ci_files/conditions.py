"""The conditions and expressions of CI files, as far as the templates use them: names, texts, `!`, `==`, `!=`, `=~`, `&&`, `||`.

GitHub: `github.event_name == 'push'`, `always()`. GitLab: `$CI_PIPELINE_SOURCE == "push"`. What is not understood is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<pattern>/[^/]+/)|(?P<op>&&|\|\||==|!=|=~|!|\(|\))"""
    r"""|(?P<name>\$?[A-Za-z_][\w.-]*(?:\(\))?))"""
)
Value = str | bool | None


class Condition:
    """`look_up` gives the value of a name; None if there is none."""

    def __init__(self, text: str, look_up: Callable[[str], Any]) -> None:
        self._tokens = list(_tokens(text))
        self._look_up = look_up

    def value(self) -> Value:
        found = self._or()
        assert not self._tokens, f"not understood: {self._tokens}"
        return found

    def __bool__(self) -> bool:
        return bool(self.value())

    def _or(self) -> Value:
        found = self._and()
        while self._next("||"):
            other = self._and()
            found = found or other
        return found

    def _and(self) -> Value:
        found = self._comparison()
        while self._next("&&"):
            other = self._comparison()
            found = found and other
        return found

    def _comparison(self) -> Value:
        found = self._unary()
        for operator in ("==", "!=", "=~"):
            if self._next(operator):
                other = self._unary()
                if operator == "=~":
                    return re.search(str(other), str(found or "")) is not None
                return (found == other) is (operator == "==")
        return found

    def _unary(self) -> Value:
        if self._next("!"):
            return not self._unary()
        if self._next("("):
            found = self._or()
            assert self._next(")")
            return found
        kind, text = self._tokens.pop(0)
        if kind in ("text", "pattern"):
            return text[1:-1]
        assert kind == "name", text
        return {"true": True, "false": False, "always()": True}[text] if text in _WORDS else self._look_up(text)

    def _next(self, operator: str) -> bool:
        if self._tokens[:1] == [("op", operator)]:
            self._tokens.pop(0)
            return True
        return False


_WORDS = frozenset({"true", "false", "always()"})


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text.rstrip()):
        found = TOKEN.match(text, place)
        assert found is not None, f"not understood: {text[place:]}"
        yield str(found.lastgroup), found[found.lastgroup or 0]
        place = found.end()
