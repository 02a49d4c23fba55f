"""Heals, and ready plans that wait for a person."""

from __future__ import annotations

from reconciler.core.healing.record import HealOutcome
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class HealLine:
    """One heal. `actor` changed the field before; `rule` is the one of the policy that allowed it; `run` is what wrote, if
    anything was.
    """

    at: str
    shop: ShopKey
    field: str
    finding: str
    rule: str
    outcome: HealOutcome
    actor: str
    run: str | None = None


@frozen
class ProposalLine:
    """The saved plan of one shop, made because of a rule; `reconciler apply FILE` applies it. `findings` are ids."""

    shop: ShopKey
    file: str
    fingerprint: str
    rule: str
    at: str
    findings: tuple[str, ...] = ()
