"""A fleet that is watched: manifests in a real Git repository, the embedded backend, the real store, a clock of the test.

In: acts of people and the platform, and time. Out: the log, with each write that the backend took from the tool. What the tool
wrote is noted where the backend answers it, not where the tool says so.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx

from reconciler.core.alerts.rules import AlertRule, AlertRules
from reconciler.core.diagnostics import codes
from reconciler.core.values import ShopKey
from reconciler.core.watch.shop_queue import LookReason
from reconciler.embedded.actors import merchant
from reconciler.embedded.storage.audited_write import Actor
from reconciler.workflows.ci.deferred import drop_deferred
from reconciler.workflows.watch.parts import FailingPart
from tests.simulation.kill_points import Life, MortalStores, was_killed
from tests.simulation.simulated_fleet import FINDINGS, START, WIRE, SimulatedFleet, Weather, WorldClock
from tests.simulation.watched.approving import approve_deferred
from tests.simulation.watched.noting import NotingChannel, NotingFindings
from tests.simulation.watched.watch_log import (
    OTHER,
    STATUS,
    WRITTEN_AS,
    Alerted,
    Approved,
    Compared,
    Hinted,
    Killed,
    Outage,
    Started,
    StepBegan,
    StepEnded,
    TakenBack,
    Tick,
    Wrote,
)
from tests.simulation.watched.watcher import watcher_of, with_policy
from tests.simulation.world_log import ENABLED, Value
from tests.support.alerts.event_samples import FixedAlerts

OTHER_TOOL = "another-tool"
"""It writes over the API, as the tool does: no rule heals its changes."""
WAITING = 4
"""Every so manyth shop does not use Amazon yet, and goes live by a deferred apply."""
WINDOW_HOURS = (1, 5)
WINDOW = "01:00-05:00"
GIT_ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | {
    f"GIT_{role}_{what}": f"hanako{mail}"
    for role in ("AUTHOR", "COMMITTER")
    for what, mail in (("NAME", ""), ("EMAIL", "@x.example"))
}
_RULES = AlertRules(channels=("ops",), rules=(AlertRule(),))


class JumpingClock(WorldClock):
    """`passed` are the seconds that really passed; the time of day may be set. A long wait takes a moment, so that what is done
    meanwhile comes first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed + super().monotonic()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds / 1000 if seconds > 1 else 0)


