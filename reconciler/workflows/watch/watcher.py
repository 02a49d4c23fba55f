"""Keeps a fleet watched: what may have changed is looked at, what is safe is healed, what is approved is applied in its window.

In: a session, the sources of hints, the settings. Out: looks, heals and applies in the store, and when something is due next.
Everything is level-triggered: a hint only says that a shop should be looked at, and a part that failed is tried again. Time comes
from the session's clock only.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import anyio

from reconciler.core.values import ShopKey
from reconciler.lib.event_log import log_event
from reconciler.lib.utc import format_utc
from reconciler.workflows.watch.follow_up import FollowUp
from reconciler.workflows.watch.hints import WatchedShops
from reconciler.workflows.watch.look import look_at
from reconciler.workflows.watch.parts import WatchParts
from reconciler.workflows.watch.status import WatchStatus
from reconciler.workflows.watch.triggers import Triggers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reconciler.core.watch.shop_queue import DueShop, LookReason
    from reconciler.core.watch.watch_settings import WatchSettings
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.look import WatchLook
    from reconciler.workflows.watch.sources import WatchSources

_SAVED_AGAIN: Final = 300.0
"""Seconds between two saves of places that no shop depends on."""
_SET_BACK: Final = 60.0
"""A clock that was set back by more makes the watcher start again from its store."""


class _Start:
    """What a watcher knows from the moment it leads: made from the store."""

    def __init__(self, session: Session, sources: WatchSources, shops: WatchedShops) -> None:
        self.shops = shops
        self.triggers = Triggers(session, sources, shops)
        self.follow_up = FollowUp(session, shops)
        self.poll_due = shops.now
        self.save_due = shops.now


class Watcher:
    def __init__(self, session: Session, sources: WatchSources, settings: WatchSettings) -> None:
        self._session = session
        self._sources = sources
        self._settings = settings
        self._parts = WatchParts(session.clock)
        self._start: _Start | None = None
        self._stop: anyio.Event | None = None
        self._wake: anyio.Event | None = None
        self._at = self._now
        self.status = WatchStatus(parts=self._parts, pace=sources.pace)

    @property
    def _now(self) -> float:
        return self._session.clock.now().timestamp()

    @property
    def _stopping(self) -> bool:
        return self._stop is not None and self._stop.is_set()

    def hint(self, shops: Collection[ShopKey] | None, reason: LookReason) -> None:
        """These shops should be looked at now; None: ask the feed and Git now. Before it leads it forgets the hint: it then asks
        all its sources.
        """
        if self._start is not None:
            if shops is None:
                self._start.poll_due = self._now
            else:
                self._start.shops.hint(shops, reason)
        if self._wake is not None:
            self._wake.set()

    async def run(self, stop: anyio.Event) -> None:
        """Steps until `stop`; what is under way then is finished. A hint ends a wait."""
        self._start, self._stop = None, stop
        while not stop.is_set():
            self._wake = anyio.Event()
            wait = await self._safe_step()
            if wait is None or wait > 0:
                await self._pause(self._settings.poll if wait is None else wait, stop)

    async def _safe_step(self) -> float | None:
        """A fault of ours outside of all parts ends the step, and not the loop."""
        waits: list[float | None] = []

        async def step() -> None:
            waits.append(await self.step())

        await self._parts.run("step", step)
        return waits[0] if waits else None

    async def catch_up(self) -> None:
        """Steps until nothing is due, or a part that is due has to wait."""
        self._start = None
        while await self.step() == 0.0:
            pass

    async def _pause(self, seconds: float, stop: anyio.Event) -> None:
        assert self._wake is not None
        async with anyio.create_task_group() as group:

            async def wait_for(event: anyio.Event) -> None:
                await event.wait()
                group.cancel_scope.cancel()

            group.start_soon(wait_for, stop)
            group.start_soon(wait_for, self._wake)
            await self._session.clock.sleep(seconds)
            group.cancel_scope.cancel()

    async def step(self) -> float | None:
        """Everything that is due now, at most one look. Returns the seconds until the next thing is due; 0 where more is due."""
        if self._at - self._now > _SET_BACK:
            log_event("watch-clock-set-back", level="warning")
            self._start = None
            self._parts.failing.clear()
        self._at = self._now
        if self._start is None:
            await self._parts.run("start", self._restore)
        if self._start is not None:
            await self._ask(self._start)
            await self._look(self._start)
            await self._follow(self._start)
            await self._save(self._start)
        due = self._next_due(self._start)
        self.status.stepped(None if self._start is None else self._start.shops, self._now)
        return None if due is None else max(0.0, due - self._now)

    async def _restore(self) -> None:
        """Raises SetupError."""
        session, fleet = self._session, self._session.target.fleet_name
        with self._sources.states.open() as states:
            saved = states.read(fleet)
        with session.findings.open(create=True) as findings:
            assert findings is not None  # it is made
            compared = findings.compared_shops(fleet)
        names = await anyio.to_thread.run_sync(session.manifests.names)
        shops = WatchedShops(self._settings, session.clock, names, compared, saved)
        self._start = _Start(session, self._sources, shops)
        self.status.started = True
        log_event("watch-started", shops=len(names), due=len(shops.queue.due(shops.now)))

    async def _ask(self, start: _Start) -> None:
        """The sources: what they name is due."""
        run, triggers = self._parts.run, start.triggers
        if start.poll_due <= self._now and not self._stopping:
            start.poll_due = self._now + self._settings.poll
            if self._settings.pull:
                await run("pull", triggers.update_checkout)
            await run("git", triggers.check_git)
            await run("feed", triggers.ask_feed)
            await run("journal", triggers.read_journal)
            start.follow_up.window_due = self._now  # another process may have deferred an apply since
            with suppress(KeyboardInterrupt):  # a stop was asked for; what was under way is done
                await run("recovery", start.follow_up.recover)
        await run("acceptances", triggers.check_acceptances)

    async def _look(self, start: _Start) -> None:
        shops = start.shops
        due, complete = shops.queue.due(self._now), shops.complete_due <= self._now
        if not (due or complete) or self._stopping:
            return
        many = len(due) > max(self._settings.batch, len(shops.names) // 2)

        async def look() -> None:
            whole = complete or many
            taken = shops.queue.take_all() if whole else shops.queue.take(self._now, self._settings.batch)
            await self._look_at(start, taken, complete=whole)

        await self._parts.run("look", look)

    async def _look_at(self, start: _Start, taken: Sequence[DueShop], *, complete: bool) -> None:
        """Raises as `look_at`; the shops are then due as before."""
        shops, ended = start.shops, False
        try:
            look = await look_at(self._session, taken, complete=complete)
            ended = True
        finally:
            if not ended:
                shops.queue.put_back(taken)
        for each in taken:
            (shops.queue.failed if each.shop in look.unread else shops.queue.done)(each.shop, self._now)
        names = frozenset(each.shop for each in taken)
        shops.marks.looked_at(names)
        if complete:
            shops.complete_due = self._now + self._settings.complete
        self._count(start, look, names)

    def _count(self, start: _Start, look: WatchLook, names: Collection[str]) -> None:
        start.save_due = self._now
        start.follow_up.looked_at([ShopKey(shop) for shop in names if shop in look.compared])
        self.status.add_look(look, names)

    async def _follow(self, start: _Start) -> None:
        follow, run = start.follow_up, self._parts.run
        for name, due, work in (
            ("heal", follow.heal_due, follow.heal),
            ("deferred", follow.window_due, follow.apply_deferred),
            ("alerts", follow.alerts_due, follow.send_alerts),
        ):
            if due is not None and due <= self._now and not self._stopping:
                with suppress(KeyboardInterrupt):  # as above
                    await run(name, work)

    async def _save(self, start: _Start) -> None:
        places = start.shops.marks.to_save()
        if not places or start.save_due > self._now:
            return

        async def save() -> None:
            with self._sources.states.open() as states:
                states.save(self._session.target.fleet_name, places, format_utc(self._session.clock.now()))
            start.shops.marks.mark_saved(places)
            start.save_due = self._now + _SAVED_AGAIN

        await self._parts.run("state", save)

    def _next_due(self, start: _Start | None) -> float | None:
        if start is None:
            return self._parts.next_try()
        shops, follow, not_before = start.shops, start.follow_up, self._parts.not_before
        queued = shops.queue.next_due()
        dues = (
            start.poll_due,
            not_before("look", shops.complete_due if queued is None else min(queued, shops.complete_due)),
            not_before("acceptances", start.triggers.next_end()),
            not_before("heal", follow.heal_due),
            not_before("deferred", follow.window_due),
            not_before("alerts", follow.alerts_due),
        )
        return min(due for due in dues if due is not None)
