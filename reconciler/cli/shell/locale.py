"""The language of texts: --lang, then RECONCILER_LANG, then the locale.

In: the words of the command line and the environment. Out: one of the languages there is a catalogue for. click asks the standard
library's gettext for its own words, so for the time of a command gettext has the same language.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

VARIABLE: Final = "RECONCILER_LANG"
_LANGUAGES: Final = ("en", "ja")


def choose_language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """English if no known language is requested. A wrong --lang counts as not given; the option reports it."""
    asked = (_option(words), environment.get(VARIABLE))
    return next((code for code in asked if code in _LANGUAGES), None) or _of_locale(environment)


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Within the block, gettext (and so click) uses this language."""
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = code
    if code != "en":
        from reconciler.views.i18n import DOMAIN, FOLDER

        gettext.bindtextdomain(DOMAIN, str(FOLDER))
        gettext.textdomain(DOMAIN)
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def _option(words: Sequence[str]) -> str | None:
    """Looked for before parsing: usage errors and --help are in that language as well."""
    found = None
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            break
        if word == "--lang":
            found = following
        elif word.startswith("--lang="):
            found = word.partition("=")[2]
    return found


def _of_locale(environment: Mapping[str, str]) -> str:
    """LANGUAGE is a list of preferences that counts unless the locale is C, as gettext has it."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    if _code(locale) in ("C", "POSIX"):
        return "en"
    preferences = [*environment.get("LANGUAGE", "").split(":"), locale]
    return next((code for code in map(_code, preferences) if code in _LANGUAGES), "en")


def _code(locale: str) -> str:
    return locale.partition(".")[0].partition("@")[0].partition("_")[0]
