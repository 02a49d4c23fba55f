"""Secrets in documents with several keys, as `PATH#KEY`: a document is read once for all shops that name it.

In: a locator, and how documents are read. Out: the text of one key, or the whole text where a store permits references without
a key. What was read is kept for the whole run, by services for a minute; a failure for some seconds. A store that is down as a
whole costs a run one wait, and not one for each document.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import inf
from typing import Final

from reconciler.adapters.secrets.schemes import display_locator
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SecretMissing

KEPT_BY_SERVICES: Final = 60.0
"""Seconds. What a service reads may be renewed while it runs; what a command reads is the same for all shops of its run."""
FAILURE_KEPT: Final = 10.0
SIDE_BY_SIDE: Final = 8
"""Requests to one store at a time."""

Content = Mapping[str, object] | str
"""Keys with their values, or a text, which may be JSON."""

ReadDocuments = Callable[[Sequence[str]], Mapping[str, Content | SecretMissing]]
"""Paths → what each holds, or why it cannot be read. Raises nothing."""


class SecretStoreUnavailable(SecretMissing):
    """No document of the store can be read at present, so that it is not asked for the others."""

    def __init__(self, text: Message, *, code: Code = codes.SECRET_MISSING, hint: Message | None = None) -> None:
        super().__init__(text, code=code, hint=hint, unread=True)


@frozen(kw_only=False)
class _KeptDocument:
    until: float
    content: Content | SecretMissing = field(repr=False)


class DocumentSecrets:
    """A scheme of `SecretResolver`. `name` is that of the scheme, for messages; `form` is how its references look. Where `whole`,
    a reference without a key means the whole text. `kept`: seconds for which a document counts as read.
    """

    def __init__(
        self,
        name: str,
        read: ReadDocuments,
        now: Callable[[], float] = time.monotonic,
        *,
        form: str = "PATH#KEY",
        whole: bool = False,
        kept: float = inf,
    ) -> None:
        self._name = name
        self._read = read
        self._now = now
        self._form = form
        self._whole = whole
        self._kept = kept
        self._state = _Documents()

    def __call__(self, locator: str) -> str:
        """Raises SecretMissing."""
        path, key = self._parts(locator)
        content = self._document(path)
        if key is None:
            return self._text(content, path)
        return self._value(self._keys(content, path), path, key)

    def prepare(self, locators: Iterable[str]) -> None:
        """Reads the documents of these locators in as few requests as the store permits. Raises nothing."""
        paths: dict[str, None] = {}
        for locator in locators:
            try:
                paths[self._parts(locator)[0]] = None
            except SecretMissing:
                continue  # it is reported where it is resolved
        with self._state.turn:
            self._fetch([path for path in paths if self._state.fresh(path, self._now()) is None])

    def _parts(self, locator: str) -> tuple[str, str | None]:
        path, separator, key = locator.partition("#")
        key = key.removeprefix("/")
        if path and key:
            return path, key
        if path and self._whole and not separator:
            return path, None
        raise SecretMissing(
            msg("{ref} names no key", ref=self._shown(locator)),
            hint=msg("Write {form}", form=f"ref+{self._name}://{self._form}"),
        )

    def _document(self, path: str) -> Content:
        with self._state.turn:
            if self._state.fresh(path, self._now()) is None:
                self._fetch([path])
            content = self._state.known[path].content
        if isinstance(content, SecretMissing):
            # A new error each time: one that is raised twice collects the tracebacks of both.
            raise SecretMissing(content.text, code=content.code, hint=content.hint, unread=content.unread)
        return content

    def _fetch(self, paths: Sequence[str]) -> None:
        """Of a store that was down a moment ago nothing is requested."""
        down = self._state.down(self._now())
        found: Mapping[str, Content | SecretMissing] = dict.fromkeys(paths, down) if down else self._read(paths)
        now = self._now()
        for path in paths:
            content = found.get(path)
            if content is None:
                content = _not_answered(self._shown(path))
            if isinstance(content, SecretStoreUnavailable) and not down:
                self._state.failed, self._state.failed_until = content, now + FAILURE_KEPT
            until = now + (FAILURE_KEPT if isinstance(content, SecretMissing) else self._kept)
            self._state.known[path] = _KeptDocument(self._state.failed_until if down else until, content)

    def _keys(self, content: Content, path: str) -> Mapping[str, object]:
        if not isinstance(content, str):
            return content
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):  # not chained: it quotes the text
            found = None
        if isinstance(found, dict):
            return found
        raise SecretMissing(
            msg("The secret {path} is not a JSON object, so that it has no keys", path=self._shown(path)),
            hint=msg("Store a JSON object there, with a text for each key, or refer to the whole secret without #KEY"),
        )

    def _text(self, content: Content, path: str) -> str:
        if isinstance(content, str) and content.strip():
            return content.removesuffix("\n").removesuffix("\r")
        raise SecretMissing(
            msg("The secret {path} is empty", path=self._shown(path)),
            hint=msg("Store the secret there, or correct the reference"),
        )

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


@dataclass(slots=True)
class _Documents:
    """What is known of one store. `failed` is why it was down until `failed_until`."""

    known: dict[str, _KeptDocument] = field(default_factory=dict)
    failed: SecretStoreUnavailable | None = None
    failed_until: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, path: str, now: float) -> _KeptDocument | None:
        known = self.known.get(path)
        return known if known is not None and known.until > now else None

    def down(self, now: float) -> SecretStoreUnavailable | None:
        return self.failed if self.failed_until > now else None


def read_each(read: Callable[[str], Content]) -> ReadDocuments:
    """For a store that hands out one document per request: the first alone, to see whether it answers, the others side by side.
    `read` raises SecretMissing.
    """

    def read_all(paths: Sequence[str]) -> Mapping[str, Content | SecretMissing]:
        down: list[SecretStoreUnavailable] = []

        def one(path: str) -> Content | SecretMissing:
            if down:
                return down[0]
            try:
                return read(path)
            except SecretStoreUnavailable as unavailable:
                down.append(unavailable)
                return unavailable
            except SecretMissing as missing:
                return missing

        first = {path: one(path) for path in paths[:1]}
        if len(paths) <= 1 or down:
            return first | dict.fromkeys(paths[1:], down[0]) if down else first
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return first | dict(zip(paths[1:], pool.map(one, paths[1:]), strict=True))

    return read_all


def _not_answered(shown: str) -> SecretMissing:
    return SecretMissing(
        msg("{ref} does not exist", ref=shown), hint=msg("Store the secret there, or correct the reference")
    )
