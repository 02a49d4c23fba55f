"""Plans of pull requests, deferred applies with their next window, and plans that healing proposes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from reconciler.core.model.selection import Selection
from reconciler.core.overview.heal_lines import ProposalLine
from reconciler.core.overview.review_overview import DeferredLine, OpeningTimes, ReviewOverview
from reconciler.lib.utc import format_utc
from reconciler.workflows.ci.deferred import deferred_state
from reconciler.workflows.maintenance_window import window_times
from reconciler.workflows.overview.fleet import name_fleet

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.core.model.state import MaintenancePolicy
    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.reviews import DeferredApply
    from reconciler.ports.overview.overview_store import OverviewStores
    from reconciler.workflows.session import Session

_PLANS: Final = 50


def review_overview(session: Session, stores: OverviewStores) -> ReviewOverview:
    """Raises SetupError."""
    with stores.open() as store:
        plans = () if store is None else store.reviewed_plans(session.target.fleet_name, limit=_PLANS)
    return ReviewOverview(
        name=name_fleet(session),
        plans=tuple(plans),
        deferred=deferred_lines(session),
        proposals=proposal_lines(session),
    )


def deferred_lines(session: Session, shop: ShopKey | None = None) -> tuple[DeferredLine, ...]:
    """By shop. With `shop` only that one. Raises SetupError."""
    with session.reviews(create=False) as reviews:
        found = () if reviews is None else reviews.deferred(session.target.fleet_name)
    wanted = [each for each in found if shop in (None, each.shop)]
    policies = _maintenance(session, {each.shop for each in wanted}) if wanted else {}
    now = session.clock.now()
    return tuple(_line(each, policies.get(each.shop), now) for each in wanted)


def proposal_lines(session: Session) -> tuple[ProposalLine, ...]:
    """By shop. Raises SetupError."""
    with session.heals.open(create=False) as store:
        found = () if store is None else store.proposals(session.target.fleet_name)
    return tuple(
        ProposalLine(
            shop=each.shop,
            file=each.file,
            fingerprint=each.fingerprint,
            rule=each.rule,
            at=each.at,
            findings=tuple(each.findings),
        )
        for each in found
    )


def _maintenance(session: Session, shops: Collection[ShopKey]) -> Mapping[ShopKey, MaintenancePolicy]:
    """Only these manifests are read."""
    manifest = session.manifests.read(Selection(names=frozenset(shops)))
    return {desired.shop: desired.maintenance for desired in manifest.shops}


def _line(apply: DeferredApply, policy: MaintenancePolicy | None, now: datetime) -> DeferredLine:
    return DeferredLine(
        shop=apply.shop,
        place=apply.request.place,
        number=apply.request.number,
        head=apply.head,
        leaf=apply.leaf,
        state=deferred_state(apply, now),
        approved=format_utc(apply.approved),
        since=format_utc(apply.since),
        expires=format_utc(apply.expires),
        dropped=None if apply.dropped is None else format_utc(apply.dropped),
        dropped_by=apply.dropped_by,
        window=None if policy is None else _window(policy, now),
        any_time=policy is not None and policy.window is None,
    )


def _window(policy: MaintenancePolicy, now: datetime) -> OpeningTimes | None:
    """The window that is open now, else the next one; None where there is none, or one of no length."""
    times = window_times(policy, now)
    if times.closes is None or times.opens is None:
        return None
    return OpeningTimes(opens=None if times.open else format_utc(times.opens), closes=format_utc(times.closes))
