"""The use case drift: what the journal and the backend's trail add; neither can make it fail."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.model.canonical import DigestKey, Json, to_canonical
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, FieldRef
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import AppliedValue, BackendError, JournalEntry, Manifest, RunRow, UnfinishedShop, Unreachable
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.drift.trails import TRAILS
from reconciler.workflows.sources import DriftSources
from tests.support.example_worlds import desired_with, live
from tests.support.fake_backend import ModelBackend, Shop
from tests.support.strategies import MAILS, TOKENS, secret

MAIL = FieldRef("amazon_settings", "notification_email")
KEY = DigestKey(b"key of the house")
WHEN = datetime(2026, 4, 1, tzinfo=UTC)


class Folder:
    """Manifests that are already read."""

    def __init__(self, desired_states: Iterable[Desired]) -> None:
        self.desired = tuple(desired_states)

    def read(self, selection: Selection) -> Manifest:
        return Manifest(shops=self.desired, findings=())


class NoSecrets:
    def check_scheme(self, ref: SecretRef) -> None: ...

    def prepare(self, refs: object) -> None: ...

    def resolve(self, ref: SecretRef) -> Secret:
        raise NotImplementedError


class Remembered:
    """A history of last applied values, by shop."""

    def __init__(self, **applied: dict[FieldRef, Json]) -> None:
        self.applied = applied

    def runs(self, shop: ShopKey | None = None, *, limit: int = 20) -> Sequence[RunRow]:
        raise NotImplementedError

    def unfinished(self) -> Sequence[UnfinishedShop]:
        raise NotImplementedError

    def events(self, run: str, shop: ShopKey | None = None) -> Iterator[JournalEntry]:
        raise NotImplementedError

    def last_applied(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Mapping[str, AppliedValue]]:
        known = {shop: self.applied[shop] for shop in shops if shop in self.applied}
        return {
            shop: {str(ref): AppliedValue(value=value, at=WHEN, run="run-1") for ref, value in values.items()}
            for shop, values in known.items()
        }


class Trail:
    """Says of every shop that Hanako changed the mail address, but of some fails."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.asked: list[ShopKey] = []

    async def last_changes(self, shop: ShopKey) -> Sequence[AuditEntry]:
        self.asked.append(shop)
        if shop in self.failing:
            error: BackendError = Unreachable(msg("no answer"))
            raise error
        return [printed(f"Hanako of {shop}")]


def printed(actor: str) -> AuditEntry:
    return AuditEntry(at="2026-11-23T10:00:00", actor=actor, actor_type="MERCHANT", field=MAIL, name="x.y")


def check(shops: Iterable[Shop], evidence: DriftSources | None = None, **values: object) -> Drift:
    held = list(shops)
    desired_states = [desired_with(shop.key, **(values or {"notification_email": MAILS[0]})) for shop in held]
    backend = ModelBackend(held)

    async def story() -> Drift:
        return await check_drift(Selection(), Folder(desired_states), NoSecrets(), backend, evidence)

    drift = anyio.run(story)
    assert backend.asked == []
    return drift


def moved(*keys: str) -> list[Shop]:
    return [live(key, mail=MAILS[1]) for key in keys]


def labels(drift: Drift) -> list[DriftLabel]:
    return [entry.label for shop in drift.shops for entry in shop.entries]


def test_without_evidence_it_is_only_a_difference() -> None:
    drift = check(moved("a"))
    assert labels(drift) == [DriftLabel.DIFFERS]
    assert drift.findings == ()


def test_a_shop_without_a_manifest_is_counted_and_a_deleted_manifest_is_reported() -> None:
    backend = ModelBackend([live("a", mail=MAILS[0]), live("b"), live("c")])
    folder = Folder([desired_with("a", notification_email=MAILS[0])])

    async def story(selection: Selection, *, listed: bool) -> Drift:
        sources = DriftSources(history=Remembered(b={MAIL: MAILS[0]}), list_unmanaged=listed)
        return await check_drift(selection, folder, NoSecrets(), backend, sources)

    drift = anyio.run(partial(story, Selection(), listed=False))
    assert drift.unmanaged is not None
    assert [(each.shop, each.applied, each.run) for each in drift.unmanaged.shops] == [
        ("b", "2026-04-01T00:00:00Z", "run-1"),
        ("c", None, None),
    ]
    assert [(each.code, each.shop) for each in drift.findings] == [(codes.MANIFEST_DELETED, "b")]
    assert not drift.differs
    assert anyio.run(partial(story, Selection(globs=("a",)), listed=False)).unmanaged is None
    named = anyio.run(partial(story, Selection(globs=("a",)), listed=True)).unmanaged
    assert named is not None
    assert named.listed
    assert len(named.shops) == 2


