"""The journal: history and coordination, never the truth about the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconciler.core.canonical import Json
from reconciler.core.events import Event
from reconciler.core.values import ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Who applies what, from where: told to the journal once, before anything else.

    `run` is a UUID; `actor` the person or job as the environment names it; `commit` the Git commit of the manifests.
    """

    run: str
    actor: str
    host: str
    pid: int
    command: str
    version: str
    started: datetime
    fingerprint: str
    commit: str | None = None


class Journal(Protocol):
    """History and coordination of one run, not the truth about the world. `record` returns once the event cannot be lost."""

    async def record(self, event: Event) -> None: ...


class Progress(Protocol):
    """Something that watches events go by (a progress bar, a log). It cannot fail the run."""

    def see(self, event: Event) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it was journalled. `number` grows over the whole journal."""

    number: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run as the journal has it. `ended` is None for a run that was cut off, or still goes on."""

    info: RunInfo
    events: tuple[Recorded, ...]
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A shop that a run began and did not finish: what must be looked at again.

    `closed`: the run asked for it to be closed and the journal knows of no reopening. `intents` are steps that were begun
    and have no outcome: (step, idempotency key).
    """

    shop: ShopKey
    run: RunInfo
    closed: bool
    intents: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`value` as canonical.write gives it, secrets as keyed digests."""

    value: Json
    at: datetime
    run: str


class History(Protocol):
    """What the journal remembers, for people and for resuming."""

    def runs(self, shop: ShopKey | None = None, *, limit: int = 20) -> Sequence[RunRecord]:
        """Newest first."""
        ...

    def unfinished(self) -> Sequence[Unfinished]:
        """Over all runs whose lease no longer lives, oldest first; a shop that a later run finished is not among them."""
        ...

    def last_applied(self, shop: ShopKey) -> Mapping[str, Applied]:
        """By field (`kind.field`): the value that was last written and acknowledged, in canonical JSON."""
        ...
