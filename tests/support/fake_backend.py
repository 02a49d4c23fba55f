"""A small backend in memory: docs/backend.md as plain assignments, for tests of the workflows.

It implements the contract independently (without `core.cascade` and `core.rules`), keeps its state public so that
a test can act as the merchant, and can fail on request: see `Fault`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import anyio.lowlevel

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.kinds import (
    AmazonPayPayment,
    AmazonSettings,
    Entitlements,
    IpnEndpoint,
    StorefrontState,
    SystemParts,
)
from reconciler.core.model.state import FieldRef, Known, Observed, ReadResult, Unknown
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    ApiStatus,
    CommerceCreator,
    Registration,
    Secret,
    SecretRef,
    ShopKey,
    StorefrontStatus,
    Unset,
    seal_secret,
)
from reconciler.ports import (
    BackendError,
    Conflict,
    Locked,
    Rejected,
    RequestLogEntry,
    ShopUnknown,
    Unreachable,
    WriteRequest,
    WriteResult,
)

PARTS: Final = ("login_link_area.label", "login_link_area.message", "order_area.label", "order_area.message")
_API_VALUES: Final = ("seller_id", "client_id", "token")
_SALT: Final = "5a17"


@dataclass(slots=True)
class Shop:
    """A shop as the platform holds it. `token` is the clear text, or PRE_SET."""

    key: ShopKey
    is_open: bool = True
    use_amazon: bool = False
    seller_id: str | None = None
    client_id: str | None = None
    token: Any = None
    mail: str | None = None
    site_url: str | None = None
    api_status: ApiStatus = ApiStatus.UNCHECKED
    pay_use: bool = False
    pay_regular: bool = False
    pre_order: bool = False
    subscription: bool = False
    auto_link: bool | Unset = True
    output: bool = False
    texts: dict[str, str | None] = field(default_factory=lambda: dict.fromkeys(PARTS))
    option: bool = True
    contract: bool = True
    creator: CommerceCreator = CommerceCreator.RUNNING
    applications: bool = True

    def seen(self, urls: Iterable[str]) -> dict[str, Any]:
        """As a client reads it. `urls` are those registered with the seller."""
        items = (self.seller_id, self.client_id, self.token, self.mail)
        return {
            "amazon_settings": AmazonSettings(
                enabled=self.use_amazon,
                seller_id=self.seller_id or ABSENT,
                client_id=self.client_id or ABSENT,
                mws_auth_token=_sealed(self.token),
                notification_email=self.mail or ABSENT,
                merchant_site_url=self.site_url or ABSENT,
                api_status=self.api_status,
                buttons_visible=self.use_amazon and all(item is not None for item in items),
            ),
            "amazon_pay_payment": AmazonPayPayment(
                use=self.pay_use,
                regular=self.pay_regular,
                pre_order=self.pre_order,
                subscription=self.subscription,
                auto_link=self.auto_link,
            ),
            "system_parts": SystemParts(
                output=self.output,
                messages={name: ABSENT if text is None else text for name, text in self.texts.items()},
            ),
            "ipn_endpoint": IpnEndpoint(
                registration=Registration.REGISTERED if self.site_url in urls else Registration.ABSENT,
                seller_id=self.seller_id or ABSENT,
                others=tuple(sorted(url for url in urls if url != self.site_url)),
            ),
            "storefront_status": StorefrontState(
                status=StorefrontStatus.OPEN if self.is_open else StorefrontStatus.CLOSED
            ),
            "entitlements": Entitlements(
                pay_option=self.option,
                amazon_contract=self.contract,
                commerce_creator=self.creator,
                subscription_applications=self.applications,
            ),
        }


def _sealed(token: Any) -> Any:
    if token is None:
        return ABSENT
    return PRE_SET if token is PRE_SET else seal_secret(Secret(token, SecretRef("ref+test://held")), _SALT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong at the `at`-th write of `shop` (from 0), for `times` writes.

    `refused`: raised instead of writing. `lost`: written, and the answer lost. `edit`: the merchant is quicker.
    `then`: called after the write, before the answer (a test cancels its run there).
    """

    shop: ShopKey
    at: int
    times: int = 1
    refused: BackendError | None = None
    lost: bool = False
    edit: Callable[[Shop], None] | None = None
    then: Callable[[], None] | None = None

    def hits(self, shop: ShopKey, number: int) -> bool:
        return shop == self.shop and self.at <= number < self.at + self.times


