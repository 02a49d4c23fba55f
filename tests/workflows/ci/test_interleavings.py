"""Pull requests, merges, lost, doubled, late and killed jobs, edited comments and forged records, in any order: every write was
approved, and every approval was carried out or its refusal reported.

The judge reads the backend's own trail of changes, the comments that the forge holds, and its own list of what was shown and
merged; it knows nothing of leaves, records or decisions. A failure prints the seed and the steps.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from reconciler.core.approvals import decision
from reconciler.workflows.ci import evaluate
from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from reconciler.workflows.ci.plan import PullRequestPlanRequest, plan_pull_request
from tests.support.forge.merged_fleet import SHOPS, MergedFleet, manifest, merged_fleet
from tests.support.forge.runner import Job
from tests.support.forge.world import START

pytestmark = pytest.mark.system

STEPS = 14
PLAN_AGE = timedelta(days=7)
FIELDS = {"amazon_settings.notification_email": "notificationEmail", "amazon_settings.enabled": "useAmazon"}
SEEDS = range(50 if settings.default.max_examples > 10 else 6)
"""A few in the quick profile, 50 in that of CI, 1,000 more in the long tests."""
_REPORTED = ("refused", "expired", "not reviewed", "held", "dropped")


class Killed(BaseException):
    """No `except` of the tool catches it."""


Change = tuple[str, object, object]
"""The platform's name of a field, and its value before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a pull request showed at one head: the changes of each shop that has any."""

    at: datetime
    shops: Mapping[str, frozenset[Change]]


