"""The translation catalogues: an English text in, the same text in the reader's language out.

English is the source and needs no catalogue. At run time only the standard library's gettext is used; the tools that keep the
catalogues are in `tools`. Which language a reader wants is decided in `cli/shell`.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from reconciler.core.diagnostics.messages import Message, MessageArg

DOMAIN: Final = "reconciler"
FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    code: str
    catalogue: gettext.NullTranslations

    def translate(self, text: Message) -> str:
        return text.render(self._template)

    def plural(self, one: str, many: str, count: int, /, **arguments: MessageArg) -> str:
        """A text that depends on a number, which stands in it as `{count}`."""
        return self.catalogue.ngettext(one, many, count).format(count=count, **arguments)

    def _template(self, template: str) -> str:
        """For the empty text gettext would answer with the catalogue's head."""
        return self.catalogue.gettext(template) if template else ""


@cache
def language(code: str) -> Language:
    """Of one of `LANGUAGES`."""
    if code not in LANGUAGES:
        raise ValueError(f"there is no catalogue for {code!r}")
    catalogue = gettext.NullTranslations() if code == "en" else gettext.translation(DOMAIN, FOLDER, languages=[code])
    return Language(code=code, catalogue=catalogue)
