"""What may have changed, as hints in the queue of shops, and how far each source was read.

In: hints about shops. Out: the queue, with declared shops only; the bookmarks of the sources. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from reconciler.core.watch.bookmarks import Bookmarks
from reconciler.core.watch.shop_queue import LookReason, ShopQueue, scheduled_look
from reconciler.lib.utc import parse_utc

if TYPE_CHECKING:
    from reconciler.core.watch.watch_settings import WatchSettings
    from reconciler.ports import Clock
    from reconciler.ports.findings.finding_store import ComparedShops


class WatchedShops:
    """`compared` is when each shop was last compared before this process started. `complete_due` is when the fleet is to be
    looked at as a whole.
    """

    def __init__(
        self,
        settings: WatchSettings,
        clock: Clock,
        names: Collection[str],
        compared: ComparedShops,
        saved: Mapping[str, str],
    ) -> None:
        self._clock = clock
        self._period = settings.period
        self.queue = ShopQueue(settings.period)
        self.marks = Bookmarks(saved)
        self.names = frozenset(names)
        self.compared = compared
        last = compared.last_complete
        self.complete_due = self.now if last is None else parse_utc(last).timestamp() + settings.complete
        for shop in self.names:
            self._restore(shop)

    @property
    def now(self) -> float:
        return self._clock.now().timestamp()

    def _restore(self, shop: str) -> None:
        """Where the schedule of the process before would be by now."""
        last = self.compared.shops.get(shop)
        if shop in self.compared.unread:
            self.queue.add(shop, self.now, LookReason.RETRY)
        elif last is None:
            self.queue.add(shop, self.now, LookReason.SCHEDULE)
        else:
            due = scheduled_look(shop, min(self.now, parse_utc(last).timestamp()), self._period)
            self.queue.add(shop, due, LookReason.SCHEDULE)

    def declare(self, names: Collection[str]) -> None:
        """The shops that have a manifest now. If any is gone, the fleet is looked at as a whole: only that settles what was found
        there.
        """
        wanted = frozenset(names)
        if self.names - wanted:
            self.complete_due = min(self.complete_due, self.now)
        for shop in wanted - self.names:
            self.queue.add(shop, self.now, LookReason.GIT)
        self.names = wanted
        self.queue.declare(wanted, self.now)
        self.marks.keep_only(wanted)

    def hint(self, shops: Collection[str], reason: LookReason) -> frozenset[str]:
        """Those of them that have a manifest are due now."""
        known = self.names.intersection(shops)
        for shop in known:
            self.queue.add(shop, self.now, reason)
        return known

    def read_up_to(self, source: str, place: str, shops: Collection[str], reason: LookReason) -> frozenset[str]:
        """A source was read up to `place`, and named these shops."""
        known = self.hint(shops, reason)
        self.marks.advance(source, place, known)
        return known