def unreachable(*, happened: bool | None = False) -> Unreachable:
    return Unreachable(msg("no answer"), request="PATCH /somewhere", happened=happened)


class ModelBackend:
    """`ports.Backend` over `Shop`s. `done` holds every write that took place; `asked` every write that was sent; `answered`
    those that were acknowledged, with how many had been sent by then."""

    def __init__(self, shops: Iterable[Shop], registered: Iterable[tuple[str, str]] = ()) -> None:
        self.state = {shop.key: shop for shop in shops}
        self.urls: dict[str, set[str]] = {}
        for seller, url in registered:
            self.urls.setdefault(seller, set()).add(url)
        self.faults: list[Fault] = []
        self.refused_values: set[str] = set()
        self.unreadable: Callable[[ShopKey, int], Iterable[str]] = lambda _shop, _number: ()
        self.asked: list[WriteRequest] = []
        self.done: list[WriteRequest] = []
        self.answered: list[tuple[int, WriteRequest]] = []
        self.reads: dict[ShopKey, int] = {}
        self.keeps_trail = True
        self._versions: dict[tuple[str, str], int] = {}
        self._contents: dict[tuple[str, str], object] = {}

    @property
    def requests(self) -> Sequence[RequestLogEntry]:
        return ()

    async def shops(self) -> AsyncIterator[ShopKey]:
        for key in sorted(self.state):
            yield key

    async def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        for key in shops:
            await anyio.lowlevel.checkpoint()
            number = self.reads.get(key, 0)
            self.reads[key] = number + 1
            failing = frozenset(self.unreadable(key, number))
            if "everything" in failing:
                raise unreachable()
            yield self.look(key, failing)

    def look(self, key: ShopKey, failing: frozenset[str] = frozenset()) -> Observed:
        """The present state of the shop, without a request."""
        shop = self.state.get(key)
        if shop is None:
            return Observed.unknown(key, diagnostic(codes.SHOP_UNKNOWN, msg("no such shop")))
        reads: dict[str, ReadResult] = {}
        for kind, value in shop.seen(self._urls_of(shop.seller_id)).items():
            known = Known(value, self._version(shop, kind))
            reads[kind] = Unknown(diagnostic(codes.UNREACHABLE, msg("cut off"))) if kind in failing else known
        return Observed(shop=key, reads=reads)

    async def last_changes(self, shop: ShopKey) -> Sequence[AuditEntry]:
        """The last change of the status alone: a write of ours, unless the shop is another way than that left it.

        Empty where `keeps_trail` is not set.
        """
        if not self.keeps_trail:
            return []
        status = StorefrontStatus.OPEN if self.state[shop].is_open else StorefrontStatus.CLOSED
        written = next((w for w in reversed(self.done) if (w.shop, w.kind) == (shop, "storefront_status")), None)
        own = written is not None and written.values["status"] is status
        return [
            AuditEntry(
                at="2026-04-01T00:00:00Z",
                actor="reconciler" if own else "merchant",
                actor_type="CLIENT" if own else "MERCHANT",
                field=FieldRef("storefront_status", "status"),
                name="storefront.status",
                after=status.value,
                write_key=written.key if own and written is not None else None,
                own=own,
            )
        ]

    async def execute(self, write: WriteRequest) -> WriteResult:
        number = sum(1 for asked in self.asked if asked.shop == write.shop)
        self.asked.append(write)
        fault = next((fault for fault in self.faults if fault.hits(write.shop, number)), None)
        await anyio.lowlevel.checkpoint()
        if fault and fault.edit:
            fault.edit(self.state[write.shop])
        if fault and fault.refused:
            raise fault.refused
        shop = self._write(write)
        if fault and fault.then:
            fault.then()
            await anyio.lowlevel.checkpoint()
        if fault and fault.lost:
            raise unreachable(happened=None)
        self.answered.append((len(self.asked), write))
        value = shop.seen(self._urls_of(shop.seller_id))[write.kind]
        return WriteResult(kind=write.kind, now=Known(value, self._version(shop, write.kind)))

    def _urls_of(self, seller: str | None) -> set[str]:
        return self.urls.get(seller, set()) if seller else set()

    def _version(self, shop: Shop, kind: str, seller: str | None = None) -> str:
        """A number that grows whenever the content differs from the last read."""
        if kind == "ipn_endpoint":
            seller = seller or shop.seller_id
            if seller is None:
                return "none"
            return self._numbered(("seller", seller), frozenset(self._urls_of(seller)))
        return self._numbered((shop.key, kind), shop.seen(())[kind])

    def _numbered(self, of: tuple[str, str], content: object) -> str:
        if self._contents.get(of) != content:
            self._contents[of] = content
            self._versions[of] = self._versions.get(of, 0) + 1
        return f"v{self._versions[of]}"

    def _write(self, write: WriteRequest) -> Shop:
        shop = self.state.get(write.shop)
        if shop is None:
            raise ShopUnknown(msg("no such shop"), reason="SHOP_NOT_FOUND")
        values: dict[str, Any] = dict(write.values)
        if write.version or write.kind != "ipn_endpoint":
            if write.version != self._version(shop, write.kind, values.get("seller_id")):
                raise Conflict(msg("another version"))
        elif values["registration"] is shop.seen(self._urls_of(values["seller_id"]))["ipn_endpoint"].registration:
            return shop
        getattr(self, f"_{write.kind}")(shop, values)
        if write.kind == "storefront_status":
            self._contents.pop((shop.key, write.kind), None)  # each write of it gives a new version
        self.done.append(write)
        return shop

    def _amazon_settings(self, shop: Shop, values: dict[str, Any]) -> None:
        if "enabled" in values and shop.is_open:
            raise Locked(msg("SHOP_OPEN"))
        if "mws_auth_token" in values and shop.token is PRE_SET:
            raise _refused("TOKEN_PRE_SET")
        if values.get("enabled") and not (shop.option and shop.contract):
            raise _refused("NOT_ENTITLED")
        reported = {"seller_id": shop.seller_id, "client_id": shop.client_id, "token": shop.token}
        reported |= {name: values[name] for name in ("seller_id", "client_id") if name in values}
        reported |= {"token": values["mws_auth_token"].reveal()} if "mws_auth_token" in values else {}
        if any(reported[name] != getattr(shop, name) for name in _API_VALUES):
            if None not in reported.values() and self.refused_values.intersection(map(str, reported.values())):
                raise _refused("AMAZON_API_ERROR")
            shop.api_status = ApiStatus.UNCHECKED if None in reported.values() else ApiStatus.VALID
        for name, value in reported.items():
            setattr(shop, name, value)
        shop.mail = values.get("notification_email", shop.mail)
        if "enabled" in values:
            shop.use_amazon = shop.pay_use = shop.pay_regular = shop.output = values["enabled"]

    def _amazon_pay_payment(self, shop: Shop, values: dict[str, Any]) -> None:
        if values.get("pre_order") and shop.creator is CommerceCreator.DISABLED:
            raise _refused("NOT_ENTITLED")
        running = shop.creator is CommerceCreator.RUNNING and shop.applications
        if values.get("subscription") and not running:
            raise _refused("NOT_ENTITLED")
        shop.pre_order = values.get("pre_order", shop.pre_order)
        shop.subscription = values.get("subscription", shop.subscription)
        shop.auto_link = values.get("auto_link", shop.auto_link)

    def _system_parts(self, shop: Shop, values: dict[str, Any]) -> None:
        if not values["messages"].keys() <= shop.texts.keys():
            raise _refused("UNKNOWN_PART")
        shop.texts.update(values["messages"])

    def _ipn_endpoint(self, shop: Shop, values: dict[str, Any]) -> None:
        urls = self.urls.setdefault(values["seller_id"], set())
        if values["registration"] is Registration.REGISTERED:
            urls.add(values["url"])
        elif values["url"] in urls:
            urls.remove(values["url"])
        else:
            raise _refused("NOT_FOUND")

    def _storefront_status(self, shop: Shop, values: dict[str, Any]) -> None:
        shop.is_open = values["status"] is StorefrontStatus.OPEN


def _refused(reason: str) -> Rejected:
    return Rejected(msg("{reason}", reason=reason), reason=reason)
