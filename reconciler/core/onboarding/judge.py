"""The state of each item of a shop, and who acts next.

In: what the manifest declares, what the backend has, where the token is, what people attested, whether an order was paid. Out:
the shop with all its items. What could not be read is unknown, never missing.

    manifest ─> option, contract ─> SellerId, ClientId, token, mail ─> endpoint, 自動連携 ─> live ─> test order
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, Entitlements, IpnEndpoint, StorefrontState
from reconciler.core.model.state import Desired, Observed, Unknown
from reconciler.core.onboarding.items import (
    ActingParty,
    ItemReason,
    ItemState,
    ItemStatus,
    OnboardingItem,
    OnboardingState,
    RowPlace,
    ShopOnboarding,
)
from reconciler.core.planning.cascade import buttons_visible
from reconciler.core.values import ABSENT, UNSET, ApiStatus, Registration, StorefrontStatus
from reconciler.lib.frozen_class import frozen

_US, _MERCHANT, _PLATFORM = ActingParty.US, ActingParty.MERCHANT, ActingParty.PLATFORM
_VALUES: Final = {
    OnboardingItem.SELLER_ID: "seller_id",
    OnboardingItem.CLIENT_ID: "client_id",
    OnboardingItem.MAIL: "notification_email",
}


class ManifestState(Enum):
    VALID = "valid"
    INVALID = "invalid"
    NONE = "none"


class TokenSource(Enum):
    """Where the manifest's token is, for a shop whose token the backend does not have."""

    NOT_DECLARED = "not-declared"
    AVAILABLE = "available"
    NOT_FOUND = "not-found"
    UNREAD = "unread"


@frozen(kw_only=False)
class AttestedState:
    """`until` is the last day on which it holds, None without an end."""

    expired: bool
    until: str | None = None


@frozen
class OnboardingEvidence:
    """What is known of one shop. `desired` is None without a valid manifest, `observed` None where the backend could not be read
    at all. `paid` is whether an order of the shop was paid, None where no inbox can say it; `inbox_failed` says why that is.
    `earlier_live`: an earlier status or a run had it live.
    """

    shop: str
    manifest: ManifestState
    desired: Desired | None = None
    observed: Observed | None = None
    token: TokenSource = TokenSource.NOT_DECLARED
    attested: Mapping[OnboardingItem, AttestedState] = field(default_factory=dict)
    paid: bool | None = None
    inbox_failed: bool = False
    earlier_live: bool = False
    place: str | None = None
    row: RowPlace | None = None

    @property
    def settings(self) -> AmazonSettings | None:
        return None if self.observed is None else self.observed.kind(AmazonSettings)

    @property
    def declared_settings(self) -> AmazonSettings:
        return AmazonSettings() if self.desired is None else self.desired.kind(AmazonSettings)

    @property
    def unknown_to_backend(self) -> bool:
        reads = () if self.observed is None else self.observed.reads.values()
        return any(isinstance(read, Unknown) and read.reason.code is codes.SHOP_UNKNOWN for read in reads)

    @property
    def was_live(self) -> bool:
        """A shop that a manifest turns off was live, and is meant to leave."""
        live = self.settings is not None and self.settings.enabled is True
        return live or (self.earlier_live and self.declared_settings.enabled is not False)


def judge_shop(of: OnboardingEvidence) -> ShopOnboarding:
    items = list(_items(of))
    items.append(_live(of, waits=any(each.is_open for each in items)))
    items.append(_test_order(of, live=not items[-1].is_open))
    return ShopOnboarding(
        shop=of.shop,
        state=_state(of, items),
        items=tuple(items),
        place=of.place,
        row=of.row,
        was_live=of.was_live,
    )


def _items(of: OnboardingEvidence) -> Iterator[ItemStatus]:
    yield _manifest(of)
    yield _entitlement(of, OnboardingItem.OPTION)
    yield _entitlement(of, OnboardingItem.CONTRACT)
    yield _value(of, OnboardingItem.SELLER_ID)
    yield _value(of, OnboardingItem.CLIENT_ID)
    yield _token(of)
    yield _value(of, OnboardingItem.MAIL)
    yield _endpoint(of)
    yield _auto_link(of)


