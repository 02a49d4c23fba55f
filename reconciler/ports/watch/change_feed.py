"""The backend's feed of changes: which shops changed since the last question."""

from __future__ import annotations

from typing import Protocol

from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class ChangePage:
    """`shops` changed since the cursor that was given, also shops without a manifest. `cursor` is for the next question."""

    shops: frozenset[ShopKey]
    cursor: str


class ChangeFeed(Protocol):
    async def changed_since(self, cursor: str | None) -> ChangePage:
        """No change is missed, a shop may be named more than once. None, or a cursor of another backend: all shops, since nothing
        is known. A cursor may be kept for any time, also over restarts; keep it only after the shops were noted.

        Raises BackendError; ask again later, with the same cursor. A client that may not ask, or a backend without the feed,
        raises FeedMissing: only regular looks see its changes.
        """
        ...


class FeedMissing(Exception):
    """There is no feed at this backend, or none for this client; `text` says why. It may be there later."""

    def __init__(self, text: Message) -> None:
        super().__init__(str(text))
        self.text = text
