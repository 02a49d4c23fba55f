"""The trail of a shop's changes: read in a few pages, in our names; entries that are not understood are ignored."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.backend import HttpBackend, HttpObserver, WireEnvironment
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.backend.wire import CODECS
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import FieldRef
from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.ports import Audit, Rejected, Unexpected, Unreachable
from tests.adapters.backend.fakes import CLIENT_SECRET, MWS_TOKEN, SELLER, SHOP, SITE_URL, FakeClock, config
from tests.support.stub_http_server import Loopback, Saying, answer, problem, silence

pytestmark = pytest.mark.anyio

PATH = f"/admin-api/v1/shops/{SHOP}/changes"
ROUTE = f"GET {PATH}"
SEALED = {"state": "SET", "salt": "00ff", "digest": "ab" * 32}


def change(resource: str = "amazonPay", field: str = "preOrder", **other: Any) -> dict[str, Any]:
    usual = {
        "changeId": 7,
        "at": "2026-11-23T10:00:00",
        "actor": "Hanako",
        "actorType": "MERCHANT",
        "resource": resource,
        "field": field,
        "from": False,
        "to": True,
        "cause": None,
    }
    return usual | other


def page(*changes: Any, next_url: str | None = None) -> Saying:
    return answer({"items": list(changes), "nextUrl": next_url})


async def trail(server: Loopback, clock: FakeClock, **settings: Any) -> list[AuditEntry]:
    async with HttpObserver(config(server.url, **settings), clock) as observer:
        return list(await observer.last_changes(SHOP))


async def one(server: Loopback, clock: FakeClock, **changed: Any) -> AuditEntry:
    server.on(ROUTE, page(change(**changed)))
    (entry,) = await trail(server, clock)
    return entry


async def test_an_entry(server: Loopback, clock: FakeClock) -> None:
    assert await one(server, clock) == AuditEntry(
        at="2026-11-23T01:00:00Z",
        actor="Hanako",
        actor_type="MERCHANT",
        field=FieldRef("amazon_pay_payment", "pre_order"),
        name="amazonPay.preOrder",
        before=False,
        after=True,
        cause=None,
    )
    assert server.last.query == {"limit": "100"}
    assert server.last.headers["x-shop-key"] == SHOP


@pytest.mark.parametrize(
    ("wire", "reported"),
    [("2026-11-23T08:59:59", "2026-11-22T23:59:59Z"), ("0987-01-01T12:00:00", "0987-01-01T03:00:00Z")],
)
async def test_a_time_of_japan_is_shown_in_utc(server: Loopback, clock: FakeClock, wire: str, reported: str) -> None:
    assert (await one(server, clock, at=wire)).at == reported


@pytest.mark.parametrize(
    ("resource", "field", "ref"),
    [
        ("amazonSettings", "useAmazon", "amazon_settings.enabled"),
        ("amazonSettings", "buttonsVisible", "amazon_settings.buttons_visible"),
        ("amazonPay", "use", "amazon_pay_payment.use"),
        ("systemParts", "output", "system_parts.output"),
        ("systemParts", "parts.ORDER_AREA.label", "system_parts.messages.order_area.label"),
        ("systemParts", "parts.ORDER_AREA.colour", "None"),
        ("systemParts", "parts.order_area.label", "None"),
        ("systemParts", "parts...label", "None"),
        ("systemParts", "areas.ORDER_AREA.label", "None"),
        ("storefront", "status", "storefront_status.status"),
        ("entitlements", "payOption", "entitlements.pay_option"),
        ("ipnEndpoints", "PRODUCTION", "ipn_endpoint.registration"),
        ("ipnEndpoints", "SANDBOX", "None"),
        ("amazonSettings", "colour", "None"),
        ("orders", "1000.paymentStatus", "None"),
    ],
)
async def test_names(server: Loopback, clock: FakeClock, resource: str, field: str, ref: str) -> None:
    entry = await one(server, clock, resource=resource, field=field)
    assert str(entry.field) == ref
    assert entry.name == f"{resource}.{field}"


def test_every_field_that_a_backend_could_name_has_a_name() -> None:
    """Of the endpoint only the registration is in the trail; a map field has the names of its entries."""
    named = {kind: set(codec.names.values()) for kind, codec in CODECS.items()}
    for kind in KINDS:
        missing = {spec.name for spec in kind.fields} - named[kind.name]
        assert missing == {"ipn_endpoint": {"seller_id", "others"}, "system_parts": {"messages"}}.get(kind.name, set())
        assert named[kind.name] <= {spec.name for spec in kind.fields}


async def test_the_sandbox_has_endpoints_of_its_own(server: Loopback, clock: FakeClock) -> None:
    server.on(ROUTE, page(change("ipnEndpoints", "SANDBOX", to=SITE_URL), change("ipnEndpoints", "PRODUCTION")))
    entries = await trail(server, clock, environment=WireEnvironment.SANDBOX)
    assert [str(entry.field) for entry in entries] == ["ipn_endpoint.registration", "None"]
    assert entries[0].after == SITE_URL


@pytest.mark.parametrize(
    ("place", "wire", "value"),
    [
        ("amazonSettings.notificationEmail", "Pay@kyoto.example", "Pay@kyoto.example"),
        ("amazonSettings.notificationEmail", None, None),
        ("amazonSettings.apiStatus", "ERROR", "error"),
        ("amazonSettings.apiStatus", "NEW_WORD", "NEW_WORD"),
        ("storefront.status", "CLOSED", "closed"),
        ("amazonSettings.mwsAuthToken", SEALED, {"sensitive": True}),
        ("amazonSettings.mwsAuthToken", {"state": "UNSET"}, None),
        ("amazonSettings.mwsAuthToken", {"state": "PRE_SET"}, "pre-set"),
        ("amazonSettings.mwsAuthToken", MWS_TOKEN, {"sensitive": True}),
        ("amazonSettings.notificationEmail", 7, {"sensitive": True}),
        ("amazonSettings.notificationEmail", "\ud83d", {"sensitive": True}),
        ("someNewScreen.apiKey", "s3cr3t", {"sensitive": True}),
    ],
)
async def test_values(server: Loopback, clock: FakeClock, place: str, wire: object, value: object) -> None:
    resource, _, field = place.partition(".")
    server.on(ROUTE, page(change(resource, field, **{"from": wire, "to": wire})))
    (entry,) = await trail(server, clock)
    assert (entry.before, entry.after) == (value, value)


@pytest.mark.parametrize(
    ("cause", "reported"),
    [("amazonSettings.useAmazon", "amazon_settings.enabled"), ("screen.x", "screen.x"), ("odd", "odd"), (None, None)],
)
async def test_a_cause_has_our_name(
    server: Loopback, clock: FakeClock, cause: str | None, reported: str | None
) -> None:
    assert (await one(server, clock, cause=cause)).cause == reported


@pytest.mark.parametrize(
    ("actor", "reported"), [("花子 \x1b[31m\n", "花子 [31m"), (MWS_TOKEN, "?"), ("", "?"), ("x" * 30, "x" * 30)]
)
async def test_an_actor_is_shown_with_care(server: Loopback, clock: FakeClock, actor: str, reported: str) -> None:
    assert (await one(server, clock, actor=actor)).actor == reported


async def test_pages_are_followed_and_bounded(server: Loopback, clock: FakeClock) -> None:
    server.on(ROUTE, *(page(change(field="use"), next_url=f"{server.url}{PATH}?cursor={n}") for n in range(9)))
    assert len(await trail(server, clock)) == 3
    assert server.asked(ROUTE) == 3
    assert server.last.query == {"cursor": "1"}
    server.on(ROUTE, page(change(), next_url=f"{server.url}{PATH}?cursor=1"), page(change()))
    assert len(await trail(server, clock)) == 2


@pytest.mark.parametrize(
    "leads_to",
    [
        "https://elsewhere.example" + PATH,
        "{url}/admin-api/v1/shops/nara-ink/changes?cursor=1",
        "{url}/admin-api/v1/integrations?cursor=1",
        "not an address",
    ],
)
async def test_a_page_that_leads_astray_is_not_followed(server: Loopback, clock: FakeClock, leads_to: str) -> None:
    server.on(ROUTE, page(change(), next_url=leads_to.format(url=server.url)))
    with pytest.raises(Unexpected, match="not followed"):
        await trail(server, clock)
    assert server.asked(ROUTE) == 1


@pytest.mark.parametrize(
    "saying",
    [
        answer({"nextUrl": None}),
        answer({"items": {}, "nextUrl": None}),
        answer({"items": []}),
        page("x"),
        page(change(at="yesterday")),
        page(change(at="2026-13-23T10:00:00")),
        page(change(at="0001-01-01T00:00:00")),
        page(change(actorType="x\n")),
        page(change(actor=None)),
        page(change(cause=7)),
        page({"resource": "amazonPay"}),
        page(change(), change(field=None)),
    ],
)
async def test_what_is_not_understood_fails_the_whole(server: Loopback, clock: FakeClock, saying: Saying) -> None:
    server.on(ROUTE, saying)
    with pytest.raises(Unexpected, match="/changes"):
        await trail(server, clock)


async def test_a_backend_that_keeps_no_trail(server: Loopback, clock: FakeClock) -> None:
    server.on(ROUTE, problem(404, "NOT_FOUND"))
    with pytest.raises(Rejected):
        await trail(server, clock)
    server.on(ROUTE, silence)
    with pytest.raises(Unreachable):
        await trail(server, clock, read_timeout=0.05)


async def test_who_reads_and_who_writes_offer_the_trail(clock: FakeClock) -> None:
    async with HttpObserver(config("http://127.0.0.1:9"), clock) as observer:
        assert isinstance(observer, Audit)
    async with HttpBackend(config("http://127.0.0.1:9"), clock) as backend:
        assert isinstance(backend, Audit)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    settings = {"sellerId": SELLER, "useAmazon": True}
    seed = {
        "shops": [{"shopKey": SHOP, "amazonSettings": settings}],
        "clients": [{"clientId": "operator", "secret": {"value": CLIENT_SECRET}}],
    }
    night = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    made = create_app(EmbeddedConfig(database=tmp_path / "backend.sqlite", seed=seed, clock=lambda: night))
    yield made
    World.of(made).close()


async def test_the_embedded_backend_s_trail_is_understood(app: Any, clock: FakeClock) -> None:
    world = World.of(app)
    world.merchant_edits(SHOP, {"mwsAuthToken": MWS_TOKEN, "ORDER_AREA.label": "x"}, by="Hanako")
    world.merchant_registers_endpoint(SELLER, SITE_URL)
    world.platform_turns_off(SHOP)
    async with HttpObserver(config("http://embedded.invalid"), clock, in_process(app)) as observer:
        entries = await observer.last_changes(SHOP)
    assert {entry.at for entry in entries} == {"2026-11-22T17:00:00Z"}
    assert MWS_TOKEN not in repr(entries)
    reported = {str(entry.field): (entry.actor, entry.before, entry.after, entry.cause) for entry in reversed(entries)}
    assert "None" not in reported
    assert reported["amazon_settings.enabled"] == ("platform", True, False, None)
    assert reported["amazon_pay_payment.use"] == ("platform", True, False, "amazon_settings.enabled")
    assert reported["amazon_settings.mws_auth_token"] == ("Hanako", None, {"sensitive": True}, None)
    assert reported["system_parts.messages.order_area.label"] == ("Hanako", None, "x", None)
    assert reported["ipn_endpoint.registration"] == ("merchant", None, SITE_URL, None)
