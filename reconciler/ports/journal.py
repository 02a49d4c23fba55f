"""The journal: history and coordination, never the truth about the world."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reconciler.core.model.canonical import Json
from reconciler.core.runs.run_summary import RunCounts
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.leases import LeaseInfo, Leases

if TYPE_CHECKING:  # the ports are one door: who only looks comes through it as well, and needs no events
    from reconciler.core.model.state import FieldRef
    from reconciler.core.planning.plan import Plan
    from reconciler.core.runs.earlier_run import EarlierRun
    from reconciler.core.runs.events import Event, GuardsOverridden, StepStarted
    from reconciler.core.runs.step_history import StepRecord


@frozen
class RunInfo:
    """Who applies what, from where: recorded in the journal once, before anything else.

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


class EventJournal(Protocol):
    """The part of a journal that a recovery needs: it has no steps."""

    async def record(self, event: Event) -> None:
        """Returns once the event cannot be lost, nor what was noted of its shop before; a run's own takes along all shops'."""
        ...


class Journal(EventJournal, Protocol):
    """History and coordination of one run, not the truth about the world."""

    async def record_intent(self, event: StepStarted, lease: LeaseInfo) -> None:
        """As `record`, and only if the shop is still written under `lease`: both in one step. Raises LeaseHeld."""
        ...

    async def record_lazily(self, event: Event) -> None:
        """For what can be found out again by looking: kept with what is recorded next, and lost with the process until then."""
        ...


class ProgressListener(Protocol):
    """Something that watches events go by (a progress bar, a log). It cannot fail the run."""

    def on_event(self, event: Event) -> None: ...


@frozen
class JournalEntry:
    """An event as it was journalled. `number` grows over the whole journal."""

    number: int
    at: datetime
    event: Event


@frozen
class RunRow:
    """One run as the journal has it, without its events. `shops` counts those that it started, `left` those that are
    unfinished.

    `ended` is None for a killed run or one that is still running; then `resumed_by` is the run that recovered its shops.
    """

    info: RunInfo
    shops: int
    ended: datetime | None
    counts: RunCounts = RunCounts()
    unfinished_shops: int = 0
    interrupted: bool = False
    running: bool = False
    resumed_by: str | None = None
    overrides: GuardsOverridden | None = None


@frozen
class UnfinishedShop:
    """A shop that a run started and did not finish: it must be read again.

    `closed`: the run asked for it to be closed and the journal has no reopening. `intents` are steps that were started
    and have no outcome: (step, write key). `closing_keys` name the run's requests to close. `disputed`: it is unknown whether
    the run or another actor closed the shop. `closed_since` is when the run asked for the closing that is not undone.
    """

    shop: ShopKey
    run: RunInfo
    closed: bool
    pending_writes: tuple[tuple[int, str], ...]
    closing_keys: frozenset[str] = frozenset()
    disputed: bool = False
    closed_since: datetime | None = None


@frozen
class AppliedValue:
    """`value` as canonical.write gives it, secrets as keyed digests."""

    value: Json
    at: datetime
    run: str


@frozen
class FailedShops:
    """`last` is the number of the last event there is; 0 in an empty journal."""

    last: int
    shops: frozenset[ShopKey] = frozenset()


@frozen
class RunFilter:
    """All that is given must hold. `run` is a whole id. `words` is a part of the id, actor, command or commit, in any case.
    `before` is the id of a run: only older ones.
    """

    run: str | None = None
    words: str = ""
    before: str | None = None


