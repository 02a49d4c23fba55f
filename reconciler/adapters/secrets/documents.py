"""Secrets that lie in documents with several keys, as `PATH#KEY`: a document is read once for all shops that name it.

In: a locator, and how a document is read. Out: the text of one key. What was read is kept for a minute, a failure for some
seconds, so that a store that is down costs a run one wait and not one for each shop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from reconciler.adapters.secrets.schemes import display_locator
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import SecretMissing

KEPT: Final = 60.0
FAILURE_KEPT: Final = 10.0

ReadDocument = Callable[[str], Mapping[str, object]]
"""A path → its keys with their values. Raises SecretMissing."""


@dataclass(frozen=True, slots=True)
class _KeptDocument:
    until: float
    content: Mapping[str, object] | SecretMissing


class DocumentSecrets:
    """A scheme of `SecretResolver`. `name` is that of the scheme, for messages."""

    def __init__(self, name: str, read: ReadDocument, now: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._read = read
        self._now = now
        self._known: dict[str, _KeptDocument] = {}
        self._turn = threading.Lock()

    def __call__(self, locator: str) -> str:
        """Raises SecretMissing."""
        path, separator, key = locator.partition("#")
        key = key.removeprefix("/")
        if not (path and separator and key):
            raise SecretMissing(
                msg("{ref} names no key", ref=self._shown(locator)),
                hint=msg("Write {form}", form=f"ref+{self._name}://PATH#KEY"),
            )
        return self._value(self._document(path), path, key)

    def _document(self, path: str) -> Mapping[str, object]:
        with self._turn:
            known = self._known.get(path)
            if known is None or known.until <= self._now():
                known = self._known[path] = self._ask(path)
        if isinstance(known.content, SecretMissing):
            # A new error each time: one that is raised twice collects the tracebacks of both.
            raise SecretMissing(known.content.text, code=known.content.code, hint=known.content.hint)
        return known.content

    def _ask(self, path: str) -> _KeptDocument:
        try:
            content = self._read(path)
        except SecretMissing as missing:
            return _KeptDocument(self._now() + FAILURE_KEPT, missing)
        return _KeptDocument(self._now() + KEPT, content)

    def _value(self, document: Mapping[str, object], path: str, key: str) -> str:
        found: object = document
        for part in [key] if key in document else key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if isinstance(found, str) and found:
            return found
        if found is None:
            raise SecretMissing(
                msg("{path} has no key {key}", path=self._shown(path), key=display_locator(key)),
                hint=self._similar(document, key),
            )
        raise SecretMissing(
            msg("The key {key} of {path} is not a text", path=self._shown(path), key=display_locator(key)),
            hint=msg("Store the secret there as a text, or correct the reference"),
        )

    def _similar(self, document: Mapping[str, object], key: str) -> Message:
        close = get_close_matches(key, [str(name) for name in document], n=1)
        if close:
            return msg("Did you mean the key {guess}?", guess=display_locator(close[0]))
        return msg("Store the secret there, or correct the reference")

    def _shown(self, locator: str) -> str:
        return f"ref+{self._name}://{display_locator(locator)}"
