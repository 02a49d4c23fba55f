"""Which shop has a path: read in bulk, cached, and never reported as unknown after an incomplete read."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from reconciler.adapters.backend import BackendConfig, HttpObserver
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.shop_directory import REFRESH_INTERVAL, RETRY_INTERVAL, STALE_AFTER, BackendDirectory
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Known, Observed
from reconciler.core.values import ABSENT, Secret, SecretRef, ShopKey
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from reconciler.ports import Unreachable
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopIdentity, ShopsReadRecently
from tests.adapters.backend.fakes import FakeClock
from tests.ipn.worker_harness import StillClock

pytestmark = pytest.mark.anyio

KYOTO, NARA = ShopKey("kyoto-tea"), ShopKey("nara-ink")
UNREAD = diagnostic(codes.UNREACHABLE, msg("it did not answer"))


def url(shop: str) -> str:
    return f"https://ipn.platform.example/amazon-pay/{shop}"


def path(shop: str) -> str:
    return f"/amazon-pay/{shop}"


def observed(shop: ShopKey, **other) -> Observed:
    usual = {"seller_id": "A1EXAMPLE234567", "merchant_site_url": url(shop), "notification_email": "a@b.example"}
    whole = Observed.unknown(shop, UNREAD)
    return replace(whole, reads={**whole.reads, "amazon_settings": Known(AmazonSettings(**usual | other), "v1")})


class Fleet:
    """Implements ObservingBackend; counts how often it was read. `gate` holds up a reading until it is opened."""

    def __init__(self, *shops: Observed) -> None:
        self.shops_now = {each.shop: each for each in shops}
        self.away = False
        self.broken = False
        self.loads = 0
        self.gate = anyio.Event()
        self.gate.set()

    async def shops(self) -> AsyncIterator[ShopKey]:
        self.loads += 1
        if self.broken:
            raise LookupError("not of the backend's kind")
        await self.gate.wait()
        if self.away:
            raise Unreachable(msg("away"))
        for shop in self.shops_now:
            yield shop

    async def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        for shop in shops:
            yield self.shops_now[shop]

    @property
    def requests(self):
        return ()


@asynccontextmanager
async def knowing(fleet: Fleet, **options):
    clock = StillClock()
    directory = BackendDirectory(fleet, clock, **options)
    async with anyio.create_task_group() as group:
        group.start_soon(directory.run)
        yield directory, clock
        group.cancel_scope.cancel()


async def nobody_knows(directory, where: str) -> bool:
    try:
        await directory.by_path(where)
    except DirectoryUnavailable:
        return True
    return False


async def test_a_shop_is_found_by_exactly_its_path_and_by_its_key():
    fleet = Fleet(observed(KYOTO), observed(NARA, seller_id=ABSENT, notification_email=ABSENT))
    async with knowing(fleet) as (directory, clock):
        assert await directory.by_path(path(KYOTO)) == ShopIdentity(
            shop=KYOTO, site_url=url(KYOTO), seller_id="A1EXAMPLE234567", email="a@b.example"
        )
        assert await directory.by_key(NARA) == ShopIdentity(shop=NARA, site_url=url(NARA), seller_id=None, email=None)
        for wrong in (path(KYOTO) + "/", path("KYOTO-TEA"), "/", "", path("kyoto%2Dtea"), path("osaka")):
            clock.advance(seconds=RETRY_INTERVAL.total_seconds())
            assert await directory.by_path(wrong) is None
        clock.advance(seconds=RETRY_INTERVAL.total_seconds())
        assert await directory.by_key(ShopKey("osaka")) is None


async def test_a_crowd_that_asks_before_anything_is_known_waits_for_one_load():
    fleet, answers = Fleet(observed(KYOTO)), []
    fleet.gate = anyio.Event()
    async with knowing(fleet) as (directory, _):

        async def ask(where: str) -> None:
            answers.append(await nobody_knows(directory, where))

        async with anyio.create_task_group() as group:
            for number in range(100):
                group.start_soon(ask, path(KYOTO) if number % 2 else path("nobody"))
            await anyio.wait_all_tasks_blocked()
            assert answers == []
            fleet.gate.set()
    assert fleet.loads == 1
    assert answers.count(True) == 50  # that load may have passed a shop that was made since


async def test_a_shop_that_was_made_while_a_load_ran_is_not_said_to_be_nobodys():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet) as (directory, clock):
        await directory.by_path(path(KYOTO))
        assert await nobody_knows(directory, path(NARA))  # loaded, but before this was asked
        fleet.gate = anyio.Event()
        await anyio.wait_all_tasks_blocked()
        clock.advance(seconds=REFRESH_INTERVAL.total_seconds())
        await anyio.wait_all_tasks_blocked()
        async with anyio.create_task_group() as group:
            said = []

            async def ask() -> None:
                said.append(await nobody_knows(directory, path(NARA)))

            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            fleet.gate.set()
        assert said == [True]
        fleet.shops_now[NARA] = observed(NARA)
        clock.advance(seconds=RETRY_INTERVAL.total_seconds())
        assert (await directory.by_path(path(NARA))).shop == NARA


async def test_the_newest_is_not_what_was_read_a_moment_before_it_was_asked_for():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet, wait=0.05) as (directory, clock):
        await directory.by_path(path(KYOTO))
        with pytest.raises(ShopsReadRecently):
            await directory.by_path(path(KYOTO), fresh=True)
        clock.advance(seconds=RETRY_INTERVAL.total_seconds())
        fleet.gate = anyio.Event()
        with pytest.raises(DirectoryUnavailable, match="in time") as hangs:
            await directory.by_path(path(KYOTO), fresh=True)
        assert not isinstance(hangs.value, ShopsReadRecently)


async def test_a_load_with_an_unknown_failure_leaves_no_one_waiting_and_can_be_repeated():
    fleet, clock = Fleet(observed(KYOTO)), StillClock()
    directory = BackendDirectory(fleet, clock)
    fleet.broken = True
    with pytest.raises(LookupError):
        await directory.run()
    with anyio.fail_after(2):
        assert await nobody_knows(directory, path(KYOTO))
    fleet.broken = False
    async with anyio.create_task_group() as group:
        group.start_soon(directory.run)
        await anyio.wait_all_tasks_blocked()
        assert (await directory.by_path(path(KYOTO))).shop == KYOTO
        group.cancel_scope.cancel()


async def test_who_waits_for_a_load_waits_only_so_long():
    fleet = Fleet(observed(KYOTO))
    fleet.gate = anyio.Event()
    async with knowing(fleet, wait=0.05) as (directory, _):
        assert await nobody_knows(directory, path(KYOTO))
        fleet.gate.set()
        assert await directory.by_path(path(KYOTO)) is not None


async def test_it_is_loaded_again_every_few_minutes():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet) as (directory, clock):
        await directory.by_path(path(KYOTO))
        fleet.shops_now[KYOTO] = observed(KYOTO, seller_id="A2OTHER")
        await anyio.wait_all_tasks_blocked()
        clock.advance(seconds=REFRESH_INTERVAL.total_seconds() - 1)
        await anyio.wait_all_tasks_blocked()
        assert (await directory.by_path(path(KYOTO))).seller_id == "A1EXAMPLE234567"
        clock.advance(seconds=1)
        await anyio.wait_all_tasks_blocked()
        assert (await directory.by_path(path(KYOTO))).seller_id == "A2OTHER"
    assert fleet.loads == 2


async def test_an_unknown_path_is_looked_up_once_in_some_seconds():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet) as (directory, clock):
        await directory.by_path(path(KYOTO))
        fleet.shops_now[NARA] = observed(NARA)
        assert await nobody_knows(directory, path(NARA))
        assert fleet.loads == 1
        clock.advance(seconds=RETRY_INTERVAL.total_seconds())
        assert (await directory.by_path(path(NARA))).shop == NARA
        for number in range(50):
            assert await nobody_knows(directory, path(f"nobody-{number}"))
    assert fleet.loads == 2


async def test_a_load_that_takes_long_is_not_asked_for_the_more_often():
    fleet = Fleet(observed(KYOTO))
    fleet.gate = anyio.Event()
    async with knowing(fleet) as (directory, clock):
        await anyio.wait_all_tasks_blocked()
        clock.advance(seconds=30)
        fleet.gate.set()
        await directory.by_path(path(KYOTO))
        clock.advance(seconds=200)
        assert await nobody_knows(directory, path("nobody"))
        assert fleet.loads == 1
        clock.advance(seconds=100)
        assert await directory.by_path(path("nobody")) is None
        assert fleet.loads == 2


async def test_what_is_remembered_serves_while_the_backend_is_away_and_not_for_ever():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet) as (directory, clock):
        started_at = clock.now()
        await directory.by_path(path(KYOTO))
        fleet.away = True
        clock.advance(seconds=STALE_AFTER.total_seconds())
        assert (await directory.by_path(path(KYOTO))).shop == KYOTO
        assert await nobody_knows(directory, path("nobody"))
        with pytest.raises(DirectoryUnavailable):
            await directory.by_path(path(KYOTO), fresh=True)
        assert directory.loaded == started_at
        clock.advance(seconds=1)
        assert await nobody_knows(directory, path(KYOTO))
        with pytest.raises(DirectoryUnavailable):
            await directory.by_key(KYOTO)
        fleet.away = False
        clock.advance(seconds=REFRESH_INTERVAL.total_seconds())
        assert (await directory.by_path(path(KYOTO))).shop == KYOTO


async def test_the_newest_is_read_on_request():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet) as (directory, clock):
        await directory.by_path(path(KYOTO))
        fleet.shops_now[KYOTO] = observed(KYOTO, seller_id="A2OTHER")
        clock.advance(seconds=RETRY_INTERVAL.total_seconds())
        assert (await directory.by_path(path(KYOTO))).seller_id == "A1EXAMPLE234567"
        assert (await directory.by_path(path(KYOTO), fresh=True)).seller_id == "A2OTHER"
        del fleet.shops_now[KYOTO]
        clock.advance(seconds=RETRY_INTERVAL.total_seconds())
        assert await directory.by_path(path(KYOTO), fresh=True) is None
    assert fleet.loads == 3


async def test_an_unreadable_shop_keeps_its_known_path_and_others_stay_known():
    fleet = Fleet(observed(KYOTO), observed(NARA))
    async with knowing(fleet) as (directory, clock):
        await directory.by_path(path(KYOTO))
        fleet.shops_now[KYOTO] = Observed.unknown(KYOTO, UNREAD)
        fleet.shops_now[ShopKey("osaka")] = Observed.unknown(ShopKey("osaka"), UNREAD)
        clock.advance(seconds=REFRESH_INTERVAL.total_seconds())
        await anyio.wait_all_tasks_blocked()
        assert (await directory.by_path(path(KYOTO))).shop == KYOTO
        assert (await directory.by_path(path(NARA), fresh=False)).shop == NARA
        assert await nobody_knows(directory, path("osaka"))


async def test_a_path_that_two_shops_claim_is_neithers():
    fleet = Fleet(observed(KYOTO), observed(NARA, merchant_site_url=url(KYOTO)))
    async with knowing(fleet) as (directory, _):
        with pytest.raises(DirectoryUnavailable, match="several"):
            await directory.by_path(path(KYOTO), host="ipn.platform.example")
        assert (await directory.by_key(NARA)).shop == NARA


async def test_a_path_of_two_shops_is_distinguished_by_the_host():
    fleet = Fleet(
        observed(KYOTO, merchant_site_url="https://kyoto.example:8443/amazon-pay/shop"),
        observed(NARA, merchant_site_url="https://Nara.example/amazon-pay/shop"),
    )
    async with knowing(fleet) as (directory, _):
        for host, shop in (("kyoto.example", KYOTO), ("nara.EXAMPLE:443", NARA)):
            assert (await directory.by_path(path("shop"), host=host)).shop == shop
        for host in ("", "[", "osaka.example"):
            with pytest.raises(DirectoryUnavailable, match="several"):
                await directory.by_path(path("shop"), host=host)


@pytest.mark.parametrize("written", ["/京都", "/%E4%BA%AC%E9%83%BD", "/%e4%ba%ac%E9%83%BD"])
async def test_a_path_beyond_ascii_is_compared_as_it_goes_over_the_wire(written):
    fleet = Fleet(observed(KYOTO, merchant_site_url=f"https://ipn.platform.example{written}"))
    async with knowing(fleet) as (directory, _):
        assert (await directory.by_path("/%E4%BA%AC%E9%83%BD")).shop == KYOTO
        assert (await directory.by_path("/%e4%ba%ac%e9%83%bd")).shop == KYOTO


@pytest.mark.parametrize(
    "written", [ABSENT, "https://ipn.platform.example", "https://ipn.platform.example/", "https://[broken/x"]
)
async def test_a_shop_without_a_path_of_its_own_is_at_none(written):
    fleet = Fleet(observed(KYOTO, merchant_site_url=written))
    async with knowing(fleet) as (directory, clock):
        for where in ("/", "", "/x"):
            clock.advance(seconds=RETRY_INTERVAL.total_seconds())
            assert await directory.by_path(where) is None
        assert (await directory.by_key(KYOTO)).shop == KYOTO


async def test_a_clock_that_is_set_back_delays_no_one():
    fleet = Fleet(observed(KYOTO))
    async with knowing(fleet) as (directory, clock):
        await directory.by_path(path(KYOTO))
        fleet.shops_now[NARA] = observed(NARA)
        clock.advance(seconds=-timedelta(days=365).total_seconds())
        assert (await directory.by_path(path(NARA))).shop == NARA


async def test_the_embedded_backend_is_read_in_bulk_and_only_read(tmp_path):
    seed = {
        "shops": [
            {
                "shopKey": f"shop-{n:03d}",
                "amazonSettings": {"sellerId": f"A{n:013d}", "merchantSiteUrl": url(f"shop-{n:03d}")},
            }
            for n in range(60)
        ]
    }
    app = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=seed))
    app.state.world.ensure_client("reader", "a-secret")
    config = BackendConfig(
        base_url="http://embedded.invalid",
        client_id="reader",
        client_secret=Secret("a-secret", SecretRef("ref+test://x")),
    )
    async with HttpObserver(config, FakeClock(), in_process(app)) as observer, anyio.create_task_group() as group:
        directory = BackendDirectory(observer, StillClock())
        group.start_soon(directory.run)
        assert (await directory.by_path(path("shop-042"))).seller_id == f"A{42:013d}"
        assert {line.method for line in observer.requests if "oauth" not in line.path} == {"GET"}
        assert len(observer.requests) < 6
        group.cancel_scope.cancel()


async def test_d9_a_changed_address_is_read_at_once():
    fleet = Fleet(observed(KYOTO, notification_email=ABSENT))
    async with knowing(fleet) as (directory, _):
        identity = await directory.by_key(KYOTO)
        assert identity is not None
        assert identity.email is None
        fleet.shops_now[KYOTO] = observed(KYOTO, notification_email="new@b.example")
        identity = await directory.by_key(KYOTO, fresh=True)
        assert identity is not None
        assert identity.email == "new@b.example"