class Closed(ModelBackend):
    """Lists no shops."""

    async def shops(self) -> AsyncIterator[ShopKey]:
        error: BackendError = Unreachable(msg("no list"))
        raise error
        yield ShopKey("a")


@pytest.mark.parametrize(("listed", "expected"), [(False, []), (True, [codes.SHOPS_NOT_LISTED])])
def test_a_backend_that_lists_no_shops_spoils_nothing(listed: bool, expected: list[Code]) -> None:
    async def story() -> Drift:
        backend, folder = Closed([live("a", mail=MAILS[0])]), Folder([desired_with("a", notification_email=MAILS[0])])
        return await check_drift(Selection(), folder, NoSecrets(), backend, DriftSources(list_unmanaged=listed))

    drift = anyio.run(story)
    assert drift.unmanaged is None
    assert [each.code for each in drift.findings] == expected


def test_each_shop_has_a_history_of_its_own() -> None:
    history = Remembered(a={MAIL: MAILS[0]}, b={MAIL: MAILS[1]}, c={MAIL: "x@y.example"})
    drift = check(moved("a", "b", "c"), DriftSources(history=history))
    assert labels(drift) == [DriftLabel.DRIFTED, DriftLabel.CONFLICT, DriftLabel.PENDING]


@pytest.mark.parametrize(("key", "expected"), [(KEY, DriftLabel.DRIFTED), (None, DriftLabel.DIFFERS)])
def test_a_secret_s_history_is_read_with_its_key(key: DigestKey | None, expected: DriftLabel) -> None:
    history = Remembered(a={FieldRef("amazon_settings", "mws_auth_token"): to_canonical(secret(TOKENS[0]), KEY)})
    drift = check(
        [live("a", token=TOKENS[1])], DriftSources(history=history, key=key), mws_auth_token=secret(TOKENS[0])
    )
    assert labels(drift) == [expected]


def test_the_trail_is_read_only_where_the_backend_may_have_changed() -> None:
    trail = Trail()
    history = Remembered(a={MAIL: MAILS[0]}, b={MAIL: MAILS[1]})
    drift = check([*moved("a", "b"), live("c")], DriftSources(history=history, audit=trail))
    assert trail.asked == ["a"]
    assert [entry.changed for shop in drift.shops for entry in shop.entries] == [printed("Hanako of a"), None]
    assert drift.findings == ()


def test_an_unreadable_trail_is_a_note_and_the_drift_is_kept() -> None:
    drift = check(moved("a", "b", "c"), DriftSources(audit=Trail("c", "b")))
    assert [entry.changed for shop in drift.shops for entry in shop.entries] == [printed("Hanako of a"), None, None]
    (note,) = drift.findings
    assert (note.code, note.severity) == (codes.NO_TRAIL, Severity.NOTE)
    assert str(note.summary) == "Could not read who made the changes (2 of 3 shops); b: no answer"


def test_trails_of_a_fleet_are_read_in_part_and_that_is_reported() -> None:
    trail = Trail()
    drift = check(moved(*(f"shop-{number:03}" for number in range(TRAILS + 7))), DriftSources(audit=trail))
    assert len(trail.asked) == TRAILS
    assert [shop.entries[0].changed is not None for shop in drift.shops] == [True] * TRAILS + [False] * 7
    (note,) = drift.findings
    assert "omitted: 7" in str(note.summary)


class KnownOf:
    """What earlier looks read: the authors of some shops."""

    def __init__(self, *shops: str) -> None:
        self.shops = shops

    def author_of(self, shop, entry):
        return printed(f"Hanako of {shop}") if shop in self.shops else None


def test_the_shops_whose_authors_nobody_knows_are_asked_first() -> None:
    names = [f"shop-{number:03}" for number in range(TRAILS + 7)]
    trail = Trail()
    drift = check(moved(*names), DriftSources(audit=trail, authors=KnownOf(*names[:20])))
    assert set(names[20:]) <= set(trail.asked)
    assert len(trail.asked) == TRAILS
    assert all(shop.entries[0].changed is not None for shop in drift.shops)
    assert drift.findings == ()
