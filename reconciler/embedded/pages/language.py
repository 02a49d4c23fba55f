"""The language of a page: Japanese, or English for a reader who chose it.

Code and templates hold the Japanese texts, which are those of the platform. In: such a text, and the values of its `{places}`.
Out: the text in the language of the request. What people entered is never translated.
"""

import gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from reconciler.embedded.contract.marks import N_
from reconciler.lib.frozen_class import frozen

JAPANESE: Final = "ja"
LANGUAGES: Final[Mapping[str, str]] = {JAPANESE: "日本語", "en": "English"}
"""By code, each in its own words."""
DOMAIN: Final = "pages"
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"


@frozen
class PageLanguage:
    code: str = JAPANESE
    switch: str = ""
    """Where this page is shown in the other language."""

    @property
    def other(self) -> str:
        return next(code for code in LANGUAGES if code != self.code)


_JAPANESE_PAGE: Final = PageLanguage()
_current: ContextVar[PageLanguage] = ContextVar("language", default=_JAPANESE_PAGE)


@contextmanager
def written_in(language: PageLanguage) -> Iterator[None]:
    """Texts in here are in this language."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def page_language() -> str:
    """Of the request that is being answered."""
    return _current.get().code


def language_switch() -> tuple[str, str, str]:
    """The other language's code, its own name, and the address of this page in it."""
    current = _current.get()
    return current.other, LANGUAGES[current.other], current.switch


def _(text: str, /, **values: object) -> str:
    """The text in the language of the request, with its places filled. A value that is markup, as a link, stays markup."""
    found = _catalogue(page_language()).gettext(text) if text else ""
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(found).format_map(values)
    return found.format_map(values) if values else found


def _c(context: str, text: str, /) -> str:
    """A text that this context, as `button`, has in other words than the rest of the pages."""
    return _catalogue(page_language()).pgettext(context, text)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """Japanese texts are in the code, so they need no catalogue."""
    if code == JAPANESE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[code])


__all__ = [
    "DOMAIN",
    "JAPANESE",
    "LANGUAGES",
    "LOCALE_FOLDER",
    "N_",
    "PageLanguage",
    "_",
    "_c",
    "language_switch",
    "page_language",
    "written_in",
]
