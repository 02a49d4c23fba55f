"""A drift check of a fleet that was checked before: later changes are found, and nothing else is read."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from bench.fleet import shop_key, world, write_fleet
from reconciler.adapters.backend import BackendConfig, HttpBackend, HttpObserver
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.files.sync_cache import SyncCacheFile
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.adapters.secrets import SecretResolver
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.model.selection import Selection
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from reconciler.ports import Manifest, WriteRequest
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.drift.incremental import synced_shop
from reconciler.workflows.drift.notifications import seen_of
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live
from tests.support.strategies import MAILS, TOKENS, secret

SHOPS, PAGE = 100, 25
MOST = SHOPS // PAGE + 2
LATER = datetime(2100, 1, 1, tzinfo=UTC)
EVERYTHING = Selection()
CONFIG = BackendConfig(
    base_url="http://embedded.invalid",
    client_id="bench",
    client_secret=Secret("secret", SecretRef("ref+test://x")),
    page_size=PAGE,
)


class Late(SystemClock):
    """Long after the manifests were written."""

    def now(self) -> datetime:
        return LATER


class Fleet:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shops = folder / "shops"
        self.cache = folder / "cache" / "standing"
        self.context = "here"
        self.clock: SystemClock = Late()
        write_fleet(self.shops, SHOPS)
        self.app = create_app(EmbeddedConfig(database=folder / "world.db", seed=world(SHOPS)))
        self.app.state.world.ensure_client("bench", "secret")
        self.parsed = 0
        self.statuses: list[int | None] = []

    def read(self, selection: Selection) -> Manifest:
        self.parsed += 1
        return ManifestFolder(self.shops, shown_as="shops").read(selection)

    def check(self, selection: Selection = EVERYTHING) -> Drift:
        self.parsed = 0
        return anyio.run(self._check, selection)

    async def _check(self, selection: Selection) -> Drift:
        async with self.observer() as backend:
            memory = SyncCacheFile(self.cache, self.shops, self.context, self.clock)
            drift = await check_drift(selection, self, SecretResolver(self.folder), backend, memory=memory)
            self.statuses = [line.status for line in backend.requests]
        assert len(self.statuses) <= MOST
        return drift

    def move(self, number: int, mail: str) -> None:
        """At the backend, behind Git's back."""
        anyio.run(self._move, number, mail)

    async def _move(self, number: int, mail: str) -> None:
        async with HttpBackend(CONFIG, SystemClock(), in_process(self.app)) as backend:
            (seen,) = [one async for one in backend.observe([ShopKey(shop_key(number))])]
            version = seen.reads["amazon_settings"].version
            values = {"notification_email": mail}
            await backend.execute(
                WriteRequest(shop=seen.shop, kind="amazon_settings", values=values, version=version, key="1")
            )

    def observer(self) -> HttpObserver:
        return HttpObserver(CONFIG, SystemClock(), in_process(self.app))

    def edit(self, number: int, old: str, new: str) -> None:
        path = self.shops / f"{shop_key(number)}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    @property
    def unread(self) -> bool:
        """No manifest was parsed and no page came again."""
        return self.parsed == 0 and self.statuses == [200, *[304] * (SHOPS // PAGE)]


def drifted(drift: Drift) -> dict[str, Sequence[tuple[str, DriftLabel]]]:
    return {shop.shop: [(str(e.ref), e.label) for e in shop.entries] for shop in drift.shops if shop.entries}


@pytest.fixture
def fleet(tmp_path):
    return Fleet(tmp_path)


def test_a_fleet_that_did_not_move_is_neither_read_nor_parsed_again(fleet):
    first = fleet.check()
    assert fleet.statuses == [200] * (1 + SHOPS // PAGE)
    kept = fleet.cache.stat()
    again = fleet.check()
    assert fleet.unread
    assert again == first
    assert all(shop.labels and shop.group for shop in again.shops), "rules of alerts match them"
    assert fleet.cache.stat().st_ino == kept.st_ino, "what it says already is not written again"
    assert len(again.shops) == SHOPS


def test_a_shop_that_moved_at_the_backend_is_found_and_only_its_page_is_read(fleet):
    fleet.check()
    fleet.move(30, "other@example.com")
    for _ in range(2):
        printed = fleet.check()
        assert drifted(printed) == {shop_key(30): [("amazon_settings.notification_email", DriftLabel.DIFFERS)]}
        assert len(printed.shops) == SHOPS
        assert fleet.statuses.count(200) == 2  # the token, and the page
    fleet.move(30, f"amazon-pay@{shop_key(30)}.example")
    assert not drifted(fleet.check())
    fleet.check()
    assert fleet.unread


def test_credentials_that_amazon_revokes_after_a_check_are_found(fleet):
    fleet.check()
    for _ in range(2):
        fleet.app.state.world.amazon_revokes(shop_key(30))
        printed = fleet.check()
        assert printed.differs
        assert printed.shops[0].shop == shop_key(30)
        assert [shop.problems for shop in printed.shops if shop.problems] == [(PaymentProblem.CREDENTIALS_REFUSED,)]
    fleet.app.state.world.amazon_restores(shop_key(30))
    assert not fleet.check().differs


@pytest.mark.parametrize("shared", ["_defaults.yaml", "_groups/standard.yaml"])
def test_a_shared_file_that_changed_is_read(fleet, shared):
    fleet.check()
    with (fleet.shops / shared).open("a") as file:
        file.write("storefront:\n  status: closed\n" if shared.startswith("_d") else "labels:\n  tier: gold\n")
    fleet.check()
    assert fleet.parsed == 1


def test_a_manifest_that_changed_is_compared(fleet):
    fleet.check()
    fleet.edit(7, "pre_order: true ", "pre_order: false")
    assert drifted(fleet.check()) == {shop_key(7): [("amazon_pay_payment.pre_order", DriftLabel.DIFFERS)]}


def test_a_change_of_the_same_size_whose_time_was_set_back_is_seen(fleet):
    path = fleet.shops / f"{shop_key(7)}.yaml"
    before = path.stat()
    fleet.check()
    fleet.edit(7, "subscription: false", "subscription: true ")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert drifted(fleet.check())


def test_what_was_written_a_moment_ago_is_not_relied_upon(fleet):
    fleet.clock = SystemClock()
    fleet.check()
    assert not fleet.cache.exists()


@pytest.mark.parametrize(
    "spoil",
    [lambda b: b[:-10], lambda b: b.replace(b"shop-000001", b"shop-000002"), lambda b: b"", lambda b: b"\xff" * 99],
    ids=["cut", "changed", "empty", "garbage"],
)
def test_a_spoilt_cache_is_none(fleet, spoil):
    first = fleet.check()
    fleet.cache.write_bytes(spoil(fleet.cache.read_bytes()))
    assert fleet.check() == first
    assert fleet.parsed == 1


def test_another_history_or_backend_makes_it_worthless(fleet):
    fleet.check()
    fleet.context = "elsewhere"
    fleet.check()
    assert fleet.parsed == 1


def test_another_version_of_the_tool_does_not_trust_it(fleet, monkeypatch):
    fleet.check()
    monkeypatch.setattr("reconciler.adapters.files.sync_cache.__version__", "0.0.0")
    fleet.check()
    assert fleet.parsed == 1


def test_a_cache_that_cannot_be_written_spoils_nothing(fleet):
    fleet.cache.parent.write_text("a file where the folder should be")
    assert len(fleet.check().shops) == SHOPS


def test_a_check_of_some_shops_neither_uses_nor_spoils_it(fleet):
    fleet.check()
    assert len(fleet.check(Selection(globs=(f"{shop_key(3)}",))).shops) == 1
    assert fleet.parsed == 1
    fleet.check()
    assert fleet.unread


def test_a_fleet_with_diagnostics_is_checked_each_time(fleet):
    fleet.edit(7, "status: open", "status: ajar")
    for _ in range(2):
        assert fleet.check().findings
        assert fleet.parsed == 1


def test_a_shop_missing_from_its_page_is_reported(fleet):
    fleet.check()
    smaller = world(SHOPS)
    smaller["shops"] = [shop for shop in smaller["shops"] if shop["shopKey"] != shop_key(60)]
    fleet.app = create_app(EmbeddedConfig(database=fleet.folder / "other.db", seed=smaller))
    fleet.app.state.world.ensure_client("bench", "secret")
    printed = anyio.run(_gone, fleet)
    assert [shop.shop for shop in printed.shops if shop.unknown] == [shop_key(60)]


def test_shops_without_a_manifest_are_counted_without_a_request_more(fleet):
    fleet.app = create_app(EmbeddedConfig(database=fleet.folder / "larger.db", seed=world(SHOPS + PAGE)))
    fleet.app.state.world.ensure_client("bench", "secret")
    extra = sorted(shop["shopKey"] for shop in world(SHOPS + PAGE)["shops"])
    declared = {path.stem for path in fleet.shops.rglob("shop-*.yaml")}
    expected = [key for key in extra if key not in declared]
    assert unmanaged(fleet.check()) == expected
    assert fleet.statuses == [200] * (2 + SHOPS // PAGE)
    assert unmanaged(fleet.check()) == expected
    assert fleet.parsed == 0
    assert fleet.statuses == [200, *[304] * (1 + SHOPS // PAGE)]
    (fleet.shops / f"{shop_key(30)}.yaml").unlink()
    assert unmanaged(fleet.check()) == sorted([*expected, shop_key(30)])


def test_a_shop_that_comes_behind_the_last_page_is_counted(fleet):
    assert unmanaged(fleet.check()) == []
    fleet.app = create_app(EmbeddedConfig(database=fleet.folder / "larger.db", seed=world(SHOPS + 1)))
    fleet.app.state.world.ensure_client("bench", "secret")
    assert len(anyio.run(_gone, fleet).unmanaged.shops) == 1


def unmanaged(drift: Drift) -> list[str]:
    return [str(each.shop) for each in drift.unmanaged.shops]


async def _gone(fleet):
    async with fleet.observer() as backend:
        memory = SyncCacheFile(fleet.cache, fleet.shops, fleet.context, fleet.clock)
        return await check_drift(EVERYTHING, fleet, SecretResolver(fleet.folder), backend, memory=memory)


def test_no_value_of_a_shop_and_no_secret_is_kept(fleet):
    fleet.check()
    kept = fleet.cache.read_text()
    assert "amzn1" not in kept
    assert "@" not in kept
    assert shop_key(1) in kept


def test_a_verdict_on_a_shop_with_a_secret_is_not_kept():
    """The secret may be changed unseen."""
    world = look(live())
    plain, secret_one = desired_with(notification_email=MAILS[0]), desired_with(mws_auth_token=secret(TOKENS[0]))
    for wanted, lasts in ((plain, True), (secret_one, False)):
        (seen,) = seen_of(wanted, world).values()
        assert (synced_shop(wanted, seen) is not None) is lasts
