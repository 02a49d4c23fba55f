"""Healing undoes what the policy names, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from reconciler.core.alerts.rules import AlertRule, AlertRules
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.finding import FindingEventKind, HealingFacts, ResolvedBy
from reconciler.core.healing.decide import HealingRefusal
from reconciler.core.healing.policy import NO_HEALING
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.selection import Selection
from reconciler.core.results.heal_result import HealingOutcome, HealResult
from reconciler.core.values import ShopKey
from reconciler.lib.utc import shifted_utc
from reconciler.ports import SetupError, WriteRequest
from reconciler.ports.findings.heals import HealedField, HealStore, HealStores
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.healing.decisions import AT_THE_SAME_TIME
from reconciler.workflows.plan import PlanRequest, plan_changes
from tests.support.alerts.event_samples import FixedAlerts, KeepingChannel
from tests.support.session_harness import merchant_edits, open_caller, recording, write_fleet
from tests.workflows.healing.healing_desk import CUPS, POLICY, RULE, TEA, HealingDesk, applied_fleet, entry_of

pytestmark = pytest.mark.system

HOUR: Final = 3600


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HealingDesk:
    monkeypatch.setenv("FLEET_TOKEN", "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4")
    return applied_fleet(tmp_path / "fleet")


def test_a_merchants_change_is_undone_and_resolved_by_healing(desk: HealingDesk) -> None:
    desk.edit()
    result = desk.heal()
    assert entry_of(result).outcome is HealingOutcome.HEALED
    assert desk.mail() == f"amazon-pay@{TEA}.example"
    assert desk.finding().resolved_by is ResolvedBy.HEALING
    assert result.exit_code is ExitCode.DONE


def test_only_the_healed_field_is_written(desk: HealingDesk) -> None:
    """What else differs, or is declared, is not touched: the manifests are narrowed to the healed fields."""
    desk.edit()
    desk.rewrite("client_id: amzn1.application-oa2-client.0", "client_id: amzn1.application-oa2-client.9")
    assert entry_of(desk.heal()).outcome is HealingOutcome.HEALED
    assert [sorted(str(ref) for ref in write.values) for write in desk.writes] == [["notification_email"]]


def test_off_by_default(desk: HealingDesk) -> None:
    desk.policy = NO_HEALING
    desk.edit()
    result = desk.heal()
    assert entry_of(result).decision.refusal is HealingRefusal.NO_RULE
    assert result.exit_code is ExitCode.DIFFERENCES
    assert desk.mail() == "private@example.com"


def test_a_check_decides_and_writes_nothing(desk: HealingDesk) -> None:
    desk.edit()
    result = desk.heal(check=True)
    assert (entry_of(result).outcome, result.exit_code) == (HealingOutcome.DUE, ExitCode.DIFFERENCES)
    assert (desk.writes, desk.heals()) == ([], [])


def test_a_pending_change_is_never_touched(desk: HealingDesk) -> None:
    """Git wants another value than was applied last: a person applies that."""
    desk.edit()
    desk.look()
    desk.rewrite("email: amazon-pay@kyoto-tea.example", "email: new@kyoto-tea.example")
    result = desk.after_look(TEA)
    assert entry_of(result).decision.refusal is HealingRefusal.PENDING
    desk.heal()
    assert (desk.writes, desk.mail()) == ([], "private@example.com")


def test_what_was_never_applied_is_not_healed(tmp_path: Path) -> None:
    """Nobody knows whether the backend ever had what Git wants."""
    desk = HealingDesk(caller=open_caller(write_fleet(tmp_path / "new")))
    desk.look()
    desk.edit()
    refusals = {each.decision.refusal for each in desk.heal().entries}
    assert HealingRefusal.PENDING in refusals
    assert (desk.writes, desk.mail()) == ([], "private@example.com")


def test_a_field_that_was_declared_later_and_never_applied_is_not_healed(desk: HealingDesk) -> None:
    desk.policy = replace(POLICY, rules=(replace(RULE, fields=("payment.*",), severity=FindingSeverity.HIGH),))
    desk.rewrite("maintenance:", "payment: {amazon_pay: {pre_order: true}}\nmaintenance:")
    merchant_edits(desk.caller.folder, TEA, preOrder=True)
    merchant_edits(desk.caller.folder, TEA, preOrder=False)
    entry = entry_of(desk.heal(), TEA, "payment.amazon_pay.pre_order")
    assert entry.decision.refusal is HealingRefusal.PENDING
    assert desk.writes == []


def test_a_value_that_moved_after_the_look_is_left(desk: HealingDesk) -> None:
    """The author of the new value is not known yet."""
    desk.edit()
    desk.look()
    desk.edit("other@example.com")
    assert entry_of(desk.after_look(TEA)).decision.refusal is HealingRefusal.MOVED
    assert (desk.writes, desk.mail(), desk.heals()) == ([], "other@example.com", [])


def test_a_value_that_moves_between_plan_and_write_is_not_overwritten(desk: HealingDesk) -> None:
    """The write names the version that the plan was made from."""
    desk.changes["writing"] = recording(desk.caller.session, lambda _write: desk.edit("late@example.com"))
    desk.edit()
    assert entry_of(desk.heal()).outcome is HealingOutcome.FAILED
    assert desk.mail() == "late@example.com"
    assert [heal.outcome for heal in desk.heals()] == [HealOutcome.FAILED]


def test_a_heal_is_recorded_before_its_first_write(desk: HealingDesk) -> None:
    """So that one of a killed process counts."""
    seen: list[list[HealOutcome]] = []
    note = lambda _write: seen.append([heal.outcome for heal in desk.heals()])  # noqa: E731  # one expression
    desk.changes["writing"] = recording(desk.caller.session, note)
    desk.edit()
    desk.heal()
    assert seen == [[HealOutcome.FAILED]]
    assert [heal.outcome for heal in desk.heals()] == [HealOutcome.HEALED]


def test_a_killed_heal_counts_and_the_next_one_waits(desk: HealingDesk) -> None:
    desk.edit()
    desk.look()

    def killed(_write: WriteRequest) -> None:
        raise KeyboardInterrupt

    session = desk.caller.session
    desk.changes["writing"] = recording(session, killed)
    with pytest.raises(BaseException):  # noqa: B017  # as the process ends
        desk.after_look(TEA)
    desk.changes.clear()
    assert [heal.outcome for heal in desk.heals()] == [HealOutcome.FAILED]
    desk.clock.advance(10)
    entry = entry_of(desk.heal())
    assert (entry.decision.refusal, entry.decision.due) == (HealingRefusal.WAITING, shifted_utc(desk.heals()[0].at, 60))
    desk.clock.advance(60)
    assert entry_of(desk.heal()).outcome is HealingOutcome.HEALED


def test_two_processes_heal_once(desk: HealingDesk) -> None:
    """Both decided and planned; the other one begins first."""
    desk.edit()
    desk.look()
    stores = desk.caller.session.heals

    def other_process() -> None:
        finding = desk.finding()
        field = HealedField(finding=finding.key.id, shop=ShopKey(TEA), field=finding.key.field, rule="mail")
        heal = Heal(at=finding.last_seen, outcome=HealOutcome.FAILED, actor="x", desired=finding.desired)
        with stores.open(create=True) as store:
            assert len(store.begin_heals(desk.fleet, [(field, heal)], {})) == 1

    desk.changes["heals"] = EditedMeanwhile(stores, other_process, before=True)
    assert entry_of(desk.after_look(TEA)).outcome is HealingOutcome.LEFT
    assert (len(desk.heals()), desk.writes) == (1, [])


def test_an_unfinished_rollout_is_not_discarded(desk: HealingDesk) -> None:
    desk.rewrite("email: amazon-pay@uji-cups.example", "email: new@uji-cups.example", CUPS)
    plan = desk.caller.run(plan_changes, PlanRequest(selection=Selection(names=frozenset({CUPS})))).plan
    desk.caller.session.plans.save_rollout("run-1", plan, (), {})
    desk.rewrite("email: new@uji-cups.example", "email: amazon-pay@uji-cups.example", CUPS)
    desk.edit(shop=CUPS)
    assert entry_of(desk.heal(), CUPS).decision.refusal is HealingRefusal.HELD
    assert desk.caller.session.plans.load_rollout() is not None


def test_the_run_is_the_rules(desk: HealingDesk) -> None:
    desk.edit()
    (applied,) = desk.heal().applied
    with desk.caller.session.store.history() as history:
        run = next(row.info for row in history.runs() if row.info.run == applied.run)
    assert (run.actor, run.command) == ("healing rule mail", "heal")


def test_a_shop_outside_the_look_is_left_and_counts_for_the_share(desk: HealingDesk) -> None:
    desk.edit()
    desk.edit(shop=CUPS)
    desk.look()
    result = desk.after_look(CUPS)
    assert {each.decision.finding.key.shop for each in result.entries} == {CUPS}
    assert (desk.mail(), desk.mail(CUPS)) == ("private@example.com", f"amazon-pay@{CUPS}.example")


def test_a_mass_change_is_not_healed_however_small_the_looks_are(desk: HealingDesk) -> None:
    desk.policy = replace(POLICY, max_share=0.5)
    desk.edit()
    assert entry_of(desk.heal()).outcome is HealingOutcome.HEALED
    desk.edit(shop=CUPS)
    desk.clock.advance(60)
    assert entry_of(desk.heal(), CUPS).decision.refusal is HealingRefusal.MASS_CHANGE
    desk.clock.advance(AT_THE_SAME_TIME)
    assert entry_of(desk.heal(), CUPS).outcome is HealingOutcome.HEALED


def undo_again_and_again(desk: HealingDesk, rounds: int) -> HealResult:
    """The merchant undoes each heal; the last look."""
    for _ in range(rounds):
        desk.clock.advance(HOUR)
        desk.edit()
        desk.heal()
    desk.clock.advance(HOUR)
    desk.edit()
    return desk.heal()


def test_the_third_revert_by_one_side_is_a_fight(desk: HealingDesk) -> None:
    entry = entry_of(undo_again_and_again(desk, 2))
    assert entry.outcome is HealingOutcome.HEALED
    desk.clock.advance(HOUR)
    desk.edit()
    entry = entry_of(desk.heal())
    assert entry.outcome is HealingOutcome.FIGHT
    assert entry.decision.fight is not None
    assert (entry.decision.fight.heals, entry.decision.fight.period) == (3, pytest.approx(HOUR, rel=0.05))
    assert desk.mail() == "private@example.com"
    assert desk.events().count("fight") == 1


def test_a_fight_is_announced_once_and_lasts_until_git_moves(desk: HealingDesk) -> None:
    undo_again_and_again(desk, 3)
    for _ in range(3):
        desk.clock.advance(20 * HOUR)
        assert entry_of(desk.heal()).outcome is HealingOutcome.FIGHT
    assert (desk.events().count("fight"), len(desk.heals())) == (1, 3)
    desk.rewrite("email: amazon-pay@kyoto-tea.example", "email: new@kyoto-tea.example")
    desk.caller.run(apply_manifests, ApplyRequest(allowed=(("both-moved", "*"),)))
    assert desk.mail() == "new@kyoto-tea.example"
    desk.clock.advance(HOUR)
    desk.edit()
    assert entry_of(desk.heal()).outcome is HealingOutcome.HEALED


def test_a_fight_is_alerted_at_once_also_while_the_finding_flaps(desk: HealingDesk) -> None:
    channel = KeepingChannel()
    rules = AlertRules(channels=("ops-chat",), rules=(AlertRule(),))
    desk.changes["alerts"] = lambda: FixedAlerts(rules=rules, channels={"ops-chat": channel})
    undo_again_and_again(desk, 3)
    events = [event for alert in channel.got for event in alert.events]
    (fight,) = [event for event in events if event.kind is FindingEventKind.FIGHT]
    assert fight.healing == HealingFacts(
        rule="mail", heals=3, since=desk.heals()[0].at, period=pytest.approx(HOUR, rel=0.05)
    )
    assert fight.finding.author is not None


@dataclass(frozen=True, slots=True)
class EditedMeanwhile:
    """Implements ports.findings.HealStores: something happens right after a heal was started, or before it is."""

    stores: HealStores
    happens: Callable[[], None]
    before: bool = False

    @contextmanager
    def open(self, *, create: bool) -> Iterator[HealStore | None]:
        with self.stores.open(create=create) as store:
            yield store if store is None else _Begun(store, self.happens, before=self.before)


class _Begun:
    def __init__(self, store: HealStore, happens: Callable[[], None], *, before: bool) -> None:
        self._store, self._happens, self._before = store, happens, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def begin_heals(self, *args: Any) -> Any:
        if self._before:
            self._happens()
        numbers = self._store.begin_heals(*args)
        if not self._before:
            self._happens()
        return numbers


def test_only_the_plan_that_was_held_against_the_decision_is_applied(desk: HealingDesk) -> None:
    """The apply plans once more; a shop that moved in between is held."""
    desk.edit()
    desk.look()
    desk.changes["heals"] = EditedMeanwhile(desk.caller.session.heals, lambda: desk.edit("late@example.com"))
    assert entry_of(desk.after_look(TEA)).outcome is HealingOutcome.FAILED
    assert (desk.writes, desk.mail()) == ([], "late@example.com")


def test_a_heal_that_fails_hides_no_fight(desk: HealingDesk) -> None:
    undo_again_and_again(desk, 2)
    desk.clock.advance(HOUR)
    desk.edit()
    desk.edit(shop=CUPS)

    def fail() -> None:
        raise SetupError(msg("the disk is full"))

    desk.changes["heals"] = EditedMeanwhile(desk.caller.session.heals, fail)
    with pytest.raises(SetupError):
        desk.heal()
    assert desk.events().count("fight") == 1
