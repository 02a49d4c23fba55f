"""Ninety days of a fleet by one seed: what people and the platform do, when the tool looks, and what goes wrong.

In: a fleet and a seed. Out: the fleet's log; a line for each act, printed where a test fails.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.alert_channels import CHANNELS, Receivers
from tests.simulation.kill_points import Life
from tests.simulation.killed_process import look_in_process
from tests.simulation.receivers import FAULTS
from tests.simulation.simulated_fleet import START, SimulatedFleet, Weather
from tests.simulation.world_log import EMAIL, ENABLED, FIELDS, LABEL, PARTS, PRE_ORDER, WHOLE, Value

KILLS = 50
REALLY = 0.2
"""So many of the runs that are killed are processes of their own, which end by SIGKILL."""
CALM = 15
"""With fewer changed shops than this a storm may come: a check asks of at most 50 shops who changed them."""
STEPS = (("request", 30), ("begin_look", 2), ("record_look", 2), ("queue", 4), ("claim", 8), ("send", 4), ("mark", 4))
"""What a run can be killed at, and about how many signs of life it gives there; one that is to be killed later ends by itself."""


@dataclass(slots=True)
class Pace:
    """`hours` between two looks at most; the others are how often something happens at a look."""

    days: int = 90
    hours: int = 40
    edits: int = 2
    storms: float = 0.015
    kills: int = KILLS


@dataclass(slots=True)
class NinetyDays:
    """`toggling` is a field that somebody changes to and fro; `kills` are still to come."""

    fleet: SimulatedFleet
    receivers: Receivers
    dice: random.Random
    pace: Pace = field(default_factory=Pace)
    steps: list[str] = field(default_factory=list)
    toggling: tuple[str, str, int] | None = None
    places: list[str] = field(default_factory=list)
    _latest: float = 0.0

    def run(self) -> None:
        end = START + timedelta(days=self.pace.days)
        while self.fleet.now < end:
            self._pass_time()
            self._acts()
            self._look()
        self.settle()

    def settle(self) -> None:
        """Nothing happens any more, and the last of it is seen and sent."""
        self.channels_return()
        for _ in range(5):
            self.fleet.later(hours=9)
            self._say("a look at the end")
            self.fleet.look()

    def _say(self, text: str) -> None:
        self.steps.append(f"{self.fleet.now:%m-%d %H:%M} {text}")

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _pass_time(self) -> None:
        hours = self.dice.randint(1, 2) if self.toggling else self.dice.randint(1, self.pace.hours)
        self.fleet.later(hours=hours, minutes=self.dice.randint(0, 59))
        if self._chance(0.02):
            back = self.dice.randint(1, 20)
            self.fleet.later(hours=-back)
            self._say(f"the clock is set back {back} hours")

    def _acts(self) -> None:
        changed = len(self.fleet.changed_shops)
        for _ in range(self.dice.randint(0, self.pace.edits) if changed < CALM else 0):
            self.merchant_edits()
        acts: list[tuple[float, Callable[[], None]]] = [
            (0.6, self.merchant_changes_back), (0.1, self.platform_turns_off), (0.1, self.git_changes),
            (0.03, self.git_changes_labels), (0.5, self.apply), (0.15, self.accept), (0.05, self.withdraw),
            (0.06, self.amazon_judges), (0.04, self.platform_restarts), (0.03, self.toggles_begin),
            (0.08, self.channel_fails), (0.4, self.channels_return), (0.2, self.sends_between_looks),
        ]  # fmt: skip
        if changed < CALM:
            storms = (self.platform_turns_many_off, self.many_change_one_field, self.agency_changes_many)
            acts += [(self.pace.storms, act) for act in storms]
        for share, act in acts:
            if self._chance(share):
                act()
        self._toggle()

    # People.

    def _some_value(self, shop: str, name: str) -> Value:
        if name in (PRE_ORDER, ENABLED):
            return self.dice.random() < 0.5
        letter = self.dice.choice("abcd")
        return f"{letter}@{shop}.example" if name == EMAIL else f"text {letter}"

    def _edit(self, shop: str, name: str, value: Value, by: str = "merchant") -> None:
        if name == ENABLED and shop in self.fleet.revoked:
            return  # the screen asks Amazon first
        self.fleet.edit(shop, name, value, by=by)
        self._say(f"{by} of {shop}: {name} = {value}")

    def merchant_edits(self) -> None:
        shop, name = self.dice.choice(self.fleet.shops), self.dice.choice((EMAIL, PRE_ORDER, LABEL))
        self._edit(shop, name, self._some_value(shop, name))

    def _drifted(self) -> list[tuple[str, str]]:
        live, git = self.fleet.live, self.fleet.git
        return [(shop, name) for shop in live for name in FIELDS if live[shop][name] != git[shop][name]]

    def merchant_changes_back(self) -> None:
        for shop, name in self._several(self._drifted(), 2):
            self._edit(shop, name, self.fleet.git[shop][name])

    def _several(self, of: list[tuple[str, str]], most: int) -> list[tuple[str, str]]:
        return self.dice.sample(of, min(len(of), self.dice.randint(1, most)))

    def platform_turns_off(self) -> None:
        for shop in self.dice.sample(self.fleet.shops, 2):
            self._edit(shop, ENABLED, False, "platform")

    def platform_turns_many_off(self) -> None:
        """A storm, and later one of what is resolved."""
        shops = self.dice.sample(self.fleet.shops, min(len(self.fleet.shops), self.dice.randint(12, 30)))
        for shop in shops:
            self._edit(shop, ENABLED, False, "platform")
        if self._chance(0.7):
            self._look()
            self.fleet.later(hours=2)
            for shop in shops:
                self._edit(shop, ENABLED, True)

    def many_change_one_field(self) -> None:
        for shop in self.dice.sample(self.fleet.shops, min(len(self.fleet.shops), self.dice.randint(8, 24))):
            self._edit(shop, LABEL, "text d", f"merchant of {shop}")

    def agency_changes_many(self) -> None:
        for shop in self.dice.sample(self.fleet.shops, min(len(self.fleet.shops), self.dice.randint(8, 16))):
            name = self.dice.choice((EMAIL, PRE_ORDER, LABEL))
            self._edit(shop, name, self._some_value(shop, name), "agency")

    def toggles_begin(self) -> None:
        if self.toggling is None:
            shop, name = self.dice.choice(self.fleet.shops), self.dice.choice((EMAIL, PRE_ORDER, LABEL))
            self.toggling = shop, name, self.dice.randint(5, 12)

    def _toggle(self) -> None:
        if self.toggling is None:
            return
        shop, name, left = self.toggling
        git, live = self.fleet.git[shop][name], self.fleet.live[shop][name]
        other: Value = (not git) if isinstance(git, bool) else f"d@{shop}.example" if name == EMAIL else "text d"
        self._edit(shop, name, git if live != git else other)
        self.toggling = (shop, name, left - 1) if left > 1 else None

    def git_changes(self) -> None:
        shop, name = self.dice.choice(self.fleet.shops), self.dice.choice((EMAIL, PRE_ORDER, LABEL))
        if self._chance(0.4) and self._drifted():
            shop, name = self.dice.choice(self._drifted())
            value = self.fleet.live[shop][name] if self._chance(0.5) else self._some_value(shop, name)
        else:
            value = self._some_value(shop, name)
        if name == ENABLED:
            return
        self.fleet.commit(shop, name, value)
        self._say(f"Git of {shop}: {name} = {value}")

    def git_changes_labels(self) -> None:
        shop = self.dice.choice([shop for shop, _ in self._drifted()] or self.fleet.shops)
        severity = self.dice.choice(["critical", "high", None])
        self.fleet.label(shop, severity=severity)
        self._say(f"labels of {shop}: severity {severity}")

    def apply(self) -> None:
        some = {*self.fleet.changed_shops, *(shop for shop, _ in self._drifted())}
        ready = sorted(some - self.fleet.revoked)
        for shop in self.dice.sample(ready, min(len(ready), 2 + len(ready) // 10)):
            self.fleet.apply(shop)
            self._say(f"{shop} is applied")

    def accept(self) -> None:
        drifted = self._drifted()
        if not drifted:
            return
        shop, name = self.dice.choice(drifted)
        value = self.fleet.live[shop][name] if self._chance(0.85) else self._some_value(shop, name)
        until = (self.fleet.now + timedelta(days=self.dice.randint(0, 12))).date().isoformat()
        self.fleet.accept(shop, name, value, until)
        self._say(f"{value} of {shop} {name} is accepted until {until}")

    def withdraw(self) -> None:
        if self.fleet.ledger:
            shop, name = self.dice.choice(list(self.fleet.ledger))
            self.fleet.withdraw(shop, name)
            self._say(f"{shop} {name} is not accepted any more")

    def amazon_judges(self) -> None:
        back = [shop for shop in self.fleet.shops if shop in self.fleet.revoked]
        shop = self.dice.choice(back if back and self._chance(0.6) else self.fleet.shops)
        self.fleet.revoke(shop, revoked=shop not in self.fleet.revoked)
        self._say(f"the credentials of {shop}: revoked {shop in self.fleet.revoked}")

    def platform_restarts(self) -> None:
        self.fleet.restart()
        self._say("the platform is restarted")

    def channel_fails(self) -> None:
        channel = self.dice.choice(CHANNELS)
        if channel not in self.receivers.down:
            fault = self.dice.choice(FAULTS)
            self.receivers.turn(channel, fault)
            self._say(f"{channel} fails: {fault}")

    def channels_return(self) -> None:
        for channel in sorted(self.receivers.down):
            self.receivers.turn(channel, None)
            self._say(f"{channel} is up again")

    # Looks.

    def sends_between_looks(self) -> None:
        life = self._life()
        self.fleet.send(life)
        self._ended("alerts send", life)

    def _ended(self, what: str, life: Life) -> None:
        if life.place is not None:
            self.places.append(life.place)
        self._say(what + (f", killed {life.place}" if life.over else ""))

    def _look(self) -> None:
        weather, life = self._weather(), self._life()
        if life.limit and self._chance(REALLY):
            life.really = True
            if look_in_process(self.fleet, self.receivers, weather, life):
                life.place = f"by SIGKILL at {', '.join(life.calls)}"
        else:
            self.fleet.look(weather, life)
        self._ended(f"a look, {weather}", life)

    def _weather(self) -> Weather:
        chance = self.dice.random()
        if chance < 0.05:
            return Weather(down=True)
        if chance < 0.09:
            return Weather(broken_from=self.dice.randint(1, 4))
        if chance < 0.20:
            drifted = [shop for shop, _ in self._drifted()] or self.fleet.shops
            some = [*self.dice.sample(self.fleet.shops, 2), self.dice.choice(drifted), self.dice.choice(drifted)]
            parts = (WHOLE, frozenset({self.dice.choice(PARTS)}))
            return Weather(hidden={shop: self.dice.choice(parts) for shop in some})
        return Weather()

    def _life(self) -> Life:
        if len(self.places) >= self.pace.kills or not self._chance(0.5):
            return Life()
        step, signs = self.dice.choice(STEPS)
        return Life(self.dice.randint(1, signs), {step})
