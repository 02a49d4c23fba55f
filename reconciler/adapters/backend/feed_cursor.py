"""How far the feed of changes was read, as text that a store keeps.

In: the time from which changes are requested, and short digests of what was reported since that time. Out: text, and back. A
text of another form, or of another backend, is no cursor.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.lib.frozen_class import frozen

STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_BYTES: Final = 6
_CHARACTERS: Final = 8
"""Of a digest. It is compared only with those of a few minutes: two states that look equal are less likely than a lost disk."""
_DIGESTS: Final = re.compile(rf"(?:[A-Za-z0-9_-]{{{_CHARACTERS}}})*")


@frozen
class FeedCursor:
    """`since` in the backend's form of times; empty: from the start. `seen` are digests of shops as they were reported."""

    backend: str
    since: str = ""
    seen: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return json.dumps({"backend": self.backend, "since": self.since, "seen": "".join(sorted(self.seen))})


def read_cursor(text: str | None, backend: str) -> FeedCursor | None:
    try:
        found = json.loads(text or "")
        since, seen = str(found["since"]), str(found["seen"])
    except (ValueError, TypeError, KeyError):
        return None
    if found.get("backend") != backend or _DIGESTS.fullmatch(seen) is None:
        return None
    if since and STAMP.fullmatch(since) is None:
        return None
    parts = (seen[start : start + _CHARACTERS] for start in range(0, len(seen), _CHARACTERS))
    return FeedCursor(backend=backend, since=since, seen=frozenset(parts))


def backend_identity(config: BackendConfig) -> str:
    """Of a backend as this client sees it."""
    return _digest([config.root, config.client_id, config.environment.value])


def state_digest(item: Mapping[str, Any]) -> str:
    """Of all that the backend says of a shop: its versions, also where two changes fall into one second."""
    return _digest(item)


def _digest(value: object) -> str:
    content = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()[:_BYTES]).decode()
