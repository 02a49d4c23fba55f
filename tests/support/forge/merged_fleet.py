"""A fleet in a repository at a forge, and its CI jobs: real Git, the forge's stand-in, one embedded backend and one store.

In: a folder. Out: `MergedFleet`: people open and merge pull requests, jobs plan, check and apply. Each job has a fresh clone of
depth 1, and each write that a job sends is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
from sqlalchemy import select

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.forges.job import EnvironmentJob
from reconciler.adapters.git.repository import GitRepository
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.db.review_tables import reviewed_plans
from reconciler.core.approvals.leaf_list import format_leaves
from reconciler.core.approvals.record import PlanRecord
from reconciler.core.model.selection import Selection
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.values import ShopKey
from reconciler.embedded import World
from reconciler.ports import WriteRequest
from reconciler.ports.ci.forge import RecordState, RecordWrite
from reconciler.ports.ci.reviews import ReviewedPlan, pull_request_key
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.ci.names import plan_record_name
from reconciler.workflows.ci.pull_request import pull_request_range
from reconciler.workflows.plan import plan_selection
from reconciler.workflows.session import Session
from tests.support.forge.github import github_server
from tests.support.forge.gitlab import gitlab_server
from tests.support.forge.http import ForgeServer, serving
from tests.support.forge.remote import Remote, git
from tests.support.forge.runner import Job, Runner
from tests.support.forge.world import START, ForgeWorld, Pull
from tests.support.session_harness import NoSignals, recording

SHOPS = ("kyoto-tea", "nara-ink", "uji-cups")
WINDOW = 'maintenance: {close_shop: allow, window: "01:00-05:00"}\n'


def manifest(shop: str, email: str, *, enabled: bool = False) -> str:
    on = "enabled: true, " if enabled else ""
    return (
        f"apiVersion: reconciler/v1\nshop: {shop}\namazon: {{{on}notification: {{email: {email}@{shop}.example}}}}\n"
        + WINDOW
    )


def files_of(**emails: str) -> dict[str, str]:
    return {
        f"shops/{name.replace('_', '-')}.yaml": manifest(name.replace("_", "-"), email)
        for name, email in emails.items()
    }


class DayClock(SystemClock):
    """The time of day is set by the test; what is waited for really passes."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@dataclass(slots=True)
