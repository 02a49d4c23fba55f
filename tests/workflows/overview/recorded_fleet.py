"""A fleet whose store is written as commands write it: by looks, journals and leases, at times that the test chooses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio

from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.findings.heals import StoreHeals
from reconciler.adapters.store.reviews.review_store import StoreReviews
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.findings.finding import ChangeAuthor, FindingClass, FindingKey, Sighting
from reconciler.core.findings.scope import LookScope
from reconciler.core.findings.transition import LookObservation, fold_look
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.fleet_overview import FleetOverview
from reconciler.core.overview.shop_rows import ShopQuery
from reconciler.core.runs.events import Event
from reconciler.lib.utc import format_utc
from reconciler.ports.findings.finding_store import LookRecord
from reconciler.wiring.console.read_only_stores import ReadOnlyOverviews, ReadOnlyStore
from reconciler.wiring.console.sources import read_only_session
from reconciler.wiring.session import Settings, load_settings
from reconciler.workflows.overview.fleet import fleet_overview
from tests.adapters.store.fakes import KEY, info, plan
from tests.support.manual_clock import HandClock

NOW = datetime(2026, 6, 30, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EMAIL = "amazon.notification.email"


def sighting(shop: str, severity: FindingSeverity = FindingSeverity.MEDIUM, **words: object) -> Sighting:
    field, kind = str(words.pop("field", EMAIL)), words.pop("kind", FindingClass.DRIFTED)
    assert isinstance(kind, FindingClass)
    usual = Sighting(
        key=FindingKey(fleet=FLEET, shop=shop, field=field, kind=kind),
        severity=severity,
        owner="@pay",
        file=f"shops/{shop}.yaml",
        desired="pay@kyoto-tea.example",
        observed="other@kyoto-tea.example",
        author=ChangeAuthor(actor="tanaka", actor_type="MERCHANT", at="2026-06-01T09:00:00Z"),
        group="kansai",
    )
    return replace(usual, **words)  # type: ignore[arg-type]  # of a test


FLEET = "production-embedded"


class RecordedFleet:
    """`clock` is that of the page. Nothing is there until something is recorded."""

    def __init__(self, folder: Path, place: str) -> None:
        (folder / "shops").mkdir(parents=True)
        (folder / "reconciler.yaml").write_text(f"store: {json.dumps(place)}\nembedded: {{seed: seed.json}}\n")
        (folder / "seed.json").write_text('{"shops": []}')
        settings = load_settings(folder / "reconciler.yaml")
        assert isinstance(settings, Settings), settings
        self.folder, self.place, self.settings, self.clock = folder, place, settings, HandClock(NOW)
        self._reading = ReadOnlyStore(settings)
        self.session = replace(read_only_session(settings, self._reading), clock=self.clock)
        assert self.session.target.fleet_name == FLEET
        self.stores = ReadOnlyOverviews(self._reading, self.clock)
        self._writing: Store | None = None

    @property
    def store(self) -> Store:
        """Made on first use."""
        if self._writing is None:
            self._writing = open_store(self.place)
        return self._writing

    def close(self) -> None:
        self._reading.close()
        if self._writing is not None:
            self._writing.close()

    def overview(self, **query: object) -> FleetOverview:
        return fleet_overview(self.session, self.stores, ShopQuery(**query))  # type: ignore[arg-type]  # of a test

    def look(
        self,
        at: datetime,
        *seen: Sighting,
        shops: tuple[str, ...] = (),
        unread: Mapping[str, str] | None = None,
        complete: bool = True,
        accepted: tuple[Acceptance, ...] = (),
        fleet: str = FLEET,
    ) -> None:
        """A look that compared `shops` and those of what it saw."""
        missing, moment, store = unread or {}, format_utc(at), StoreFindings(self.store)
        with_finding = {each.key.shop for each in seen if each.key.kind is not FindingClass.FOREIGN_ENDPOINT}
        compared = frozenset({*shops, *with_finding} - missing.keys())
        sightings = {each.key.id: each for each in seen}
        scope = LookScope(compared=compared, unread=frozenset(missing), complete=complete)
        record = LookRecord(
            number=store.begin_look(fleet, moment),
            fleet=fleet,
            ended=moment,
            seconds=1.5,
            requests=3,
            complete=complete,
            compared=compared,
            unread=missing,
        )

        def fold(stored):
            observed = LookObservation(at=moment, scope=scope, sightings=sightings, acceptances=accepted)
            return fold_look(stored, observed)

        store.record_look(record, frozenset(sightings), fold)

    def run(self, run: str, events: list[tuple[datetime, Event]], *shops: str, **about: object) -> None:
        """Each event at its time."""
        clock = HandClock(events[0][0])
        journal = StoreJournal(self.store, info(run, started=events[0][0], **about), plan(*shops), clock, KEY)

        async def tell() -> None:
            for at, event in events:
                clock.advance((at - clock.now()).total_seconds())
                await journal.record(event)

        anyio.run(tell)

    def leases(self, run: str, *, seconds: float = 60.0) -> StoreLeases:
        """Of a process of this machine, on the page's clock."""
        return StoreLeases(self.store, info(run), self.clock, ttl=timedelta(seconds=seconds))

    @property
    def heals(self) -> StoreHeals:
        return StoreHeals(self.store)

    @property
    def reviews(self) -> StoreReviews:
        return StoreReviews(self.store)
