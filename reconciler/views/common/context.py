"""What a view for people knows about its reader: language, colours, width of the terminal. Values are put
into words here.

In: scalars and texts of the core. Out: strings that are safe on a terminal. A secret always comes out as words.

Lines as one text. In: lines. Out: text without trailing spaces that ends with a line end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from enum import Enum, StrEnum
from typing import Final

from reconciler.core.diagnostics.messages import Message, MessageArg, msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.diagnostics.source_root import SourceRoot
from reconciler.core.model.value_words import NO_WORDS, ValueWords, value_name, value_to_type
from reconciler.core.values import ABSENT, UNSET, Scalar, SealedSecret, Secret, SecretDigest, SecretRef, Unset
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.ansi import Style, paint
from reconciler.views.common.display_width import escape_unprintable, quoted
from reconciler.views.i18n import Language
from reconciler.views.i18n.local_times import local_arguments, local_time, with_local_times

LONGEST: Final = 200
"""Characters of a value that are shown: what a backend holds may be of any length."""

_AROUND: Final = 40

Showable = Scalar | Unset | tuple[str, ...]


class BudgetError(ValueError):
    """A budget in characters that has no room for what a reader must see in any case."""

    def __init__(self, budget: int, needed: int) -> None:
        super().__init__(f"a budget of {budget} characters is too small: {needed} are needed")


@frozen
class RenderContext:
    """`width` is how many cells a line of the terminal has; None without a terminal: nothing is wrapped then.
    `show_requests`: documents include the requests that were sent to the backend. `expand`: each shop is shown separately, for
    any number of shops. `sources` are the lines that diagnostics point at. `concise`: a diagnostic is one line. `budget` is how
    many characters a page of Markdown or HTML may have; None without a limit. `source_root` says where files are in the
    repository; `diff` are the lines that the pull request changes, by their file from that root.
    """

    language: Language
    colour: bool = False
    width: int | None = None
    show_requests: bool = False
    expand: bool = False
    sources: SourceLines = field(default_factory=dict)
    concise: bool = False
    budget: int | None = None
    source_root: SourceRoot = SourceRoot()
    diff: Mapping[str, Collection[int]] = field(default_factory=dict)

    def translate(self, text: Message) -> str:
        return escape_unprintable(self.language.translate(with_local_times(text, self.language)))

    def plural(self, one: str, many: str, count: int, /, **arguments: MessageArg) -> str:
        local = local_arguments(arguments, self.language)
        return escape_unprintable(self.language.plural(one, many, count, **local))

    def time(self, moment: str, *, seconds: bool = False) -> str:
        """A moment in UTC, as the reader's clock shows it."""
        return local_time(moment, self.language, seconds=seconds)

    def paint(self, text: str, style: Style | None) -> str:
        return paint(text, style, colour=self.colour)

    def value_pair(self, one: Showable, other: Showable, words: ValueWords = NO_WORDS) -> tuple[str, str]:
        """Two values that are compared: of what is too long to be shown, the part in which they differ."""
        start = _difference(one, other)
        return self.value(one, words, start), self.value(other, words, start)

    def value_to_copy(self, value: Showable, words: ValueWords) -> str:
        """With what a manifest writes beside the word, for a value that a person may type there."""
        if isinstance(value, bool | StrEnum):
            return self.translate(value_to_type(value, words))
        return self.value(value)

    def value(self, value: Showable, words: ValueWords = NO_WORDS, start: int = 0) -> str:
        """As a manifest writes it, or in Japanese by the field's `words`; in words where it cannot be written there. A long text
        from `start` on.
        """
        match value:
            case bool() | StrEnum():
                return self.translate(value_name(value, words))
            case Secret() | SealedSecret() | SecretRef() | SecretDigest():
                return self.translate(msg("(sensitive value)"))
            case Enum() if value is ABSENT:
                return self.translate(msg("(not set)"))
            case Enum() if value is UNSET:
                return self.translate(msg("(not known)"))
            case Enum():
                return str(value.value)
            case str():
                return self._text(value, start)
            case _:
                return ", ".join(self._text(item) for item in value) or self.translate(msg("(none)"))

    def _text(self, value: str, start: int = 0) -> str:
        """A credential is not shown in any place: people paste them, and backends store what was pasted."""
        if contains_credential(value):
            return self.translate(msg("(sensitive value)"))
        if len(value) <= LONGEST:
            return quoted(value)
        before, after = "..." if start else "", "..." if start + LONGEST < len(value) else ""
        excerpt = f"{before}{quoted(value[start : start + LONGEST])}{after}"
        return self.translate(msg("{excerpt} ({count} characters)", excerpt=excerpt, count=len(value)))


def _difference(one: Showable, other: Showable) -> int:
    """Where to start so that the first difference of two texts is visible, with its surroundings."""
    if not (isinstance(one, str) and isinstance(other, str)) or max(len(one), len(other)) <= LONGEST:
        return 0
    differs = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    first = min(len(one), len(other)) if differs is None else differs
    return max(0, first - _AROUND) if first > LONGEST - _AROUND else 0


def join_lines(lines: Iterable[str]) -> str:
    """The lines as one text that ends with a line end; nothing at all for no lines."""
    return "".join(f"{line.rstrip(' ')}\n" for line in lines)