class WriteLog(httpx.AsyncBaseTransport):
    """Hands over each write that the backend took."""

    def __init__(self, inner: httpx.AsyncBaseTransport, note: Callable[[str, str, Value], None]) -> None:
        self._inner, self._note = inner, note

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if request.method in ("PUT", "PATCH") and answer.status_code < httpx.codes.BAD_REQUEST:
            content = json.loads(request.content)
            if request.url.path.endswith("/integrations"):
                await answer.aread()
                self._take_items(content["items"], answer.json()["items"])
            else:
                self._take(request.url.path.split("/shops/")[1].partition("/")[0], content)
        return answer

    def _take_items(self, items: list[Any], answers: list[Any]) -> None:
        """Of a request that writes several shops."""
        for item, answer in zip(items, answers, strict=True):
            if answer["status"] < httpx.codes.BAD_REQUEST:
                self._take(item["shopKey"], item["value"])

    def _take(self, shop: str, content: dict[str, Any]) -> None:
        for name, value in content.items():
            for part in value if name == "parts" else [{name: value}]:
                for key, what in part.items():
                    if key != "part":
                        self._note(shop, WRITTEN_AS.get(key, OTHER), what)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class WatchedFleet(SimulatedFleet):
    """`weather` holds for all that the tool does. `around_session` changes the session that the watcher gets."""

    clock: JumpingClock = field(default_factory=JumpingClock)
    weather: Weather = field(default_factory=Weather)
    deferred: dict[str, dict[str, Value]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    life: Life = field(default_factory=Life)
    _watcher: Any = None
    _served: set[str] = field(default_factory=set)
    _number: int = 0

    def in_git(self) -> None:
        """The folder becomes a repository."""
        git(self.folder, "init", "--quiet", "--initial-branch", "main")
        (self.folder / ".gitignore").write_text("*.db*\n.reconciler/\n")
        self._write_ledger()
        self.commit_all("the fleet")

    def _first_values(self, shop: str) -> dict[str, Value]:
        values = super()._first_values(shop)
        return values | {ENABLED: int(shop.rpartition("-")[2]) % WAITING != 0}

    def _manifest(self, shop: str) -> str:
        return super()._manifest(shop) + f'  window: "{WINDOW}"\n'

    def _connection(self) -> httpx.AsyncBaseTransport:
        return WriteLog(super()._connection(), self._wrote)

    def _wrote(self, shop: str, name: str, value: Value) -> None:
        before = self.live[shop].get(name)
        self._note(Wrote(at=self.now, shop=shop, field=name, value=value, before=before))
        if name == STATUS:
            (self.closed.add if value == "CLOSED" else self.closed.discard)(shop)
        elif name != OTHER:
            self.live[shop][name] = value

    # Time.

    def _platform_time(self) -> datetime:
        """The platform's clock is right."""
        return START + timedelta(seconds=self.clock.passed)

    def later(self, **words: float) -> None:
        span = timedelta(**words)
        self.clock.moment += span
        self.clock.passed += span.total_seconds()
        self._note(Tick(at=self.now, true=self.clock.passed))

    def set_clock(self, **words: float) -> None:
        self.clock.moment += timedelta(**words)
        self._note(Tick(at=self.now, true=self.clock.passed, jumped=True))

    # People.

    def edit(self, shop: str, name: str, value: Value, *, by: str = "merchant") -> None:
        if by != OTHER_TOOL:
            super().edit(shop, name, value, by=by)
            return
        services = self._app.state.services
        with services.editing(Actor(name=by, type="CLIENT")) as edit:
            merchant.apply_edits(edit, shop, {WIRE[name]: value}, services.config.verifier)
        self._set(shop, name, value, by)

    def commit_all(self, text: str) -> None:
        """What was written since goes into the history."""
        git(self.folder, "add", "--all", "shops", "accepted-drift.yaml", "reconciler.yaml")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", text)

    async def person_applies(self, shop: str) -> None:
        await self.apply_now(shop, codes.TURNING_OFF, codes.OUTSIDE_WINDOW)

    async def approve(self, shop: str) -> bool:
        """The present plan of the shop, as `ci apply` defers it. False: there is nothing to approve."""
        self._number += 1
        if not await approve_deferred(self.session(Weather(), Life(), set()), shop, self._number):
            return False
        self.deferred[shop] = dict(self.git[shop])
        self._note(Approved(at=self.now, shop=shop, values=dict(self.git[shop])))
        return True

    def take_back(self, shop: str) -> None:
        result = drop_deferred(self.session(Weather(), Life(), set()), [shop])
        if not result.all_diagnostics:
            self._note(TakenBack(at=self.now, shop=shop))
        self.deferred.pop(shop, None)

    def turn(self, *, down: bool) -> None:
        self.weather.down = down
        self._note(Outage(at=self.now, down=down))

    def hint(self, shops: Collection[str]) -> None:
        """A webhook arrives."""
        if self._watcher is not None:
            self._watcher.hint([ShopKey(shop) for shop in shops], LookReason.BACKEND)
            for shop in shops:
                self._note(Hinted(at=self.now, shop=shop))

    # The tool.

    def start_watcher(self) -> None:
        self._served = set()
        session = self.session(self.weather, self.life, self._served)
        channel = NotingChannel(self._noted)
        session = replace(
            session,
            alerts=lambda: FixedAlerts(rules=_RULES, channels={channel.name: channel}),
            findings=MortalStores(NotingFindings(_inside(session.findings), self._compared), self.life, FINDINGS),
        )
        assert self._settings is not None
        transport = self._transport(self.weather, self.life, set())
        self._watcher = watcher_of(self._settings, with_policy(session), self._config(), transport)
        self._note(Started(at=self.now))

    async def step(self) -> float | None:
        """What is due now. A watcher that was killed is started again."""
        if self._watcher is None:
            self.life = Life()
            self.start_watcher()
        self._served.clear()
        self.life.on_done = lambda _name: None
        self._note(StepBegan(at=self.now))
        try:
            due: float | None = await self._watcher.step()
        except BaseException as error:
            if not was_killed(error):
                raise
            self._note(Killed(at=self.now, place=str(self.life.place)))
            self._watcher = None
            return 0.0
        self._note(StepEnded(at=self.now, due=due))
        return due

    @property
    def failing(self) -> tuple[FailingPart, ...]:
        """The parts of the watcher that did not do what was due."""
        return () if self._watcher is None else tuple(self._watcher.status.parts.failing.values())

    def end_watcher(self) -> None:
        self._watcher = None

    def _compared(self, shops: frozenset[str]) -> None:
        self._note(Compared(at=self.now, shops=shops, read=frozenset(self._served)))

    def _noted(self, shop: str, name: str, event: str, text: str) -> None:
        self._note(Alerted(at=self.now, shop=shop, field=name, event=event, text=text))


def _inside(findings: Any) -> Any:
    """The stores of the tool, without the end of a life around them."""
    return findings.inner


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=GIT_ENVIRONMENT)
