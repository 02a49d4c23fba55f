"""The query of an address as values. What is not known or not valid is refused, so that no filter is silently ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen

EVERYWHERE = frozenset({"lang", "refresh"})
LONGEST_VALUE = 200
LAST_PAGE = 100_000


class BadQueryError(ValueError):
    """`text` says what is wrong with which part."""

    def __init__(self, text: Message) -> None:
        super().__init__(text.template)
        self.text = text


@frozen(kw_only=False)
class Query:
    """The parts of a query, each at most once."""

    values: Mapping[str, str]

    @classmethod
    def read(cls, pairs: Sequence[tuple[str, str]], known: frozenset[str]) -> Query:
        """Empty parts count as not given: a form sends all of its fields. Raises BadQueryError."""
        values: dict[str, str] = {}
        for name, value in pairs:
            if name not in known | EVERYWHERE:
                raise BadQueryError(
                    msg("The address has a part that this page does not know: {name}", name=_short(name))
                )
            if name in values:
                raise BadQueryError(msg("The address has {name} twice", name=name))
            if len(value) > LONGEST_VALUE or not value.isprintable():
                raise BadQueryError(msg("The value of {name} is too long or not a text", name=name))
            if value.strip():
                values[name] = value.strip()
        return cls(values)

    def text(self, name: str) -> str | None:
        return self.values.get(name)

    def one_of(self, name: str, allowed: Sequence[str]) -> str | None:
        value = self.values.get(name)
        if value is not None and value not in allowed:
            choices = ", ".join(allowed)
            raise BadQueryError(
                msg(
                    "{name} has no value {value} (available: {choices})",
                    name=name,
                    value=_short(value),
                    choices=choices,
                )
            )
        return value

    def number(self, name: str, default: int, most: int = LAST_PAGE) -> int:
        value = self.values.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= len(str(most)) and 1 <= int(value) <= most):
            raise BadQueryError(msg("{name} has to be a number from 1 to {most}", name=name, most=most))
        return int(value)


def page_address(path: Sequence[str], query: Mapping[str, str | None] | None = None) -> str:
    """A path of this console from its parts, each quoted whole."""
    parts = "".join(f"/{quote(part, safe='')}" for part in path) or "/"
    asked = urlencode({name: value for name, value in (query or {}).items() if value})
    return f"{parts}?{asked}" if asked else parts


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
