"""Which shop a notification is for, and what that shop's Amazon設定 says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class ShopIdentity:
    """`site_url` is 販売事業者様サイトURL, `seller_id` SellerId(出品者ID), `email` 通知メールアドレス; None: not set."""

    shop: ShopKey
    site_url: str | None
    seller_id: str | None
    email: str | None


class DirectoryUnavailable(Exception):
    """The backend does not answer, and the cache has nothing usable. It is our own fault: Amazon gets 503 and retries."""


class ShopsReadRecently(DirectoryUnavailable):
    """All shops could be read a moment ago, but before the call: they are not read again for each request. Amazon retries."""


class ShopDirectory(Protocol):
    async def by_path(self, path: str, *, host: str = "", fresh: bool = False) -> ShopIdentity | None:
        """The shop whose 販売事業者様サイトURL has exactly this path; None if there was none at the time of the call.

        `host` is the Host header, and distinguishes shops with the same path. `fresh`: read from the backend after this call,
        not from the cache. Raises DirectoryUnavailable; ShopsReadRecently where a new read is not due yet.
        """
        ...

    async def by_key(self, shop: ShopKey, *, fresh: bool = False) -> ShopIdentity | None:
        """`fresh`: this one shop is read from the backend now. Raises DirectoryUnavailable."""
        ...

    async def by_seller(self, seller_id: str) -> Sequence[ShopIdentity]:
        """The shops with this SellerId, as they were last read. Raises DirectoryUnavailable where that may miss some."""
        ...
