"""What follows the looks: shops of killed runs are reopened, safe drift is healed, deferred applies run in their windows, alerts
that wait are sent.

In: a session, and shops that were looked at. Out: runs in the journal, hints for the shops that were written to. Each method may
be called at any time: it does what is due by the store, and nothing twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.results.validation_result import FailureResult
from reconciler.core.watch.shop_queue import LookReason
from reconciler.lib.backoff import backoff
from reconciler.lib.event_log import log_event
from reconciler.lib.utc import parse_utc
from reconciler.workflows.alerts.after_look import alert_after_look
from reconciler.workflows.alerts.rules import read_alert_rules
from reconciler.workflows.ci.apply_deferred import DeferredApplyRequest, apply_deferred
from reconciler.workflows.ci.deferred_windows import deferred_windows
from reconciler.workflows.healing.heal import heal_after_look
from reconciler.workflows.recover import left_closed_diagnostics, recover_runs
from reconciler.workflows.watch.parts import PartFailure

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.core.values import ShopKey
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.hints import WatchedShops

_ALERTS_AGAIN: Final = 60.0
_FIRST_AGAIN: Final = 60.0
_LONGEST_AGAIN: Final = 3600.0


class FollowUp:
    def __init__(self, session: Session, shops: WatchedShops) -> None:
        self._session = session
        self._shops = shops
        self._looked_at: set[ShopKey] = set()
        self._heal_all = True
        self._attempts: dict[ShopKey, tuple[int, float]] = {}
        self.heal_due: float | None = shops.now if session.healing.rules else None
        self.window_due: float | None = shops.now
        self.alerts_due = shops.now

    async def recover(self) -> None:
        """Raises as `recover_runs`; PartFailure where a shop is still closed."""
        result = await recover_runs(self._session)
        self._shops.hint([each.shop for each in result.recovered], LookReason.RETRY)
        closed = left_closed_diagnostics(result.recovered)
        if closed:
            raise PartFailure(closed[0])

    def looked_at(self, shops: Collection[ShopKey]) -> None:
        """What was found there may be healed."""
        if self._session.healing.rules:
            self._looked_at.update(shops)
            self.heal_due = self._shops.now

    async def heal(self) -> None:
        """In what was looked at since the last time; in all shops where nothing was, since a wait is over, and after a failure.
        Raises BackendError, SetupError.
        """
        shops = None if self._heal_all or not self._looked_at else frozenset(self._looked_at)
        self._heal_all = True
        result = await heal_after_look(self._session, shops)
        self._heal_all = False
        self._looked_at.clear()
        self.heal_due = None if result.next_due is None else parse_utc(result.next_due).timestamp()
        touched = sorted(result.healed_shops | result.failed_shops)
        if touched:
            self._shops.hint(touched, LookReason.BACKEND)
            log_event("watch-healed", shops=len(touched), failed=len(result.failed_shops))

    async def apply_deferred(self) -> None:
        """A shop that could not be applied is tried again later, while its window is open. Raises BackendError, SetupError."""
        now = self._shops.now
        windows = deferred_windows(self._session)
        self._attempts = {shop: tried for shop, tried in self._attempts.items() if shop in windows.open}
        ready = sorted(shop for shop in windows.open if self._attempts.get(shop, (0, 0.0))[1] <= now)
        opening = None if windows.next_opening is None else windows.next_opening.timestamp()
        if ready:
            for shop in ready:
                failures = self._attempts.get(shop, (0, 0.0))[0] + 1
                wait = backoff(failures, first=_FIRST_AGAIN, longest=_LONGEST_AGAIN)
                self._attempts[shop] = (failures, now + wait)
            log_event("watch-window-open", shops=len(ready))
            result = await apply_deferred(self._session, DeferredApplyRequest(shops=tuple(ready)))
            log_event("watch-applied", shops=len(ready), exit_code=result.exit_code.value)
            self._shops.hint(ready, LookReason.WINDOW)
        again = [at for _, at in self._attempts.values()]
        self.window_due = min((at for at in (opening, *again) if at is not None), default=None)

    async def send_alerts(self) -> None:
        """Also where nothing is looked at: a digest is due, a channel answers again. Raises SetupError."""
        self.alerts_due = self._shops.now + _ALERTS_AGAIN
        alerts = read_alert_rules(self._session)
        if isinstance(alerts, FailureResult):
            raise PartFailure(alerts.diagnostics[0])
        if alerts is not None:
            sent = await alert_after_look(self._session, alerts.settings, alerts.rules)
            if sent.warnings:
                raise PartFailure(sent.warnings[0])
