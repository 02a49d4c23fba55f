"""What was found in sync, so that it is not compared again while neither side changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import field
from typing import Protocol, runtime_checkable

from reconciler.core.model.state import Observed
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class CachedPage:
    """One page of the fleet as the backend last returned it: its request, its version, the declared shops on it, and the
    others.

    Without a version it has to be read again.
    """

    query: str
    version: str | None
    shops: tuple[ShopKey, ...]
    others: tuple[ShopKey, ...] = ()


@frozen(kw_only=False)
class SyncedShop:
    """Where the shop is declared; whether its IPN endpoint is registered, and the place that findings about it point at; its
    labels and its group.
    """

    origin: Origin
    registered: bool
    place: Origin
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None


@frozen
class SyncSnapshot:
    """`pages` in order; every declared shop is on one of them. `shops` are those in sync."""

    pages: tuple[CachedPage, ...] = ()
    shops: Mapping[ShopKey, SyncedShop] = field(default_factory=dict)


class SyncCache(Protocol):
    """Of one fleet, one backend and one history. Forgetting costs time and nothing else."""

    def load(self) -> SyncSnapshot | None:
        """What was kept, if the manifests, the history and the tool are still those it was found with."""
        ...

    def save(self, standing: SyncSnapshot) -> None:
        """For the manifests and the history as they were when `recall` looked. Never raises."""
        ...


class PagesRearranged(Exception):
    """The backend's pages no longer hold the shops they held."""


@runtime_checkable
class PagedBackend(Protocol):
    """A backend that can report which pages changed. These methods are optional."""

    @property
    def pages(self) -> Sequence[CachedPage]:
        """Of the last observation, where it went by pages and found every shop on one of them; else none."""
        ...

    async def read_remaining_pages(self) -> None:
        """Reads the pages behind the last of `pages` and adds them. Raises BackendError."""
        ...

    def reread_changed(
        self, pages: Sequence[CachedPage]
    ) -> AsyncGenerator[tuple[CachedPage, tuple[Observed, ...]], None]:
        """Each page that moved since, as it is now, with its shops; `pages` are all of the fleet. Raises BackendError, and
        PagesRearranged.
        """
        ...
