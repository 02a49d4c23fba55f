"""What both backends over HTTP offer of pages: the one that only reads, and the one that writes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Protocol

from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.ports.sync_cache import CachedPage, PagedBackend


class PageSource(PagedBackend, Protocol):
    """What reads for both."""

    def shops(self) -> AsyncIterator[ShopKey]: ...


class PageReading:
    """`ports.PagedBackend`, and the list of shops, of a backend that reads with `_reading`."""

    _reading: PageSource

    def shops(self) -> AsyncIterator[ShopKey]:
        return self._reading.shops()

    @property
    def pages(self) -> Sequence[CachedPage]:
        return self._reading.pages

    async def read_remaining_pages(self) -> None:
        await self._reading.read_remaining_pages()

    def reread_changed(
        self, pages: Sequence[CachedPage]
    ) -> AsyncGenerator[tuple[CachedPage, tuple[Observed, ...]], None]:
        return self._reading.reread_changed(pages)
