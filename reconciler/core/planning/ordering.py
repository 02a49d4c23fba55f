"""In which order the changes of one shop are written.

                     settings ──> register ──┐
                        │                    v
                        └──────> close ──> switch ──> verify ──> reopen ──> payment ──┐
                                                                   ├─────> parts  ────┼──> open ──> check
                                                                   └─────> unregister ┘

`settings` and `register` come before the switch, so that a shop goes live complete and no notification is missed;
`unregister` comes after it: stop use first, revoke in Seller Central afterwards (the other order breaks payments, says the
platform's manual). `close` and `reopen` are the bracket; `open` is a manifest's own `storefront.status: open`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from graphlib import TopologicalSorter
from typing import Final

from reconciler.core.planning.change import Change
from reconciler.core.values import Registration, StorefrontStatus


class Stage(Enum):
    SETTINGS = "settings"
    REGISTER = "register"
    CLOSE = "close"
    SWITCH = "switch"
    VERIFY = "verify"
    REOPEN = "reopen"
    PAYMENT = "payment"
    PARTS = "parts"
    UNREGISTER = "unregister"
    OPEN = "open"
    CHECK = "check"


STAGE_DEPENDENCIES: Final[Mapping[Stage, tuple[Stage, ...]]] = {
    Stage.SETTINGS: (),
    Stage.REGISTER: (Stage.SETTINGS,),
    Stage.CLOSE: (Stage.SETTINGS, Stage.REGISTER),
    Stage.SWITCH: (Stage.CLOSE,),
    Stage.VERIFY: (Stage.SWITCH,),
    Stage.REOPEN: (Stage.VERIFY,),
    Stage.PAYMENT: (Stage.REOPEN,),
    Stage.PARTS: (Stage.REOPEN, Stage.PAYMENT),
    Stage.UNREGISTER: (Stage.REOPEN, Stage.PARTS),
    Stage.OPEN: (Stage.PAYMENT, Stage.PARTS, Stage.UNREGISTER),
    Stage.CHECK: (Stage.OPEN,),
}

STAGES: Final = tuple(TopologicalSorter(STAGE_DEPENDENCIES).static_order())
"""All stages in an order that keeps every `after`. One line of them: requests to one shop do not run beside each other."""

_BY_KIND: Final = {
    "amazon_pay_payment": Stage.PAYMENT,
    "system_parts": Stage.PARTS,
}


def stage_of(change: Change) -> Stage:
    """Where a change that is written belongs."""
    if change.ref.kind == "amazon_settings":
        return Stage.SWITCH if change.ref.spec.policy.while_closed else Stage.SETTINGS
    if change.ref.kind == "ipn_endpoint":
        return Stage.REGISTER if change.after is Registration.REGISTERED else Stage.UNREGISTER
    if change.ref.kind == "storefront_status":
        return Stage.OPEN if change.after is StorefrontStatus.OPEN else Stage.CLOSE
    return _BY_KIND[change.ref.kind]


def group_by_stage(changes: Iterable[Change]) -> Mapping[Stage, tuple[Change, ...]]:
    """The changes stage by stage. Of those that are written only: derived ones are the backend's own work."""
    staged: dict[Stage, list[Change]] = {}
    for change in changes:
        staged.setdefault(stage_of(change), []).append(change)
    return {stage: tuple(staged[stage]) for stage in sorted(staged, key=STAGES.index)}