def _state(of: OnboardingEvidence, items: list[ItemStatus]) -> OnboardingState:
    if any(each.reason is ItemReason.WITHDRAWN for each in items):
        return OnboardingState.REVOKED
    if of.unknown_to_backend:
        return OnboardingState.SHOP_UNKNOWN
    first = next((each for each in items if each.is_open), None)
    if first is None:
        return OnboardingState.COMPLETE
    return OnboardingState.UNREAD if first.state is ItemState.UNKNOWN else OnboardingState.INCOMPLETE


def _done(item: OnboardingItem, reason: ItemReason | None = None, until: str | None = None) -> ItemStatus:
    return ItemStatus(item=item, state=ItemState.DONE, reason=reason, until=until)


def _missing(item: OnboardingItem, party: ActingParty, reason: ItemReason | None = None) -> ItemStatus:
    return ItemStatus(item=item, state=ItemState.MISSING, party=party, reason=reason)


def _not_needed(item: OnboardingItem) -> ItemStatus:
    return ItemStatus(item=item, state=ItemState.NOT_NEEDED)


def _unknown(of: OnboardingEvidence, item: OnboardingItem, reason: ItemReason | None = None) -> ItemStatus:
    """We find out: it is our connection, or our list of shops."""
    why = ItemReason.SHOP_UNKNOWN if of.unknown_to_backend else ItemReason.UNREAD
    return ItemStatus(item=item, state=ItemState.UNKNOWN, party=_US, reason=reason or why)


def _manifest(of: OnboardingEvidence) -> ItemStatus:
    match of.manifest:
        case ManifestState.VALID:
            return _done(OnboardingItem.MANIFEST)
        case ManifestState.INVALID:
            return _missing(OnboardingItem.MANIFEST, _US, ItemReason.INVALID)
        case ManifestState.NONE:
            return _missing(OnboardingItem.MANIFEST, _US)


def _entitlement(of: OnboardingEvidence, item: OnboardingItem) -> ItemStatus:
    """A merchant applies for it. One that is gone from a live shop was ended by the other side, which can say why."""
    rights = None if of.observed is None else of.observed.kind(Entitlements)
    option = item is OnboardingItem.OPTION
    has = UNSET if rights is None else rights.pay_option if option else rights.amazon_contract
    if has is True:
        return _done(item)
    if has is UNSET:
        return _unknown(of, item)
    if of.was_live:
        return _missing(item, _PLATFORM if option else ActingParty.AMAZON, ItemReason.WITHDRAWN)
    return _missing(item, _MERCHANT)


def _value(of: OnboardingEvidence, item: OnboardingItem) -> ItemStatus:
    settings, name = of.settings, _VALUES[item]
    if settings is None:
        return _unknown(of, item)
    has, wants = getattr(settings, name), getattr(of.declared_settings, name)
    if isinstance(wants, str) and wants != has:
        return _missing(item, _US, ItemReason.NOT_APPLIED)
    if not isinstance(has, str):
        return _missing(item, _MERCHANT)
    return _refused(of, item) or _done(item)


def _refused(of: OnboardingEvidence, item: OnboardingItem) -> ItemStatus | None:
    """Which of the three values Amazon refuses is not known."""
    settings = of.settings
    if item is OnboardingItem.MAIL or settings is None or settings.api_status is not ApiStatus.ERROR:
        return None
    return _missing(item, _MERCHANT, ItemReason.REFUSED)


def _token(of: OnboardingEvidence) -> ItemStatus:
    item, settings = OnboardingItem.TOKEN, of.settings
    if settings is None:
        return _unknown(of, item)
    if settings.mws_auth_token not in (ABSENT, UNSET):
        return _refused(of, item) or _done(item)
    match of.token:
        case TokenSource.AVAILABLE:
            return _missing(item, _US, ItemReason.NOT_APPLIED)
        case TokenSource.UNREAD:
            return _unknown(of, item, ItemReason.SECRET_UNREAD)
        case TokenSource.NOT_DECLARED | TokenSource.NOT_FOUND:
            return _missing(item, _MERCHANT)


