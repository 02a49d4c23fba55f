"""aiohttp without the certificates of the machine.

When it is imported, aiohttp makes two TLS contexts and loads all certificates of the machine into each, a tenth of the start
time; the connections to a backend have a context of their own. Here a context that is made in that time loads them when it is
first used, so that others who use aiohttp in this process see no difference.
"""

from __future__ import annotations

import ssl
import sys
from typing import Any


class _LateContext(ssl.SSLContext):
    """Loads the certificates of the machine for the first connection, and is an ordinary context from then on."""

    def wrap_bio(self, *words: Any, **named: Any) -> ssl.SSLObject:
        return _loaded(self).wrap_bio(*words, **named)

    def wrap_socket(self, *words: Any, **named: Any) -> ssl.SSLSocket:
        return _loaded(self).wrap_socket(*words, **named)


def _loaded(context: ssl.SSLContext) -> ssl.SSLContext:
    context.__class__ = ssl.SSLContext
    context.set_default_verify_paths()
    return context


def import_without_certificates() -> None:
    """Called before anything else imports aiohttp; if it is already imported, nothing happens."""
    if "aiohttp" in sys.modules:
        return
    late: list[ssl.SSLContext] = []

    def note(context: ssl.SSLContext) -> None:
        late.append(context)

    ssl.SSLContext.set_default_verify_paths = note  # type: ignore[assignment, method-assign]
    try:
        import aiohttp  # noqa: F401, PLC0415  # for its being there
    finally:
        del ssl.SSLContext.set_default_verify_paths
        for context in late:
            context.__class__ = _LateContext
