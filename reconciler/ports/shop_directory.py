"""Which shop a notification is for, and what that shop's Amazon設定 says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reconciler.core.values import ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopIdentity:
    """`site_url` is 販売事業者様サイトURL, `seller_id` SellerId(出品者ID), `email` 通知メールアドレス; None: not set."""

    shop: ShopKey
    site_url: str | None
    seller_id: str | None
    email: str | None


class DirectoryUnavailable(Exception):
    """The backend cannot be asked, and nothing usable is remembered. It is our trouble: Amazon is asked to come again."""


class ShopDirectory(Protocol):
    async def by_path(self, path: str, *, host: str = "", fresh: bool = False) -> ShopIdentity | None:
        """The shop whose 販売事業者様サイトURL has exactly this path; None where there was none after it was asked.

        `host` is as the Host header has it, and tells shops apart that have the same path. `fresh`: as the backend has it after
        this was asked, and not as it is remembered. Raises DirectoryUnavailable.
        """
        ...

    async def by_key(self, shop: ShopKey) -> ShopIdentity | None:
        """Raises DirectoryUnavailable."""
        ...
