"""A fleet whose policy heals, with a clock that the test sets, and the merchants and the manifests that it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.core.findings.finding import Finding
from reconciler.core.healing.policy import HealingPolicy, HealingRule
from reconciler.core.healing.record import Heal
from reconciler.core.results.heal_result import HealingEntry, HealResult
from reconciler.core.values import ShopKey
from reconciler.ports import WriteRequest
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.execution.lease import RENEW_EVERY
from reconciler.workflows.healing.heal import HealRequest, heal_after_look, heal_drift
from tests.support.manual_clock import HandClock
from tests.support.session_harness import Caller, email, merchant_edits, open_caller, write_fleet

TEA, CUPS = "kyoto-tea", "uji-cups"
MAIL = "amazon.notification.email"
RULE = HealingRule(name="mail", fields=("amazon.notification.*",))
POLICY = HealingPolicy(rules=(RULE,), max_share=1.0)


@dataclass
class HealingDesk:
    """`changes` replace parts of each session."""

    caller: Caller
    policy: HealingPolicy = POLICY
    clock: HandClock = field(default_factory=partial(HandClock, renewal=RENEW_EVERY))
    changes: dict[str, Any] = field(default_factory=dict)

    def run(self, use_case: Callable[..., Any], *request: Any) -> Any:
        session = replace(self.caller.session, clock=self.clock, healing=self.policy, **self.changes)
        return replace(self.caller, session=session).run(use_case, *request)

    def heal(self, **words: Any) -> HealResult:
        result = self.run(heal_drift, HealRequest(**words))
        assert isinstance(result, HealResult), result
        return result

    def look(self) -> Any:
        return self.run(detect_drift, DriftRequest(record=True))

    def after_look(self, *shops: str) -> HealResult:
        result = self.run(heal_after_look, frozenset(map(ShopKey, shops)) if shops else None)
        assert isinstance(result, HealResult)
        return result

    def edit(self, mail: str = "private@example.com", shop: str = TEA) -> None:
        merchant_edits(self.caller.folder, shop, notificationEmail=mail)

    def mail(self, shop: str = TEA) -> str | None:
        return email(self.caller.folder, shop)

    def rewrite(self, old: str, new: str, shop: str = TEA) -> None:
        path = self.caller.folder / "shops" / f"{shop}.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    @property
    def writes(self) -> list[WriteRequest]:
        return self.caller.writes

    def findings(self, *, resolved: bool = False) -> list[Finding]:
        with self.caller.session.findings.open(create=False) as store:
            return list(store.findings(self.fleet, resolved=resolved))

    def finding(self, shop: str = TEA, field: str = MAIL) -> Finding:
        (found,) = [each for each in self.findings(resolved=True) if (each.key.shop, each.key.field) == (shop, field)]
        return found

    def heals(self, shop: str = TEA) -> list[Heal]:
        """Oldest first."""
        with self.caller.session.heals.open(create=True) as store:
            return [each.heal for each in reversed(store.latest_heals(self.fleet, limit=99, shop=shop))]

    def events(self) -> list[str]:
        """The kinds of all events, oldest first."""
        with self.caller.session.findings.open(create=False) as store:
            return [each.event.kind.value for each in store.events_after(self.fleet, 0)]

    @property
    def fleet(self) -> str:
        return self.caller.session.target.fleet_name


def applied_fleet(folder: Path) -> HealingDesk:
    """All manifests are applied, then nobody has written anything yet."""
    desk = HealingDesk(caller=open_caller(write_fleet(folder)))
    result = desk.caller.run(apply_manifests, ApplyRequest())
    assert set(result.outcomes.values()) == {"applied"}, result.all_diagnostics
    desk.writes.clear()
    assert desk.mail() == f"amazon-pay@{TEA}.example"
    return desk


def entry_of(result: HealResult, shop: str = TEA, field: str = MAIL) -> HealingEntry:
    (found,) = [
        each
        for each in result.entries
        if (each.decision.finding.key.shop, each.decision.finding.key.field) == (shop, field)
    ]
    return found
