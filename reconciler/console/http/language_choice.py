"""The language of a page: of the link `?lang=`, else as chosen before, else as the browser asks."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from reconciler.console.http.cookies import LANGUAGE_COOKIE
from reconciler.views.i18n import LANGUAGES

OWN_NAMES: Final = {"en": "English", "ja": "日本語"}
_MOST_ASKED: Final = 20


def language_of(request: Request) -> str:
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return _preferred(request.headers.get("accept-language", ""))


def is_chosen(request: Request) -> bool:
    """Whether the link asks for it, so that it is remembered."""
    return request.query_params.get("lang") in LANGUAGES


def other_language(code: str) -> str:
    return next(each for each in LANGUAGES if each != code)


def _preferred(header: str) -> str:
    """The first of the highest weight; English where none is given."""
    best, weight = "en", 0.0
    for part in header.split(",")[:_MOST_ASKED]:
        tag, _, options = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        asked = _weight(options)
        if code in LANGUAGES and asked > weight:
            best, weight = code, asked
    return best


def _weight(options: str) -> float:
    name, _, value = options.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
