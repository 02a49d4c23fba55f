"""Random orders of pushes, merges, lost, doubled and killed jobs, edited records and comments, hours that pass.

The judge is the backend's own trail: each value that the tool wrote was reviewed for that shop. And once jobs run again,
each merged change is applied, or its refusal is reported. A failure prints its seed.
"""

import random
from pathlib import Path

import pytest
from hypothesis import settings

from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged
from tests.support.forge.merged_fleet import SHOPS, MergedFleet, files_of, merged_fleet
from tests.support.forge.remote import git

SEEDS = 50 if settings.default.max_examples > 10 else 6
"""A few in the quick profile, 50 in that of CI."""
STEPS = 6
APPLY = MergedApplyRequest()


class People:
    """What is done at random, and what was reviewed by it: `(shop, email)`."""

    def __init__(self, fleet: MergedFleet, seed: int) -> None:
        self.fleet, self.dice = fleet, random.Random(seed)
        self.approved: set[tuple[str, str]] = set()
        self.reviewed: dict[int, set[tuple[str, str]]] = {}
        self.waiting: list[int] = []
        self.values = 0
        self.older: list = []
        self.review()

    def step(self) -> None:
        often = (self.review, self.merge, self.job)
        seldom = (self.push_directly, self.old_job, self.kill, self.merchant, self.wait, self.edit_comment)
        self.dice.choice((*often, *often, *seldom, self.forge_record))()

    def _files(self) -> tuple[dict[str, str | None], set[tuple[str, str]]]:
        self.values += 1
        shops = self.dice.sample(SHOPS, self.dice.randint(1, 2))
        emails = {shop.replace("-", "_"): f"v{self.values}" for shop in shops}
        return {**files_of(**emails)}, {(shop, f"v{self.values}@{shop}.example") for shop in shops}

    def review(self) -> None:
        files, changes = self._files()
        pull = self.fleet.reviewed(f"branch-{self.values}", files, store=self.dice.random() < 0.7)
        self.reviewed[pull.number] = changes
        self.waiting.append(pull.number)

    def merge(self) -> None:
        if not self.waiting:
            return
        number = self.waiting.pop(self.dice.randrange(len(self.waiting)))
        try:
            self.fleet.world.merge(number, self.dice.choice(["merge", "squash", "queue"]))
        except AssertionError:  # a conflict: people close it
            git(self.fleet.world.remote.desk, "reset", "-q", "--hard")
            return
        self.approved |= self.reviewed[number]

    def push_directly(self) -> None:
        files, _ = self._files()
        self.fleet.world.remote.commit("main", files)

    def job(self) -> None:
        self.older.append(self.fleet.push_job())
        self.fleet.run(apply_merged, APPLY)

    def old_job(self) -> None:
        if self.older:
            self.fleet.run(apply_merged, APPLY, job=self.dice.choice(self.older))

    def kill(self) -> None:
        """At one of the writes, before it is sent."""
        left = self.dice.randint(0, 2)

        def deadly(_write) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt

        self.fleet.before_write = deadly
        try:
            self.fleet.run(apply_merged, APPLY)
        except KeyboardInterrupt:
            pass
        finally:
            self.fleet.before_write = lambda _write: None

    def merchant(self) -> None:
        self.values += 1
        shop = self.dice.choice(SHOPS)
        self.fleet.edit(shop, notificationEmail=f"m{self.values}@{shop}.example")

    def wait(self) -> None:
        self.fleet.later(hours=self.dice.choice([1, 30]))

    def edit_comment(self) -> None:
        for comment in self.fleet.world.comments:
            comment.body = comment.body.replace("refused", "applied")

    def forge_record(self) -> None:
        """Another identity copies a record to the newest head."""
        if self.waiting and self.fleet.world.records:
            pull = self.fleet.world.pulls[self.waiting[-1]]
            record = self.dice.choice(self.fleet.world.records)
            self.fleet.world.record(pull.head, record.name, "mallory[bot]", record.text)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_write_was_reviewed_and_every_merged_change_ends(seed, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    interleave(seed, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 2000))
def test_a_thousand_orders(seed, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    interleave(seed, tmp_path)


def interleave(seed: int, folder: Path) -> None:
    with merged_fleet(folder / "fleet") as fleet:
        people = People(fleet, seed)
        for _ in range(STEPS):
            people.step()
        people.review()
        people.merge()
        last = fleet.run(apply_merged, APPLY)
        written = {(shop, value) for shop in SHOPS for value in fleet.values_written(shop)}
        assert written <= people.approved, f"seed {seed}: {written - people.approved} was never reviewed"
        for decision in last.decisions:
            ended = bool(decision.reasons) or in_git(fleet, decision.shop)
            assert ended, f"seed {seed}: {decision.shop} is neither applied nor refused"


def in_git(fleet: MergedFleet, shop: str) -> bool:
    content = git(fleet.world.remote.bare, "show", f"main:shops/{shop}.yaml")
    return f"email: {fleet.email(shop)}" in content
