"""Plans of pull requests, and approved plans that wait for a maintenance window."""

from __future__ import annotations

from reconciler.core.overview.fleet_overview import FleetName
from reconciler.core.overview.heal_lines import ProposalLine
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.results.table_result import NamedCell
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class ReviewLine:
    """The plan that was shown last in a pull request. `place` is the forge and the repository (`github:kyoto/shops`). The
    store does not know whether the pull request is still open. `earlier` counts the plans of earlier heads that are kept as
    well.
    """

    place: str
    number: int
    head: str
    base: str
    fingerprint: str
    created: str
    leaves: tuple[ShopLeaf, ...] = ()
    earlier: int = 0


@frozen
class OpeningTimes:
    """The next time in which the shop may be closed, from the window of its manifest. `opens` None: it is open now."""

    opens: str | None
    closes: str


@frozen
class DeferredLine:
    """`state` is `deferred`, `expired` or `dropped`, as `deferred list` says it. `window` is None where it is unknown: the
    shop has no manifest any more, or one that is invalid. `any_time`: the manifest names no window any more.
    """

    shop: ShopKey
    place: str
    number: int
    head: str
    leaf: str
    state: NamedCell
    approved: str
    since: str
    expires: str
    dropped: str | None = None
    dropped_by: str | None = None
    window: OpeningTimes | None = None
    any_time: bool = False


@frozen
class ReviewOverview:
    """`plans` newest first, one for each pull request; `deferred` and `proposals` (of healing) by shop."""

    name: FleetName
    plans: tuple[ReviewLine, ...] = ()
    deferred: tuple[DeferredLine, ...] = ()
    proposals: tuple[ProposalLine, ...] = ()
