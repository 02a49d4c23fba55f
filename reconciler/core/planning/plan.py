"""The plan: a frozen value that printing, saving, fingerprinting and applying all read.

In: desired and observed, shop by shop. Out: `Plan`. It holds no function, no clock and no name of who will run it. It must not
be used to learn what the world is like later: only what it was planned from.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.model.state import FieldRef, MaintenancePolicy, Observed
from reconciler.core.planning.change import Change
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.planning.secret_changes import (
    uncompared_fields,
)
from reconciler.core.values import (
    Origin,
    Scalar,
    ShopKey,
    StorefrontStatus,
)
from reconciler.lib.frozen_class import frozen


class StepKind(Enum):
    """What a step does. CLOSE and REOPEN are the ends of a bracket, VERIFY reads back."""

    WRITE = "write"
    CLOSE = "close"
    REOPEN = "reopen"
    VERIFY = "verify"


@frozen
class Step:
    """`refs` are the changes that a WRITE writes, all of one `kind`."""

    action: StepKind
    kind: str
    refs: tuple[FieldRef, ...] = ()


@frozen
class ClosureBracket:
    """The steps from CLOSE to REOPEN, and for how many seconds the shop is expected to be closed."""

    first: int
    last: int
    seconds: int


@frozen
class RequestPace:
    """How fast requests to one shop are: the closed time is estimated from it."""

    seconds_per_request: float = 1.0


@frozen
class MaintenanceOrigins:
    """Where `maintenance` is declared for a shop, also in a group or in the defaults; None where it is not."""

    close_shop: Origin | None = None
    window: Origin | None = None


@frozen
class ShopPlan:
    """`versions` are those the plan was made from, kind by kind; `predicted` is what a read-back must show.

    `findings` that stop keep the shop from being applied. `target` is what the IPN endpoint needs to be written: seller id
    and URL. `labels` are the manifest's, sorted: they say in which wave the shop goes, never what is written. `was_open` and
    `was_enabled` (利用設定) are the observed state that guards need. `planned_from` is all that was observed, where something
    is to be written. Files of plans hold neither `maintenance_origins` nor `planned_from`.
    """

    shop: ShopKey
    origin: Origin
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    bracket: ClosureBracket | None = None
    predicted: tuple[tuple[FieldRef, Scalar], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    endpoint_target: tuple[str, str] | None = None
    findings: tuple[Diagnostic, ...] = ()
    maintenance: MaintenancePolicy = field(default_factory=MaintenancePolicy)
    was_open: bool = False
    was_enabled: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    maintenance_origins: MaintenanceOrigins = field(default_factory=MaintenanceOrigins)
    planned_from: Observed | None = field(default=None, compare=False, repr=False)

    @property
    def blocked(self) -> bool:
        return any(finding.blocking for finding in self.findings)

    @property
    def written_changes(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if not change.derived)

    @property
    def uncompared(self) -> tuple[str, ...]:
        """The places of fields whose secret was not available to compare them."""
        return uncompared_fields(self.findings)

    @property
    def closes_shop(self) -> bool:
        """Whether shoppers will find the shop closed because of this plan: for its changes, or as the manifest declares."""
        return self.bracket is not None or any(
            change.after is StorefrontStatus.CLOSED for change in self.written_changes
        )

    def change_at(self, ref: FieldRef) -> Change:
        return next(change for change in self.changes if change.ref == ref)


@frozen
class Plan:
    """`shops` holds every shop in scope, sorted, also those without changes. `findings` concern the run as a whole.

    `unchanged_shops` counts the shops of the selection that were not read, since nothing of theirs changed; guards count them.
    `leaves`: one per shop in which something is to be approved; the fingerprint is their root, except in old saved plans.
    """

    shops: tuple[ShopPlan, ...]
    fingerprint: str
    leaves: tuple[ShopLeaf, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    unchanged_shops: int = 0

    @property
    def empty(self) -> bool:
        return not any(shop.changes for shop in self.shops)

    @property
    def changed(self) -> tuple[ShopPlan, ...]:
        return tuple(shop for shop in self.shops if shop.changes)

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        return sort_diagnostics((*self.findings, *(finding for shop in self.shops for finding in shop.findings)))

    @property
    def files(self) -> tuple[str, ...]:
        """The files that its shops and changes come from, sorted."""
        changes = (change.origin.file for shop in self.shops for change in shop.changes)
        return tuple(sorted({*(shop.origin.file for shop in self.shops), *changes}))
