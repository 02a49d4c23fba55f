"""The windows of deferred applies: which are open now, and when the next one opens.

In: the rows of the store and the manifests of their shops. Out: times. The backend is not asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.core.model.selection import Selection
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.maintenance_window import WindowTimes, window_times

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.reviews import DeferredApply
    from reconciler.workflows.session import Session


@frozen
class DeferredWindows:
    """Of deferred applies that wait and have not expired. `open`: shops whose window is open now, so that they can be applied.
    `next_opening`: when the next window opens, before the approval of its shop expires; None where none does.
    """

    open: frozenset[ShopKey] = frozenset()
    next_opening: datetime | None = None


def deferred_windows(session: Session) -> DeferredWindows:
    """Reads the store and the manifests of the deferred shops. Raises SetupError."""
    with session.reviews(create=False) as reviews:
        found = () if reviews is None else reviews.deferred(session.target.fleet_name)
    waiting = waiting_now(session, found)
    if not waiting:
        return DeferredWindows()
    times = times_of(session, [each.shop for each in waiting])
    expires = {each.shop: each.expires for each in waiting}
    openings = [each.opens for shop, each in times.items() if each.opens is not None and each.opens < expires[shop]]
    return DeferredWindows(
        open=frozenset(shop for shop, each in times.items() if each.open),
        next_opening=min(openings, default=None),
    )


def waiting_now(session: Session, found: Sequence[DeferredApply]) -> Sequence[DeferredApply]:
    now = session.clock.now()
    return [each for each in found if each.waiting and now <= each.expires]


def times_of(session: Session, shops: Collection[ShopKey]) -> Mapping[ShopKey, WindowTimes]:
    """Without shops that have no valid manifest."""
    if not shops:
        return {}
    manifest = session.manifests.read(Selection(names=frozenset(shops)))
    now = session.clock.now()
    policies = {each.maintenance for each in manifest.shops}
    times = {policy: window_times(policy, now) for policy in policies}
    return {each.shop: times[each.maintenance] for each in manifest.shops if each.shop in shops}
