"""The translation catalogues: an English text in, the same text in the reader's language out.

English is the source and needs no catalogue. At run time only the standard library's gettext is used; the tools that keep the
catalogues are in `tools`. Which language a reader gets is decided in `cli/shell`.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final

from reconciler.core.diagnostics.messages import Message, MessageArg
from reconciler.lib.frozen_class import frozen

DOMAIN: Final = "reconciler"
FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "ja")
_JAPANESE: Final = (("\u3001", "\u9fff"), ("\uf900", "\ufaff"), ("\uff01", "\uff9f"), ("\U00020000", "\U0003ffff"))
"""First and last character of each range; also characters of names only, as in ㈱, 﨑, ｶﾅ and 𠮷."""


@frozen
class Language:
    code: str
    catalogue: gettext.NullTranslations

    def translate(self, text: Message) -> str:
        return text.render(self._template, self._fill)

    def plural(self, one: str, many: str, count: int, /, **arguments: MessageArg) -> str:
        """A text that depends on a number, which is `{count}` in it. Its numbers are grouped: 4,812."""
        shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in arguments.items()}
        return self._fill(self.catalogue.ngettext(one, many, count), {"count": f"{count:,}", **shown})

    def _fill(self, template: str, values: Mapping[str, MessageArg]) -> str:
        return fill_japanese(template, values) if self.code == "ja" else template.format_map(values)

    def _template(self, template: str) -> str:
        """For the empty text gettext would answer with the catalogue's head."""
        return self.catalogue.gettext(template) if template else ""


def fill_japanese(template: str, values: Mapping[str, MessageArg]) -> str:
    """Fills the placeholders, without a half-width space between a Japanese value and the Japanese text around it."""
    text = ""
    for literal, name, spec, conversion in Formatter().parse(template):
        text = _join(text, literal)
        if name is not None:
            field = f"{{{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
            text = _join(text, field.format_map(values))
    return text


def _join(text: str, more: str) -> str:
    """Spaces at the seam stay unless the characters on both sides of them are Japanese."""
    left, right = text.rstrip(" "), more.lstrip(" ")
    return left + right if is_japanese(left[-1:]) and is_japanese(right[:1]) else text + more


def is_japanese(character: str) -> bool:
    """Also punctuation and other characters of full width. Not the empty text."""
    return any(first <= character <= last for first, last in _JAPANESE)


@cache
def language(code: str) -> Language:
    """Of one of `LANGUAGES`."""
    if code not in LANGUAGES:
        raise ValueError(f"there is no catalogue for {code!r}")
    catalogue = gettext.NullTranslations() if code == "en" else gettext.translation(DOMAIN, FOLDER, languages=[code])
    return Language(code=code, catalogue=catalogue)
