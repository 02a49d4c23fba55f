"""What a drift check reports about notifications and endpoints; neither can make it fail."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.missed_notifications import NotificationState
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, Observed
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import Manifest, SetupError
from reconciler.ports.notifications import NotificationSource, NotificationStats
from reconciler.ports.sync_cache import CachedPage, SyncedShop, SyncSnapshot
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.sources import DriftSources
from tests.support.auto_clock import elapsed
from tests.support.example_worlds import desired_with, live, site_url
from tests.support.fake_backend import ModelBackend, Shop, unreachable
from tests.support.strategies import MAILS, SELLERS

NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ELSEWHERE = "https://elsewhere.example/ipn"


class Folder:
    """Manifests that are already read; the selection decides which are returned."""

    def __init__(self, desired_states: Iterable[Desired]) -> None:
        self.desired = tuple(desired_states)
        self.read_whole = 0

    def read(self, selection: Selection) -> Manifest:
        self.read_whole += selection.everything
        return Manifest(shops=tuple(one for one in self.desired if selection.includes(one)), findings=())


class NoSecrets:
    def check_scheme(self, ref: SecretRef) -> None: ...

    def prepare(self, refs: object) -> None: ...

    def resolve(self, ref: SecretRef) -> Secret:
        raise NotImplementedError


class Noon:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return elapsed(NOW)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


class Remembered:
    """An inbox that was read, or cannot be."""

    def __init__(self, error: SetupError | None = None, **heard: NotificationStats) -> None:
        self.answers = {ShopKey(shop): each for shop, each in heard.items()}
        self.error = error
        self.asked: list[tuple[Sequence[ShopKey], datetime]] = []

    async def stats(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, NotificationStats]:
        self.asked.append((shops, since))
        if self.error is not None:
            raise self.error
        return self.answers


class Walled(ModelBackend):
    """Cannot list its shops."""

    async def shops(self) -> AsyncIterator[ShopKey]:
        raise unreachable()
        yield


class Fading(ModelBackend):
    """Answers no more from the second question on."""

    questions = 0

    async def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator:
        self.questions += 1
        if self.questions > 1:
            raise unreachable()
        async for world in super().observe(shops):
            yield world


class Paged(ModelBackend):
    """Each shop is a page; only that of `b` has moved."""

    @property
    def pages(self) -> Sequence[CachedPage]:
        return tuple(CachedPage(query=key, version="v", shops=(key,)) for key in self.state)

    async def read_remaining_pages(self) -> None:
        """There are none."""

    async def reread_changed(
        self, pages: Sequence[CachedPage]
    ) -> AsyncGenerator[tuple[CachedPage, tuple[Observed, ...]], None]:
        for page in pages:
            if page.query == "b":
                yield page, (self.look(ShopKey("b")),)


class Yesterday:
    """A cache in which shop `a` was in sync, with its pages."""

    def __init__(self, backend: Paged) -> None:
        place = declared("a").origin
        self.standing = SyncSnapshot(pages=tuple(backend.pages), shops={ShopKey("a"): SyncedShop(place, True, place)})

    def load(self) -> SyncSnapshot:
        return self.standing

    def save(self, standing: SyncSnapshot) -> None:
        pass


def ear(inbox: Remembered) -> NotificationSource:
    return NotificationSource(notifications=inbox, clock=Noon(), patience=24 * HOUR, memory=21 * 24 * HOUR)


def check(
    backend: ModelBackend,
    evidence: DriftSources,
    *globs: str,
    folder: Folder | None = None,
    memory: Yesterday | None = None,
) -> Drift:
    """Every shop of the backend has a manifest, unless `folder` says otherwise."""
    manifests = folder or Folder(declared(key) for key in backend.state)

    async def story() -> Drift:
        return await check_drift(Selection(globs=globs), manifests, NoSecrets(), backend, evidence, memory=memory)

    return anyio.run(story)


def declared(key: str) -> Desired:
    return desired_with(key, notification_email=MAILS[0], seller_id=SELLERS[0])


def fleet(*keys: str, strange: bool = True, kind: type[ModelBackend] = ModelBackend) -> ModelBackend:
    """Shops of one seller, all registered; a foreign URL beside them."""
    urls = [*map(site_url, keys), *([ELSEWHERE] if strange else [])]
    return kind([live(key) for key in keys], [(SELLERS[0], url) for url in urls])


def found_in(drift: Drift) -> list[tuple[str | None, str, Severity]]:
    return [(each.shop, each.code.slug, each.severity) for each in drift.all_findings]


# What was heard


def test_without_a_sidecar_nothing_is_reported() -> None:
    drift = check(fleet("a", strange=False), DriftSources())
    assert [shop.notifications for shop in drift.shops] == [None]
    assert not drift.differs


def test_each_shops_last_notification_is_shown_and_all_are_read_together() -> None:
    inbox = Remembered(a=NotificationStats(last=NOW - HOUR))
    drift = check(fleet("a", "b", strange=False), DriftSources(notifications=ear(inbox)))
    assert [shop.notifications for shop in drift.shops] == [
        NotificationState(registered=True, last="2026-04-02T11:00:00Z"),
        NotificationState(registered=True),
    ]
    assert inbox.asked == [(["a", "b"], NOW - 21 * 24 * HOUR)]
    assert not drift.differs


@pytest.mark.parametrize(("hours", "silent"), [(23, False), (24, True), (200, True)])
def test_silence_starts_when_a_capture_has_no_notification_for_long(hours: int, silent: bool) -> None:
    inbox = Remembered(a=NotificationStats(last=NOW - 300 * HOUR, missed_captures=2, missed_since=NOW - hours * HOUR))
    drift = check(fleet("a", strange=False), DriftSources(notifications=ear(inbox)))
    assert found_in(drift) == ([("a", "silent", Severity.WARNING)] if silent else [])
    assert drift.differs is silent


def test_a_shop_that_is_not_registered_is_not_silent() -> None:
    inbox = Remembered(a=NotificationStats(missed_captures=2, missed_since=NOW - 200 * HOUR))
    drift = check(ModelBackend([live("a")]), DriftSources(notifications=ear(inbox)))
    assert found_in(drift) == []
    assert drift.shops[0].notifications == NotificationState(missed_captures=2, missed_since="2026-03-25T04:00:00Z")


def test_a_shop_that_cannot_be_read_is_heard_and_not_judged() -> None:
    backend = fleet("a", strange=False)
    backend.unreadable = lambda shop, number: ["ipn_endpoint"]
    inbox = Remembered(a=NotificationStats(missed_captures=2, missed_since=NOW - 200 * HOUR))
    drift = check(backend, DriftSources(notifications=ear(inbox)))
    assert [slug for _, slug, _ in found_in(drift)] == ["unreachable"]
    assert drift.shops[0].notifications is not None


def test_an_unreadable_inbox_is_reported_and_the_drift_is_kept() -> None:
    inbox = Remembered(error=SetupError(msg("its disk fails"), hint=msg("Mend it")))
    backend = ModelBackend([live("a", mail=MAILS[1])])
    drift = check(backend, DriftSources(notifications=ear(inbox)))
    assert len(drift.shops[0].entries) == 1
    assert drift.shops[0].notifications is None
    (unread,) = drift.findings
    assert (unread.code, str(unread.summary), str(unread.hint)) == (codes.INBOX_UNREAD, "its disk fails", "Mend it")


# Foreign endpoints


def test_a_foreign_endpoint_is_reported_once_per_seller() -> None:
    drift = check(fleet("a", "b"), DriftSources())
    assert found_in(drift) == [("a", "foreign-endpoint", Severity.WARNING)]
    assert drift.shops[0].entries == ()
    assert drift.differs


def test_an_endpoint_that_may_be_a_shops_is_not_reported() -> None:
    assert found_in(check(fleet("a"), DriftSources(other_endpoints=frozenset({ELSEWHERE})))) == []


def test_where_nothing_is_strange_no_other_shop_is_read() -> None:
    backend = fleet("a", strange=False)
    backend.state[ShopKey("b")] = live("b", seller_id=SELLERS[1])
    folder = Folder([declared("a"), declared("b")])
    check(backend, DriftSources(), "a", folder=folder)
    assert backend.reads == {"a": 1}
    assert folder.read_whole == 0


def test_the_url_of_a_shop_that_was_not_selected_is_known_by_its_manifest() -> None:
    backend = fleet("a", "b", strange=False)
    backend.state[ShopKey("c")] = live("c", seller_id=SELLERS[1])
    folder = Folder([declared("a"), declared("b"), desired_with("c", seller_id=SELLERS[1])])
    assert found_in(check(backend, DriftSources(), "a", folder=folder)) == []
    assert backend.reads == {"a": 1, "b": 1}


def test_the_url_of_a_shop_without_a_manifest_is_known_by_the_backend() -> None:
    backend = fleet("a", "b", strange=False)
    folder = Folder([declared("a")])
    assert found_in(check(backend, DriftSources(), folder=folder)) == []
    assert folder.read_whole == 1
    assert found_in(check(backend, DriftSources(), "a", folder=folder)) == []


def test_no_shop_is_read_twice_for_a_stranger() -> None:
    backend = fleet("a", "b", "c")
    found = found_in(check(backend, DriftSources(), "a", folder=Folder([declared("a"), declared("b")])))
    assert found == [("a", "foreign-endpoint", Severity.WARNING)]
    assert backend.reads == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize("in_manifest", [True, False])
def test_a_shop_that_is_only_remembered_is_read_where_its_url_is_wanted(in_manifest: bool) -> None:
    backend = Paged([live("a"), live("b")], [(SELLERS[0], site_url("a"))])
    desired_states = [declared("a") if in_manifest else desired_with("a", notification_email=MAILS[0]), declared("b")]
    drift = check(backend, DriftSources(), folder=Folder(desired_states), memory=Yesterday(backend))
    assert [shop.shop for shop in drift.shops] == ["a", "b"]
    assert found_in(drift) == []
    assert backend.reads == {"a": 1}


@pytest.mark.parametrize("kind", [Walled, Fading])
def test_what_cannot_be_read_leaves_a_note_only(kind: type[ModelBackend]) -> None:
    backend = fleet("a", "b", kind=kind)
    drift = check(backend, DriftSources(), folder=Folder([declared("a")]))
    assert found_in(drift) == [("a", "foreign-endpoint", Severity.NOTE)]
    assert not drift.differs


def test_a_shop_that_could_not_be_read_may_own_the_endpoint() -> None:
    backend = fleet("a", "b")
    backend.unreadable = lambda shop, number: ["amazon_settings"] if shop == "b" else []
    drift = check(backend, DriftSources(), folder=Folder([declared("a")]))
    assert found_in(drift) == [("a", "foreign-endpoint", Severity.NOTE)]


def test_nothing_is_written() -> None:
    backend = fleet("a", "b")
    check(backend, DriftSources(notifications=ear(Remembered())))
    assert backend.asked == []


def test_it_is_the_same_each_time() -> None:
    shops: list[Shop] = [live(key) for key in ("c", "a", "b")]
    backend = ModelBackend(shops, [(SELLERS[0], ELSEWHERE), (SELLERS[0], "https://another.example/ipn")])
    first, second = (check(backend, DriftSources(notifications=ear(Remembered()))) for _ in range(2))
    assert first == second
    assert [shop.shop for shop in first.shops] == ["a", "b", "c"]