class History(Protocol):
    """What the journal remembers, for people and for resuming."""

    def runs(
        self, shop: ShopKey | None = None, *, limit: int = 20, wanted: RunFilter | None = None
    ) -> Sequence[RunRow]:
        """Newest first; with `shop` those that concern it."""
        ...

    def actors(self, runs: Collection[str]) -> Mapping[str, str]:
        """Who started each run, by its id. A run that is not known any more is omitted."""
        ...

    def run_events(self, run: str) -> Iterator[JournalEntry]:
        """As `events`, only those of the run itself: about no shop."""
        ...

    def events(self, run: str, shop: ShopKey | None = None) -> Iterator[JournalEntry]:
        """In the order in which they happened, read lazily; with `shop` that shop's, and those of the run itself."""
        ...

    def step_records(self, run: str, shop: ShopKey) -> Sequence[StepRecord]:
        """What the run did in the shop, step by step."""
        ...

    def unfinished(self, shop: ShopKey | None = None, *, running: bool = False) -> Sequence[UnfinishedShop]:
        """Over all runs whose lease no longer lives, oldest first; a shop that a later run finished is not among them. `running`:
        instead over those whose lease lives.
        """
        ...

    def last_applied(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Mapping[str, AppliedValue]]:
        """Shop by shop, by field (`kind.field`): the value that was last applied, in canonical JSON.

        A shop without such a value is omitted.
        """
        ...

    def earlier_runs(self, shops: Sequence[ShopKey], since: datetime) -> Sequence[EarlierRun]:
        """What runs that started at `since` or later were to do in these shops, in the order in which they started."""
        ...

    def replaced_values(self, ref: FieldRef) -> Mapping[ShopKey, Sequence[str]]:
        """Shop by shop, oldest first: the texts of the field that runs were to replace by another value, as far back as the
        journal goes back. A shop in which the field was never replaced is omitted.
        """
        ...

    def changed_fields(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, frozenset[str]]:
        """Shop by shop: the fields (`kind.field`) that runs which ended at `since` or later, or have not ended, were to
        change. A shop in which no such run worked is omitted.
        """
        ...

    def failed_shops(self, after: int | None) -> FailedShops:
        """The shops in which runs of any process failed, or were refused, after the event of that number; None: only the
        number to ask with next time.
        """
        ...


class OpenRunStore(Protocol):
    """A store that is open for writing."""

    def journal(self, info: RunInfo, plan: Plan) -> Journal:
        """The journal of one run of `plan`. Raises SetupError."""
        ...

    def leases(self, info: RunInfo) -> Leases: ...

    def history(self) -> History: ...


@frozen
class PrunedRows:
    """What was deleted: runs with their events or chunks, looks, resolved findings with theirs, alerts, heals, plans of pull
    requests, deferred applies that expired, shops that no onboarding status has been about since.
    """

    runs: int
    looks: int
    findings: int
    alerts: int
    heals: int
    plans: int
    deferred: int
    onboarding: int


@frozen
class CopiedTable:
    """`digest` is of its rows in any order: equal in source and target."""

    name: str
    rows: int
    digest: str


@frozen
class StoreCopy:
    """`source` and `target` are their names in messages, without a password. `of_runs`, `of_inbox`: what the settings use the
    source for.
    """

    source: str
    target: str
    tables: tuple[CopiedTable, ...]
    of_runs: bool = True
    of_inbox: bool = False


class RunStore(Protocol):
    @property
    def retention(self) -> timedelta | None:
        """How long what has ended is kept; None where the settings do not say."""
        ...

    def prune(self, before: datetime, *, dry_run: bool = False) -> PrunedRows | None:
        """Deletes what ended before. Unfinished and open runs, open findings, leases, last applied values, deferred applies
        and alerts that wait, and everything of the inbox stay. `dry_run`: only counts. None where there is no store. Raises
        SetupError.
        """
        ...

    def backup(self, target: Path) -> int:
        """Copies the store to a new file; returns its bytes. Raises SetupError, also where there is no store."""
        ...

    def copy(self, target: str, *, inbox: bool = False) -> StoreCopy:
        """Copies all of the store, or of the sidecar's inbox, into the empty database at the address `target`, or a new file.
        All or nothing. Raises SetupError, also where there is nothing to copy.
        """
        ...

    def ephemeral_place(self) -> str | None:
        """Where the store is, if it will probably vanish with the CI job that this process belongs to."""
        ...

    def open(self) -> AbstractContextManager[OpenRunStore]:
        """Makes the store where there is none. Raises SetupError."""
        ...

    def history(self) -> AbstractContextManager[History | None]:
        """None where no run ever wrote: looking makes no store. Raises SetupError."""
        ...

    def active_leases(self) -> AbstractContextManager[Sequence[LeaseInfo]]:
        """The leases that have not expired; looking makes no store. Raises SetupError."""
        ...
