"""Ninety days of a fleet that is watched, by one seed: what people and the platform do, and when the watcher is asked.

In: a fleet and a seed. Out: the fleet's log; a line for each act, printed where a test fails. The watcher is asked when it
wants to be, but not more often than `GRAIN` says.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.watched.watched_fleet import OTHER_TOOL, WAITING, WatchedFleet
from tests.simulation.world_log import EMAIL, ENABLED, LABEL, PRE_ORDER, Value

KILLS = 30
STEPS = (("request", 20), ("begin_look", 2), ("record_look", 2), ("findings", 3))
"""What a watcher can be killed at, and about how many signs of life it gives there."""
DAY = 86_400
WEBHOOKS = 0.2
"""How often a webhook names a shop in which nothing changed. Of one that changed the feed says so, too."""
GRAIN = 1800.0
"""Seconds: the watcher waits so long for its next step, unless more is due at once."""


@dataclass(slots=True)
class WatchPace:
    """`hours` between two acts at most."""

    days: int = 90
    hours: float = 20
    storms: float = 0.02
    kills: int = KILLS
    outages: float = 0.02
    jumps: float = 0.02
    fights: float = 0.1


@dataclass(slots=True)
class Stubborn:
    """Someone who wants another value than Git, and sets it again after each heal."""

    shop: str
    field: str
    value: Value
    rounds: int


@dataclass(slots=True)
class WatchedDays:
    fleet: WatchedFleet
    dice: random.Random
    pace: WatchPace = field(default_factory=WatchPace)
    steps: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    fights: list[Stubborn] = field(default_factory=list)
    webhooks: random.Random = field(default_factory=lambda: random.Random(0))

    async def run(self) -> None:
        await self._steps_until(0)
        while self.fleet.clock.passed < self.pace.days * DAY:
            hours = self.dice.uniform(0.2, 2.5) if self.fights else self.dice.uniform(0.2, self.pace.hours)
            await self._steps_until(hours * 3600)
            await self._acts()
        await self.settle()

    async def settle(self) -> None:
        """Nothing happens any more."""
        self._say("nothing happens any more")
        self.fights.clear()
        self.fleet.life.limit = 0
        if self.fleet.weather.down:
            self.fleet.turn(down=False)
        await self._steps_until(3 * DAY)

    async def _steps_until(self, seconds: float) -> None:
        """Asks the watcher whenever it is due, until so much time has passed."""
        end = self.fleet.clock.passed + seconds
        while True:
            due = await self.fleet.step()
            for each in self.fleet.failing:
                self._say(f"part {each.name} failed ({each.failures}): {each.reason}")
            if self.fleet.life.over:
                self._say(f"killed {self.fleet.life.place}")
                self.places.append(str(self.fleet.life.place))
            left = end - self.fleet.clock.passed
            wait = GRAIN if due is None else due and max(due, GRAIN)
            if wait >= left:
                self.fleet.later(seconds=max(left, 0.0))
                return
            if wait:
                self.fleet.later(seconds=wait)

    def _say(self, text: str) -> None:
        self.steps.append(f"{self.fleet.now:%m-%d %H:%M:%S} {text}")

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    async def _acts(self) -> None:
        acts: list[tuple[float, Callable[[], Awaitable[None] | None]]] = [
            (0.7, self.merchant_edits), (0.3, self.merchant_edits), (0.2, self.merchant_changes_back),
            (0.1, self.other_tool_edits),
            (0.08, self.platform_turns_off), (0.2, self.git_changes), (0.25, self.person_applies), (0.1, self.accept),
            (0.05, self.withdraw), (0.3, self.goes_live), (0.05, self.takes_back), (0.15, self.leaves),
            (0.04, self.platform_restarts), (self.pace.fights, self.fight_begins), (self.pace.storms, self.many_change),
            (self.pace.jumps, self.clock_is_set), (self.pace.outages, self.backend_fails), (0.3, self.backend_returns),
            (0.03, self.watcher_is_replaced), (0.3, self.dies_later),
        ]  # fmt: skip
        self._fight()
        for share, act in acts:
            if self._chance(share):
                done = act()
                if done is not None:
                    await done
        if self.webhooks.random() < WEBHOOKS:
            self.fleet.hint([self.webhooks.choice(self.fleet.shops)])

    # People.

    def _edit(self, shop: str, name: str, value: Value, by: str = "") -> None:
        if self.fleet.live[shop][name] == value or shop in self.fleet.closed:
            return
        by = by or f"merchant of {shop}"
        self.fleet.edit(shop, name, value, by=by)
        self._say(f"{by}: {shop} {name} = {value}")
        if self._chance(0.5):
            self.fleet.hint([shop])

    def _some_value(self, shop: str, name: str) -> Value:
        letter = self.dice.choice("abcd")
        if name == PRE_ORDER:
            return letter < "c"
        return f"{letter}@{shop}.example" if name == EMAIL else f"text {letter}"

    def _some_field(self) -> str:
        return self.dice.choice((EMAIL, PRE_ORDER, LABEL, LABEL))

    def merchant_edits(self) -> None:
        shop, name = self.dice.choice(self.fleet.shops), self._some_field()
        self._edit(shop, name, self._some_value(shop, name))

    def other_tool_edits(self) -> None:
        shop, name = self.dice.choice(self.fleet.shops), self._some_field()
        self._edit(shop, name, self._some_value(shop, name), OTHER_TOOL)

    def _drifted(self) -> list[tuple[str, str]]:
        live, git = self.fleet.live, self.fleet.git
        return [(shop, name) for shop in live for name in live[shop] if live[shop][name] != git[shop][name]]

    def merchant_changes_back(self) -> None:
        some = [(shop, name) for shop, name in self._drifted() if name != ENABLED]
        if some:
            shop, name = self.dice.choice(some)
            self._edit(shop, name, self.fleet.git[shop][name])

    def platform_turns_off(self) -> None:
        shop = self.dice.choice(self.fleet.shops)
        self._edit(shop, ENABLED, False, "platform")

    def many_change(self) -> None:
        """One cause in many shops: a policy must not undo that."""
        self._say("an agency changes many shops")
        for shop in self.dice.sample(self.fleet.shops, min(12, len(self.fleet.shops) // 2)):
            self._edit(shop, LABEL, "text d", "agency")

    def fight_begins(self) -> None:
        shop = self.dice.choice(self.fleet.shops)
        if any(each.shop == shop for each in self.fights) or shop in self.fleet.deferred:
            return
        self.fights.append(Stubborn(shop, LABEL, f"text {self.dice.choice('wxyz')}", self.dice.randint(2, 7)))

    def _fight(self) -> None:
        for each in list(self.fights):
            if self.fleet.live[each.shop][each.field] != each.value:
                self._edit(each.shop, each.field, each.value)
                each.rounds -= 1
            elif self._chance(0.1):
                each.rounds -= 1
            if each.rounds <= 0:
                self.fights.remove(each)

    def _free(self) -> list[str]:
        """Shops without an approved plan that waits: nobody else works on such a shop."""
        return [shop for shop in self.fleet.shops if shop not in self.fleet.deferred]

    def git_changes(self) -> None:
        shop, name = self.dice.choice(self._free()), self._some_field()
        value = self._some_value(shop, name)
        if value != self.fleet.git[shop][name]:
            self.fleet.commit(shop, name, value)
            self.fleet.commit_all(f"{shop}: {name}")
            self._say(f"Git of {shop}: {name} = {value}")

    async def person_applies(self) -> None:
        some = sorted({shop for shop, _ in self._drifted()} & set(self._free()))
        if some and not self.fleet.weather.down:
            shop = self.dice.choice(some)
            self._say(f"a person applies {shop}")
            await self.fleet.person_applies(shop)

    def accept(self) -> None:
        some = self._drifted()
        if some:
            shop, name = self.dice.choice(some)
            until = (self.fleet.now + timedelta(days=self.dice.randint(0, 6))).date().isoformat()
            self.fleet.accept(shop, name, self.fleet.live[shop][name], until)
            self.fleet.commit_all("accept")
            self._say(f"{shop} {name} is accepted until {until}")

    def withdraw(self) -> None:
        if self.fleet.ledger:
            shop, name = self.dice.choice(list(self.fleet.ledger))
            self.fleet.withdraw(shop, name)
            self.fleet.commit_all("withdraw")
            self._say(f"{shop} {name} is not accepted any more")

    # Deferred applies.

    async def goes_live(self) -> None:
        """A shop is to use Amazon: approved, and applied in its window."""
        ready = [
            shop
            for shop in self._free()[::1]
            if not self.fleet.git[shop][ENABLED] and not self.fleet.live[shop][ENABLED]
        ]
        if not ready or self.fleet.weather.down:
            return
        shop = self.dice.choice(ready)
        self.fleet.commit(shop, ENABLED, True)
        if self._chance(0.3):
            self.fleet.commit(shop, EMAIL, f"live@{shop}.example")
        self.fleet.commit_all(f"{shop} goes live")
        done = await self.fleet.approve(shop)
        self._say(f"{shop} is to go live: approved {done}")

    def takes_back(self) -> None:
        if self.fleet.deferred:
            shop = self.dice.choice(sorted(self.fleet.deferred))
            self.fleet.take_back(shop)
            self._say(f"the deferred apply of {shop} is dropped")

    async def leaves(self) -> None:
        """A shop that went live stops using Amazon, so that it can go live again."""
        live = [shop for shop in self._free() if _waits(shop) and self.fleet.git[shop][ENABLED]]
        if live and not self.fleet.weather.down:
            shop = self.dice.choice(live)
            self.fleet.commit(shop, ENABLED, False)
            self.fleet.commit_all(f"{shop} leaves")
            self._say(f"{shop} stops using Amazon: a person applies it")
            await self.fleet.person_applies(shop)

    # What goes wrong.

    def platform_restarts(self) -> None:
        self.fleet.restart()
        self._say("the platform is restarted")

    def backend_fails(self) -> None:
        if not self.fleet.weather.down:
            self.fleet.turn(down=True)
            self._say("the backend answers nothing")

    def backend_returns(self) -> None:
        if self.fleet.weather.down:
            self.fleet.turn(down=False)
            self._say("the backend answers again")

    def clock_is_set(self) -> None:
        hours = self.dice.choice((-20, -3, -1, 1, 5))
        self.fleet.set_clock(hours=hours)
        self._say(f"the clock is set: {hours} hours")

    def watcher_is_replaced(self) -> None:
        self.fleet.end_watcher()
        self._say("the watcher is replaced by a new process")

    def dies_later(self) -> None:
        if len(self.places) < self.pace.kills and not self.fleet.life.limit:
            step, signs = self.dice.choice(STEPS)
            self.fleet.life.limit = self.fleet.life.signs + self.dice.randint(1, signs)
            self.fleet.life.calls = {step}


def _waits(shop: str) -> bool:
    return int(shop.rpartition("-")[2]) % WAITING == 0