def _endpoint(of: OnboardingEvidence) -> ItemStatus:
    """The registration where the backend can read it, else what a person attested. It belongs to a seller."""
    item = OnboardingItem.ENDPOINT
    wants = UNSET if of.desired is None else of.desired.kind(IpnEndpoint).registration
    if wants is Registration.ABSENT:
        return _not_needed(item)
    endpoint = None if of.observed is None else of.observed.kind(IpnEndpoint)
    registration = UNSET if endpoint is None else endpoint.registration
    if registration is Registration.REGISTERED:
        return _done(item)
    if registration is UNSET:
        return _attested(of, item, _MERCHANT) or _unknown(of, item)
    if of.settings is not None and of.settings.merchant_site_url is ABSENT:
        return _missing(item, _PLATFORM, ItemReason.NOT_ISSUED)
    if wants is not Registration.REGISTERED:
        return _missing(item, _MERCHANT)
    seller = of.declared_settings.seller_id if of.settings is None else of.settings.seller_id
    known = isinstance(seller, str) or isinstance(of.declared_settings.seller_id, str)
    return _missing(item, _US, ItemReason.NOT_APPLIED if known else ItemReason.EARLIER_ITEMS)


def _attested(of: OnboardingEvidence, item: OnboardingItem, party: ActingParty) -> ItemStatus | None:
    found = of.attested.get(item)
    if found is None:
        return None
    if found.expired:
        return ItemStatus(
            item=item, state=ItemState.EXPIRED, party=party, reason=ItemReason.OUTDATED, until=found.until
        )
    return _done(item, ItemReason.ATTESTED, found.until)


def _auto_link(of: OnboardingEvidence) -> ItemStatus:
    """Off on purpose, or not offered by the platform: it is not needed. An endpoint reports payments without it."""
    item = OnboardingItem.AUTO_LINK
    wants = UNSET if of.desired is None else of.desired.kind(AmazonPayPayment).auto_link
    payment = None if of.observed is None else of.observed.kind(AmazonPayPayment)
    if wants is False:
        return _not_needed(item)
    if payment is None:
        return _unknown(of, item)
    if payment.auto_link is UNSET:
        return _not_needed(item)
    if payment.auto_link is True:
        return _done(item)
    return _missing(item, _US, ItemReason.NOT_APPLIED if wants is True else None)


def _test_order(of: OnboardingEvidence, *, live: bool) -> ItemStatus:
    """It is placed by us, in the live shop."""
    item = OnboardingItem.TEST_ORDER
    if of.paid is True:
        return _done(item)
    attested = _attested(of, item, _US)
    if attested is not None:
        return attested
    if of.inbox_failed:
        return _unknown(of, item, ItemReason.INBOX_UNREAD)
    return _missing(item, _US, None if live else ItemReason.EARLIER_ITEMS)


def _live(of: OnboardingEvidence, *, waits: bool) -> ItemStatus:
    item, settings = OnboardingItem.LIVE, of.settings
    shop = None if of.observed is None else of.observed.kind(StorefrontState)
    if settings is None or shop is None:
        return _unknown(of, item)
    open_ = shop.status is not StorefrontStatus.CLOSED
    if settings.enabled is True and settings.buttons_visible is not False and open_ and buttons_visible(settings):
        return _done(item)
    if waits:
        return _missing(item, _US, ItemReason.EARLIER_ITEMS)
    if settings.enabled is not True:
        return _missing(
            item, _US, ItemReason.NOT_APPLIED if of.declared_settings.enabled is True else ItemReason.SWITCHED_OFF
        )
    if not open_:
        wants = UNSET if of.desired is None else of.desired.kind(StorefrontState).status
        declared = wants is StorefrontStatus.OPEN
        return _missing(item, _US if declared else _MERCHANT, ItemReason.NOT_APPLIED if declared else ItemReason.CLOSED)
    return _missing(item, _PLATFORM, ItemReason.HIDDEN)