@dataclass(slots=True, kw_only=True)
class Judge:
    """`touched` is who changed a shop on the branch last: a pull request, or None for a direct push. `shown` is by number and
    head. `seen` counts the entries of the trail that were judged. What was shown before `horizon` had expired when the first job
    ran after the store was lost: nobody knows of it any more.
    """

    fleet: MergedFleet
    shown: dict[tuple[int, str], Shown] = field(default_factory=dict)
    merged: list[tuple[int, str, frozenset[str]]] = field(default_factory=list)
    touched: dict[str, tuple[int, str] | None] = field(default_factory=dict)
    written: list[tuple[str, Change]] = field(default_factory=list)
    bodies: list[tuple[int, str]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    lost: bool = False
    horizon: datetime | None = None

    def store_lost(self) -> None:
        self.lost = True

    def plan_shown(self, number: int, plan: Any) -> None:
        pull = self.fleet.world.pulls[number]
        shops = {
            str(shop.shop): frozenset((FIELDS[str(c.ref)], c.before, c.after) for c in shop.changes if not c.derived)
            for shop in plan.shops
            if shop.changes
        }
        self.shown[number, pull.head] = Shown(at=self.fleet.clock.now(), shops=shops)

    def job_ended(self) -> None:
        """Each write since the last job was shown in the pull request that changed the shop last, and that was merged."""
        if self.lost:  # what had expired by the first job after that, only the store knew
            self.lost, self.horizon = False, self.fleet.clock.now() - PLAN_AGE
        for shop in SHOPS:
            entries = self.fleet.trail(shop)
            for entry in entries[self.seen.get(shop, 0) :]:
                if entry["actorType"] == "CLIENT" and entry["cause"] is None and entry["resource"] != "storefront":
                    self._written(shop, (entry["field"], entry["from"], entry["to"]))
            self.seen[shop] = len(entries)
        self.bodies += [(each.number, each.body) for each in self.fleet.world.comments if "bot" in each.login]

    def _written(self, shop: str, change: Change) -> None:
        owner = self.touched.get(shop)
        assert owner is not None, f"{shop}: {change} was written, and the branch's last change of it was not reviewed"
        approved = self.shown.get(owner)
        assert approved is not None, f"{shop}: {change} was written, and {owner} never showed a plan"
        assert change in approved.shops.get(shop, ()), f"{shop}: {change} was written, shown was {approved.shops}"
        age = self.fleet.clock.now() - approved.at
        assert age <= PLAN_AGE, f"{shop}: {change} was written {age} after it was shown"
        self.written.append((shop, change))

    def settled(self) -> None:
        """Nothing that was approved is forgotten; no shop is left closed."""
        for number, head, shops in self.merged:
            shown = self.shown.get((number, head))
            for shop in sorted(shops):
                if self.touched.get(shop) != (number, head) or shown is None:
                    continue  # a later change replaced it; or nothing was approved
                if self.horizon is not None and shown.at < self.horizon:
                    continue
                changes = shown.shops.get(shop, ())
                done = all((shop, change) in self.written or self._is_live(shop, change) for change in changes)
                assert done or self._reported(number, shop), self._why(number, shop, shown)
        assert all(self.fleet.open(shop) for shop in SHOPS)

    def _is_live(self, shop: str, change: Change) -> bool:
        """Also set by the merchant before any job was."""
        name, _, after = change
        return after == (self.fleet.email(shop) if name == "notificationEmail" else self.fleet.enabled(shop))

    def _why(self, number: int, shop: str, shown: Shown) -> str:
        written = [change for of, change in self.written if of == shop]
        bodies = [body for of, body in self.bodies if of == number]
        return (
            f"{shop} of {number} was neither applied nor reported; shown: {shown.shops.get(shop)}, written: {written}, "
            f"the last of {len(bodies)} comments: {bodies[-1:]}"
        )

    def _reported(self, number: int, shop: str) -> bool:
        lines = [line for of, body in self.bodies if of == number for line in body.splitlines()]
        return any(shop in line and any(word in line for word in _REPORTED) for line in lines)


@dataclass(slots=True, kw_only=True)
class Story:
    """`late` are jobs that were started and have not run yet."""

    fleet: MergedFleet
    judge: Judge
    dice: random.Random
    late: list[Job] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    pulls: int = 0
    _shops: dict[int, list[str]] = field(default_factory=dict)

    def run(self, steps: int) -> None:
        acts: list[Callable[[], str]] = [
            self.opens, self.opens, self.pushes, self.merges, self.merges, self.pushes_directly, self.merchant_edits,
            self.somebody_meddles, self.job_runs, self.job_runs, self.job_runs_late, self.job_is_killed, self.time_passes,
            self.store_is_lost,
        ]  # fmt: skip
        for _ in range(steps):
            self.steps.append(self.dice.choice(acts)())
        self.settle()

    def settle(self) -> None:
        """Two scheduled jobs in the night, the later ones of earlier commits included."""
        for _ in range(2):
            tonight = START.replace(hour=16)
            while tonight <= self.fleet.clock.now():
                tonight += timedelta(days=1)
            self.fleet.at(tonight)
            self._apply(self.fleet.push_job("schedule"))
            for job in self.late:
                self._apply(job)
        self.judge.settled()

    # People.

    def _free_shops(self) -> list[str]:
        """Of no open pull request: two that change one line do not merge, which is for Git to say."""
        taken = {shop for shops in self._open().values() for shop in shops}
        return [shop for shop in SHOPS if shop not in taken]

    def _open(self) -> dict[int, list[str]]:
        return {number: self._shops[number] for number, pull in self.fleet.world.pulls.items() if not pull.closed}

    def _files(self, shops: list[str]) -> dict[str, str | None]:
        return {f"shops/{shop}.yaml": self._manifest(shop) for shop in shops}

    def _manifest(self, shop: str) -> str:
        return manifest(shop, self.dice.choice("abc"), enabled=self.dice.random() < 0.3)

    def opens(self) -> str:
        free = self._free_shops()
        if not free:
            return "nobody opens"
        shops = self.dice.sample(free, self.dice.randint(1, len(free)))
        self.pulls += 1
        pull = self.fleet.opened(f"change-{self.pulls}", self._files(shops))
        self._shops[pull.number] = shops
        return f"{pull.number} is opened over {shops}{self._planned(pull.number)}"

    def _planned(self, number: int) -> str:
        if self.dice.random() < 0.15:
            return ", its job is lost"
        result = self.fleet.run(plan_pull_request, PullRequestPlanRequest(), job=self.fleet.pull_job(number))
        assert result.diagnostics == (), [str(each.summary) for each in result.diagnostics]
        self.judge.plan_shown(number, result.plan)
        return ", planned"

    def pushes(self) -> str:
        number = self._some_pull()
        if number is None:
            return "nobody pushes"
        self.fleet.pushed(number, self._files(self._shops[number]))
        return f"{number} is pushed to{self._planned(number)}"

    def _some_pull(self) -> int | None:
        found = sorted(self._open())
        return self.dice.choice(found) if found else None

    def merges(self) -> str:
        number = self._some_pull()
        if number is None:
            return "nobody merges"
        how = self.dice.choice(["merge", "squash", "rebase", "queue"])
        before = self.fleet.world.remote.tip("main")
        pull = self.fleet.world.merge(number, how)
        changed = self.fleet.changed_shops(before, "main")
        for shop in changed:
            self.judge.touched[shop] = (number, pull.head)
        self.judge.merged.append((number, pull.head, changed))
        return f"{number} is merged by {how}{self._started()}"

    def _started(self) -> str:
        """The job of a push: it runs at once, later, twice, or never."""
        chance = self.dice.random()
        if chance < 0.4:
            self._apply(self.fleet.push_job())
            return " and applied"
        if chance < 0.8:
            self.late.append(self.fleet.push_job())
            return ", its job is late"
        return ", its job is lost"

    def pushes_directly(self) -> str:
        free = self._free_shops()
        if not free or self.dice.random() < 0.5:
            return "nobody pushes directly"
        shop = self.dice.choice(free)
        before = self.fleet.world.remote.tip("main")
        self.fleet.world.remote.commit("main", self._files([shop]))
        for name in self.fleet.changed_shops(before, "main"):
            self.judge.touched[name] = None
        return f"{shop} is pushed directly{self._started()}"

    def merchant_edits(self) -> str:
        shop, letter = self.dice.choice(SHOPS), self.dice.choice("abcm")
        self.fleet.edit(shop, notificationEmail=f"{letter}@{shop}.example")
        return f"the merchant of {shop} sets {letter}"

    def somebody_meddles(self) -> str:
        """Comments are edited and deleted, a record of another identity says that everything was reviewed."""
        for comment in list(self.fleet.world.comments):
            if self.dice.random() < 0.5:
                comment.body = comment.body.replace("refused", "applied").replace("sha256:", "sha256:0")
            elif self.dice.random() < 0.3:
                self.fleet.world.delete_comment(comment)
        for pull in self.fleet.world.pulls.values():
            for record in [each for each in self.fleet.world.records if each.commit == pull.head][:1]:
                self.fleet.world.record(pull.head, record.name, "mallory", record.text)
        return "somebody edits comments and forges records"

    # Jobs and time.

    def _apply(self, job: Job) -> None:
        self.fleet.run(apply_merged, MergedApplyRequest(), job=job)
        self.judge.job_ended()

    def job_runs(self) -> str:
        self._apply(self.fleet.push_job("schedule"))
        return "a scheduled job runs"

    def job_runs_late(self) -> str:
        if not self.late:
            return "no job is late"
        job = self.dice.choice(self.late)
        self._apply(job)
        if self.dice.random() < 0.5:
            self.late.remove(job)
            return "a late job runs"
        return "a late job runs, and will run once more"

    def job_is_killed(self) -> str:
        left = self.dice.randint(0, 4)

        def kill(_write: object) -> None:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1

        self.fleet.before_write = kill
        try:
            self._apply(self.fleet.push_job("schedule"))
        except Killed:
            self.judge.job_ended()
            return "a scheduled job is killed before a write"
        except BaseExceptionGroup as group:
            if group.subgroup(Killed) is None:
                raise
            self.judge.job_ended()
            return "a scheduled job is killed before a write"
        finally:
            self.fleet.before_write = lambda _write: None
        return "a scheduled job is not killed"

    def time_passes(self) -> str:
        hours = self.dice.choice([1, 5, 9, 15, 40, 200])
        self.fleet.later(hours=hours)
        return f"{hours} hours pass"

    def store_is_lost(self) -> str:
        if self.dice.random() < 0.7:
            return "the store is kept"
        if not all(self.fleet.open(shop) for shop in SHOPS):
            return "the store is kept: it knows a shop that is closed"
        self.fleet.forget()
        self.judge.store_lost()
        return "the store is lost"


def tell(folder: Path, seed: int) -> None:
    dice = random.Random(seed)
    with merged_fleet(folder, dice.choice(["github", "gitlab"])) as fleet:
        story = Story(fleet=fleet, judge=Judge(fleet=fleet), dice=dice)
        try:
            story.run(STEPS)
        except BaseException:
            print(
                f"\nseed {seed}; repeat it with `SEED={seed} pytest {__file__} -k one_seed`", *story.steps, sep="\n  "
            )
            raise


def tell_five(folder: Path) -> None:
    for seed in range(5):
        tell(folder / str(seed), seed)


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_write_was_approved_and_every_approval_is_settled(tmp_path, seed):
    tell(tmp_path / "fleet", seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 2000))
def test_a_thousand_stories(tmp_path, seed):
    tell(tmp_path / "fleet", seed)


@pytest.mark.skipif("SEED" not in os.environ, reason="SEED names the story to repeat")
def test_one_seed(tmp_path):
    tell(tmp_path / "fleet", int(os.environ["SEED"]))


def test_the_judge_finds_an_apply_that_believes_any_leaf(tmp_path, monkeypatch):
    monkeypatch.setattr(decision, "_unapproved", lambda *_: None)
    with pytest.raises(AssertionError, match="was written, "):
        tell_five(tmp_path)


def test_the_judge_finds_an_apply_that_forgets_a_shop(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "decide_shop", _forgetful)
    with pytest.raises(AssertionError, match="neither applied nor reported"):
        tell_five(tmp_path)


def _forgetful(shop, *rest):
    found = decision.decide_shop(shop, *rest)
    return replace(found, verdict=decision.Verdict.DONE) if shop.shop == "uji-cups" else found
