"""A page of elements as HTML: each element by its macro, in the frame that all pages share.

In: a `ConsolePage` and a `Frame`. Out: text. Every value is escaped by the templates; nothing here builds markup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from reconciler.console.charts import trend_shape
from reconciler.console.elements import (
    Advice,
    ConsolePage,
    Element,
    Facts,
    FilterForm,
    FoldedPart,
    Grid,
    Pager,
    Section,
    Tiles,
    TrendChart,
)
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import REDACTED, contains_credential, redact
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.html.assets import page_asset, template_environment
from reconciler.views.html.writer import element_markup

_LOADER: Final = PackageLoader("reconciler.console")
_WORDS: Final[Mapping[str, Message]] = {
    "skip": msg("Skip to content"),
    "menu": msg("Pages"),
    "trail": msg("Above this page"),
    "token": msg("Token"),
    "sign_in": msg("Sign in"),
    "sign_out": msg("Sign out"),
    "read_at": msg("Read at"),
    "start_refresh": msg("Refresh every 60 seconds"),
    "stop_refresh": msg("Stop refreshing"),
    "as_table": msg("As a table"),
}


@frozen
class MenuEntry:
    """`current`: `page` for this page, `true` for one below it."""

    label: str
    href: str
    current: str = ""


@frozen
class Frame:
    """What is around a page. `switch` is this page in the other language; `sign_out` and `sign_in` are tokens of these forms,
    empty without them; `next` is where a sign-in leads to; `refresh` the content of the element that loads the page again.
    """

    context: RenderContext
    fleet: str
    style: str
    now: str
    version: str
    menu: tuple[MenuEntry, ...] = ()
    other: str = ""
    other_name: str = ""
    switch: str = ""
    user: str = ""
    sign_out: str = ""
    sign_in: str = ""
    next: str = ""
    refresh: str = ""
    refresh_link: str = ""

    @property
    def language(self) -> str:
        return self.context.language.code

    @property
    def shown_now(self) -> str:
        return self.context.time(self.now, seconds=True)


def page_html(page: ConsolePage, frame: Frame) -> str:
    words = _words(frame.context)
    sections = [_macro("console_section", each, _contents(each, words)) for each in page.sections]
    template = _templates().get_template("console.html.jinja")
    return template.render(page=page, frame=frame, words=words, sections=sections)


@cache
def style_sheet() -> bytes:
    """Of reports, then what the console adds."""
    own, _, _ = _LOADER.get_source(_templates(), "console.css")
    return f"{page_asset('style.css')}{own}".encode()


@cache
def style_name() -> str:
    """It changes with the content, so that it may be kept for ever."""
    return f"console-{hashlib.sha256(style_sheet()).hexdigest()[:16]}.css"


def _contents(section: Section, words: Mapping[str, str]) -> Markup:
    return Markup("\n").join(_element(each, words, section.title) for each in section.contents)


def _element(element: Element, words: Mapping[str, str], title: str) -> Markup:
    """`title` is that of the section: a caption that only repeats it, or the heading of the page, is for screen readers."""
    match element:
        case Grid():
            return _macro("grid", element, title)
        case Tiles():
            return _macro("tiles", element)
        case Facts():
            return _macro("facts", element)
        case TrendChart():
            return _macro("trend", element, trend_shape(element), words)
        case FilterForm():
            return _macro("filter", element)
        case Pager():
            return _macro("pager", element)
        case Advice():
            return _macro("advice", element)
        case FoldedPart():
            return _macro(
                "console_fold",
                element,
                Markup("\n").join(_element(each, words, element.title) for each in element.contents),
            )
        case _:
            markup = element_markup(element)
            return Markup(redact(markup)) if contains_credential(markup) else markup  # noqa: S704  # only parts are replaced


def _words(context: RenderContext) -> Mapping[str, str]:
    return {name: context.translate(word) for name, word in _WORDS.items()}


@cache
def _templates() -> Environment:
    return template_environment(_LOADER, clean=_without_credential)


def _without_credential(text: str) -> str:
    """From any source: people paste credentials into any field, and mail servers quote them."""
    return REDACTED if contains_credential(text) else text


@cache
def _macros() -> Any:
    return _templates().get_template("console_elements.html.jinja").module


def _macro(name: str, *arguments: object) -> Markup:
    macro: Callable[..., Markup] = getattr(_macros(), name)
    return macro(*arguments)
