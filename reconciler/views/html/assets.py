"""The templates, the style sheet and the script of a page, and the policy that allows no others.

In: names of files in `templates`. Out: what they hold; an environment in which every value is escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.pages.code_words import code_parts

_LOADER: Final = PackageLoader("reconciler.views.html")


def page_policy(*, scripted: bool) -> str:
    """Only the style sheet and the script of this file, known by their hashes."""
    script = f" script-src '{_pin('verify.js')}';" if scripted else ""
    return f"default-src 'none'; style-src '{_pin('style.css')}';{script} base-uri 'none'; form-action 'none'"


def _pin(name: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(page_asset(name).encode()).digest()).decode()}"


@cache
def page_asset(name: str) -> Markup:
    """A file of the tool itself, as it is."""
    return Markup(_LOADER.get_source(page_templates(), name)[0])  # noqa: S704  # not from outside


@cache
def page_templates() -> Environment:
    return template_environment(_LOADER)


def _as_it_is(text: str) -> str:
    return text


def template_environment(*loaders: BaseLoader, clean: Callable[[str], str] = _as_it_is) -> Environment:
    """With these templates, then those of reports. Every value is escaped, and none is missing; each text passes `clean`."""

    def shown(value: Any) -> Any:
        """Nothing that is printed hides what is beside it or turns its direction."""
        if not isinstance(value, str) or isinstance(value, Markup):
            return value
        return escape_unprintable(clean(value))

    made = Environment(
        loader=ChoiceLoader([*loaders, _LOADER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    made.filters |= {"prose": lambda text: _prose(clean(text)), "bare": lambda text: _bare(clean(text))}
    return made


def _prose(text: str) -> Markup:
    """A sentence; what is in backticks is code."""
    parts = (
        Markup("<code>{}</code>").format(part) if quoted else escape(part)
        for part, quoted in code_parts(escape_unprintable(text))
    )
    return Markup().join(parts)


def _bare(text: str) -> str:
    """A sentence where no code can be shown."""
    return "".join(part for part, _ in code_parts(text))
