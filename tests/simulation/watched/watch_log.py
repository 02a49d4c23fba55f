"""What a watched fleet adds to the log of a world: all that the judges of watching and healing read.

`at` is what a clock showed, and may be set back; `true` is the time that really passed since the world began, in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.world_log import EMAIL, ENABLED, LABEL, PRE_ORDER, Entry, Value

STATUS = "storefront.status"
OTHER = "another field"
"""Anything that the watched fleet never changes itself."""
WRITTEN_AS = {"notificationEmail": EMAIL, "preOrder": PRE_ORDER, "label": LABEL, "useAmazon": ENABLED, "status": STATUS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Entry):
    """It is later. `jumped`: the clock was set."""

    true: float
    jumped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Entry):
    """A watcher started; the one before it was killed or ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBegan(Entry):
    """The watcher does what is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded(Entry):
    """`due`: seconds until the watcher wants to be asked again."""

    due: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed(Entry):
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote(Entry):
    """The backend took a value from the tool; `before` is what it had, as far as the world knows."""

    shop: str
    field: str
    value: Value
    before: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Entry):
    """A look that was recorded compared these shops. `read` are those that the backend answered since the step began."""

    shops: frozenset[str]
    read: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerted(Entry):
    """What an operator was sent about a finding: `event` is what happened, `text` the whole message."""

    shop: str
    field: str
    event: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinted(Entry):
    """A webhook said that the shop changed."""

    shop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Entry):
    """The plan of the shop was approved: exactly these changes, in its window."""

    shop: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack(Entry):
    """A person dropped the deferred apply of the shop."""

    shop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage(Entry):
    """The backend answers nothing from now on, or answers again."""

    down: bool
