"""A rule that proposes writes nothing: it keeps one ready plan per shop, for as long as that plan is of use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.core.findings.finding import FindingEventKind, HealingFacts
from reconciler.core.healing.policy import HealingMode
from reconciler.core.results.heal_result import HealingOutcome
from reconciler.ports.findings.heals import Proposal
from reconciler.workflows.apply.from_file import SavedPlanRequest, apply_saved_plan
from reconciler.workflows.findings.stored import show_finding
from tests.workflows.healing.healing_desk import CUPS, MAIL, POLICY, RULE, TEA, HealingDesk, applied_fleet, entry_of

DAY = 86_400


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HealingDesk:
    monkeypatch.setenv("FLEET_TOKEN", "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4")
    monkeypatch.chdir(tmp_path)
    desk = applied_fleet(tmp_path / "fleet")
    desk.policy = replace(POLICY, rules=(replace(RULE, mode=HealingMode.PROPOSE),))
    return desk


def proposals(desk: HealingDesk) -> list[Proposal]:
    with desk.caller.session.heals.open(create=False) as store:
        return list(store.proposals(desk.fleet))


def plans(desk: HealingDesk) -> list[str]:
    return sorted(path.name for path in (desk.caller.folder / ".reconciler" / "proposals").glob("*"))


def test_the_plan_is_saved_and_nothing_is_written(desk: HealingDesk) -> None:
    desk.edit()
    entry = entry_of(desk.heal())
    assert (entry.outcome, entry.file) == (HealingOutcome.PROPOSED, f"fleet/.reconciler/proposals/{TEA}.json")
    assert (desk.writes, desk.heals(), desk.mail()) == ([], [], "private@example.com")
    (proposal,) = proposals(desk)
    assert (proposal.shop, proposal.rule, proposal.file) == (TEA, "mail", entry.file)


def test_a_person_applies_the_plan_and_it_goes_away(desk: HealingDesk) -> None:
    desk.edit()
    file = entry_of(desk.heal()).file
    assert file is not None
    result = desk.caller.run(apply_saved_plan, SavedPlanRequest(file=Path(file)))
    assert result.outcomes == {TEA: "applied"}
    assert [sorted(write.values) for write in desk.writes] == [["notification_email"]]
    assert desk.mail() == f"amazon-pay@{TEA}.example"
    desk.clock.advance(60)
    desk.heal()
    assert (proposals(desk), plans(desk)) == ([], [])
    assert desk.finding().resolved_by is not None


def test_a_proposal_is_news_once(desk: HealingDesk) -> None:
    desk.edit()
    for _ in range(3):
        desk.heal()
        desk.clock.advance(3600)
    assert desk.events().count("proposed") == 1
    with desk.caller.session.findings.open(create=False) as store:
        (event,) = [e.event for e in store.events_after(desk.fleet, 0) if e.event.kind is FindingEventKind.PROPOSED]
    assert event.healing == HealingFacts(rule="mail", file=f"fleet/.reconciler/proposals/{TEA}.json")


def test_another_value_replaces_the_plan(desk: HealingDesk) -> None:
    desk.edit()
    desk.heal()
    (before,) = proposals(desk)
    desk.edit("other@example.com")
    desk.clock.advance(60)
    desk.heal()
    (after,) = proposals(desk)
    assert before.fingerprint != after.fingerprint
    assert (plans(desk), desk.events().count("proposed")) == ([f"{TEA}.json"], 2)


@pytest.mark.parametrize("lost", ["file", "time"])
def test_a_plan_that_cannot_be_applied_any_more_is_made_again(desk: HealingDesk, lost: str) -> None:
    desk.edit()
    desk.heal()
    (before,) = proposals(desk)
    if lost == "file":
        (desk.caller.folder / ".reconciler" / "proposals" / f"{TEA}.json").unlink()
    else:
        desk.clock.advance(desk.caller.session.guards.plan_age * DAY)
    desk.heal()
    (after,) = proposals(desk)
    assert plans(desk) == [f"{TEA}.json"]
    assert (after.at > before.at) is (lost == "time")
    assert desk.events().count("proposed") == 1


def test_a_look_at_other_shops_leaves_the_plan(desk: HealingDesk) -> None:
    desk.edit()
    desk.heal()
    desk.after_look(CUPS)
    assert plans(desk) == [f"{TEA}.json"]


def test_what_git_changes_meanwhile_withdraws_the_plan(desk: HealingDesk) -> None:
    desk.edit()
    desk.heal()
    desk.rewrite("email: amazon-pay@kyoto-tea.example", "email: new@kyoto-tea.example")
    desk.after_look(TEA)
    assert (proposals(desk), plans(desk)) == ([], [])


def test_the_finding_names_the_plan_and_the_command_that_applies_it(desk: HealingDesk) -> None:
    desk.edit()
    desk.heal()

    async def shown(session):
        return show_finding(session, desk.finding(TEA, MAIL).key.id)

    table = desk.run(shown)
    row = dict(zip((key for key, _ in table.columns), table.rows[0], strict=True))
    file = f"fleet/.reconciler/proposals/{TEA}.json"
    assert (row["proposal"], row["command"]) == (file, f"reconciler apply {file}")
