"""The sources of hints: Git, the backend's feed, the journal, the ends of acceptances. Each method asks one of them.

In: a session and its sources. Out: hints. What a source says is not believed: a hint only makes a shop due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import anyio.to_thread

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.watch.shop_queue import LookReason
from reconciler.lib.event_log import log_event
from reconciler.lib.utc import parse_utc
from reconciler.ports.watch.change_feed import FeedMissing
from reconciler.workflows.watch.changed_shops import shops_between
from reconciler.workflows.watch.parts import PartFailure

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.hints import WatchedShops
    from reconciler.workflows.watch.sources import WatchSources

FEED: Final = "feed"
COMMIT: Final = "commit"
JOURNAL: Final = "journal"
_FEED_AGAIN: Final = 3600.0
"""Seconds until a backend without a feed is checked for one again."""
_LISTED_AGAIN: Final = 60.0
"""Seconds until the files are listed again, and the ledger is read again, where Git does not say that they changed."""


Ledger = Mapping[tuple[str, str], Acceptance]
"""By shop and field."""


class Triggers:
    def __init__(self, session: Session, sources: WatchSources, shops: WatchedShops) -> None:
        self._session = session
        self._sources = sources
        self._shops = shops
        self._feed_from = 0.0
        self._list_from = 0.0
        self._ledger_from = 0.0
        self._acceptances: Ledger | None = None

    async def ask_feed(self) -> None:
        """Raises BackendError."""
        feed, shops = self._sources.feed, self._shops
        if feed is None or shops.now < self._feed_from:
            return
        try:
            page = await feed.changed_since(shops.marks.place(FEED))
        except FeedMissing:
            self._feed_from = shops.now + _FEED_AGAIN
            log_event("watch-feed-missing", level="warning")
            return
        changed = shops.read_up_to(FEED, page.cursor, page.shops, LookReason.BACKEND)
        if changed:
            log_event("watch-changes", source=FEED, shops=len(changed))

    async def update_checkout(self) -> None:
        """Raises SetupError: what is checked out can be used in any case."""
        if self._sources.checkout is not None:
            await anyio.to_thread.run_sync(self._sources.checkout.update)

    async def check_git(self) -> None:
        """Raises SetupError."""
        checkout, shops = self._sources.checkout, self._shops
        head = None if checkout is None else await anyio.to_thread.run_sync(checkout.head)
        before = shops.marks.place(COMMIT)
        if head is None:
            await self._list_files()
        elif head != before:
            self._declare(await anyio.to_thread.run_sync(self._session.manifests.names))
            changed = await self._changed_between(before, head)
            self._ledger_from = 0.0
            known = shops.read_up_to(COMMIT, head, changed, LookReason.GIT)
            log_event("watch-changes", source="git", shops=len(known), commit=head)

    async def _changed_between(self, before: str | None, head: str) -> Collection[str]:
        """All shops where it is unknown; none for the first commit of all: the schedule has each shop."""
        if before is None:
            return ()
        changed = await anyio.to_thread.run_sync(shops_between, self._session, before, head)
        return self._shops.names if changed is None else {*changed, *self._accepted_before()}

    def _accepted_before(self) -> Collection[str]:
        """Which acceptances an earlier process had read is not known: its ledger may have been another one."""
        if self._acceptances is not None:
            return ()
        return {each.shop for each in self._session.ledger().read().acceptances}

    async def _list_files(self) -> None:
        """Without Git only new and removed files are seen."""
        if self._shops.now >= self._list_from:
            self._list_from = self._shops.now + _LISTED_AGAIN
            self._declare(await anyio.to_thread.run_sync(self._session.manifests.names))

    def _declare(self, names: Collection[str]) -> None:
        """A folder that is empty all at once is being replaced."""
        if self._shops.names and not names:
            text = msg("There are no manifests any more")
            raise PartFailure(diagnostic(codes.NO_MANIFESTS, text))
        self._shops.declare(names)

    async def read_journal(self) -> None:
        """Shops in which a run of any process failed since the last time. Raises SetupError."""
        with self._session.store.history() as history:
            if history is None:
                return
            place = self._shops.marks.place(JOURNAL)
            found = history.failed_shops(None if place is None else int(place))
        if str(found.last) != place:
            known = self._shops.read_up_to(JOURNAL, str(found.last), found.shops, LookReason.RETRY)
            if known:
                log_event("watch-changes", source=JOURNAL, shops=len(known))

    async def check_acceptances(self) -> None:
        """Shops of which an acceptance ended, or was changed. Raises SetupError."""
        shops = self._shops
        if shops.now >= self._ledger_from:
            self._read_ledger()
            self._ledger_from = shops.now + _LISTED_AGAIN
        known = self._acceptances or {}
        ended = {place: each for place, each in known.items() if _ends(each) <= shops.now}
        if ended:
            self._acceptances = {place: each for place, each in known.items() if place not in ended}
            shops.hint({each.shop for each in ended.values()}, LookReason.EXPIRY)

    def next_end(self) -> float | None:
        """When the next acceptance ends."""
        return min(map(_ends, (self._acceptances or {}).values()), default=None)

    def _read_ledger(self) -> None:
        content = self._session.ledger().read()
        if content.diagnostics:
            raise PartFailure(content.diagnostics[0])
        read = {(each.shop, each.field): each for each in content.acceptances if self._counts(each)}
        known = self._acceptances
        if known is not None:
            changed = {place for place in {*read, *known} if _unplaced(read.get(place)) != _unplaced(known.get(place))}
            self._shops.hint({shop for shop, _ in changed}, LookReason.GIT)
        self._acceptances = read

    def _counts(self, acceptance: Acceptance) -> bool:
        """Whether it has not ended, or ended while there was no watcher, so that no look has seen it."""
        if _ends(acceptance) > self._shops.now:
            return True
        last = self._shops.compared.shops.get(acceptance.shop)
        return self._acceptances is None and (last is None or parse_utc(last).timestamp() < _ends(acceptance))


def _ends(acceptance: Acceptance) -> float:
    return parse_utc(acceptance.ends).timestamp()


def _unplaced(acceptance: Acceptance | None) -> Acceptance | None:
    """Without its line in the file, which moves where others are added."""
    return None if acceptance is None else replace(acceptance, origin=None)