class MergedFleet:
    folder: Path
    kind: str
    world: ForgeWorld
    server: ForgeServer
    runner: Runner
    clock: DayClock
    writes: list[WriteRequest] = field(default_factory=list)
    before_write: Callable[[WriteRequest], None] = lambda _write: None

    def at(self, when: datetime) -> None:
        self.world.at(when)
        self.clock.moment = when

    def later(self, **words: float) -> None:
        self.at(self.clock.now() + timedelta(**words))

    # People.

    def opened(self, branch: str, files: dict[str, str | None]) -> Pull:
        self.world.remote.commit(branch, files)
        return self.world.open_pull(branch)

    def pushed(self, number: int, files: dict[str, str | None]) -> Pull:
        self.world.remote.commit(self.world.pulls[number].branch, files)
        return self.world.pushed(number)

    def reviewed(self, branch: str, files: dict[str, str | None], **words: Any) -> Pull:
        """Opened and planned."""
        pull = self.opened(branch, files)
        self.plan(pull.number, **words)
        return pull

    def merged(self, branch: str, files: dict[str, str | None], how: str = "merge", **words: Any) -> Pull:
        pull = self.reviewed(branch, files, **words)
        return self.world.merge(pull.number, how)

    # Jobs.

    def plan(self, number: int, *, store: bool = True, login: str | None = None) -> None:
        """What `ci plan` leaves: the record, and the leaves in the store."""
        job = self.pull_job(number)
        session = self._session(job)

        async def main() -> None:
            ci = session.ci_job()
            context = ci.context()
            found = pull_request_range(context, session.repository())
            planned, _ = await plan_selection(session, Selection(since=found.since), ())
            plan = planned.plan
            record = PlanRecord(fingerprint=plan.fingerprint, shops=len(plan.leaves), base=found.base)
            name = plan_record_name(session.target)
            if login is not None:
                self.world.record(found.request.head, name, login, f"{record.text} state=reviewable")
                return
            async with ci.connect(context) as forge:
                write = RecordWrite(state=RecordState.REVIEWABLE, text=record.text, title="plan")
                await forge.write_record(found.request.head, name, write)
            if store:
                with session.reviews() as reviews:
                    reviews.save_plan(
                        ReviewedPlan(
                            request=pull_request_key(context, session.target.fleet_name, number),
                            head=found.request.head,
                            base=found.base,
                            fingerprint=plan.fingerprint,
                            leaves=plan.leaves,
                            created=session.clock.now(),
                        )
                    )

        anyio.run(main)

    def push_job(self, event: str = "push") -> Job:
        return self.runner.github_push(event=event) if self.kind == "github" else self.runner.gitlab_push(event=event)

    def run(self, use_case: Callable[..., Any], *request: Any, job: Job | None = None) -> Any:
        session = self._session(job or self.push_job())

        async def main() -> Any:
            result = use_case(session, *request)
            return await result if hasattr(result, "__await__") else result

        return anyio.run(main)

    def run_in_thread(self, use_case: Callable[..., Any], *request: Any) -> Any:
        """Where an event loop runs already: another process would do so beside it."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self.run, use_case, *request).result()

    def pull_job(self, number: int) -> Job:
        if self.kind == "github":
            return self.runner.github_pull_request(number)
        return self.runner.gitlab_merge_request(number)

    def _session(self, job: Job) -> Session:
        settings = load_settings(job.clone / "reconciler.yaml")
        assert isinstance(settings, Settings), settings
        session = open_session(settings, stop_signals=NoSignals())

        def heard(write: WriteRequest) -> None:
            self.before_write(write)
            self.writes.append(write)

        return replace(
            session,
            clock=self.clock,
            ci_job=lambda: EnvironmentJob(job.environment, job.clone, self.clock),
            repository=lambda: GitRepository(settings.manifests),
            writing=recording(session, heard),
            new_run=lambda command, of: replace(session.new_run(command, of), started=self.clock.now()),
        )

    # What is true.

    @property
    def written_shops(self) -> list[str]:
        return sorted({str(write.shop) for write in self.writes})

    def email(self, shop: str) -> str | None:
        return self._integration(shop)["amazonSettings"]["value"]["notificationEmail"]

    def enabled(self, shop: str) -> bool:
        return bool(self._integration(shop)["amazonSettings"]["value"]["useAmazon"])

    def open(self, shop: str) -> bool:
        return bool(self._integration(shop)["storefront"]["value"]["status"] == "OPEN")

    def edit(self, shop: str, **changes: object) -> None:
        self._acted(lambda world: world.merchant_edits(shop, changes))

    def maintenance(self, *, on: bool) -> None:
        self._acted(lambda world: world.maintenance(on))

    def trail(self, shop: str) -> list[Any]:
        """Every change of the shop, as the backend itself recorded it, oldest first."""
        found = self._acted(lambda world: world.changes(shop, limit=10_000))
        return sorted(found, key=lambda change: change["changeId"])

    def changed_shops(self, old: str, new: str) -> frozenset[str]:
        """Whose manifests differ between two commits, or tips of branches."""
        names = git(self.world.remote.bare, "diff", "--name-only", old, new, "--", "shops").split()
        return frozenset(Path(name).stem for name in names)

    def _integration(self, shop: str) -> Any:
        return self._acted(lambda world: world.integration(shop))

    def _acted(self, act: Callable[[World], Any]) -> Any:
        world = World.open(self.folder / "embedded.db")
        try:
            return act(world)
        finally:
            world.close()

    def saved_leaves(self, pull: Pull) -> str:
        """As a list, of the plan in the store."""
        store = open_store(self.folder / "journal.db")
        try:
            rows = store_plans(store, pull.number)
        finally:
            store.close()
        return format_leaves(rows)

    def forget(self) -> None:
        """The store is lost."""
        for path in self.folder.glob("journal.db*"):
            path.unlink()

    def comment(self, number: int) -> str:
        """Of `ci apply`; empty where there is none."""
        found = [each.body for each in self.world.comments if each.number == number and "reconciler:apply" in each.body]
        assert len(found) < 2
        return "".join(found)


def store_plans(store: Store, number: int) -> tuple[ShopLeaf, ...]:
    with store.reading() as connection:
        query = select(reviewed_plans.c.leaves).where(reviewed_plans.c.number == number)
        (leaves,) = connection.execute(query).scalars()
    return tuple(ShopLeaf(shop=ShopKey(shop), digest=digest) for shop, digest in sorted(leaves.items()))


def _settings(folder: Path) -> str:
    return (
        f"store: {folder}/journal.db\nembedded: {{seed: {folder}/seed.json, database: {folder}/embedded.db}}\n"
        "limits: {fleet_share: 100%}\npace: {requests_per_second: 1000}\n"
    )


def _seed(shop: str, number: int) -> dict[str, Any]:
    return {
        "shopKey": shop,
        "entitlements": {"commerceCreator": "RUNNING", "subscriptionApplications": True},
        "amazonSettings": {
            "sellerId": f"A1CASE0000000{number}",
            "clientId": f"amzn1.application-oa2-client.0000000000000000000000000000000{number}",
            "mwsAuthToken": {"state": "PRE_SET"},
            "notificationEmail": f"a@{shop}.example",
        },
    }


@contextmanager
def merged_fleet(folder: Path, kind: str = "github") -> Iterator[MergedFleet]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed.json").write_text(json.dumps({"shops": [_seed(shop, nth) for nth, shop in enumerate(SHOPS, 1)]}))
    platform = World.open(folder / "embedded.db")
    platform.seed_if_new(folder / "seed.json")
    platform.close()
    world = ForgeWorld(Remote(folder / "forge"))
    clock = DayClock(START + timedelta(days=10))
    start = {"reconciler.yaml": _settings(folder), ".gitignore": "reconciler.env\n.reconciler/\n"}
    world.remote.commit("main", {**start, **files_of(kyoto_tea="a", nara_ink="a", uji_cups="a")})
    world.at(clock.now())
    server = github_server(world) if kind == "github" else gitlab_server(world)
    with serving(server):
        yield MergedFleet(folder, kind, world, server, Runner(world, server, folder / "runner"), clock)
    assert server.refused == []
