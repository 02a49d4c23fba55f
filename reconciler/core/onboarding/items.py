"""What a shop needs before it takes orders with Amazon Pay, item by item: the state of each, and who acts next.

Values only. How an item is judged is in `judge.py`; what an item is called is in `words.py`.
"""

from __future__ import annotations

from enum import Enum

from reconciler.lib.frozen_class import frozen


class OnboardingItem(Enum):
    """In the order in which they are done."""

    MANIFEST = "manifest"
    OPTION = "option"
    CONTRACT = "contract"
    SELLER_ID = "seller-id"
    CLIENT_ID = "client-id"
    TOKEN = "token"  # noqa: S105  # the name of an item
    MAIL = "notification-email"
    ENDPOINT = "ipn-endpoint"
    AUTO_LINK = "auto-link"
    LIVE = "live"
    TEST_ORDER = "test-order"


class ItemState(Enum):
    """`EXPIRED`: a person attested it until a day that has passed. `UNKNOWN`: it could not be read."""

    DONE = "done"
    MISSING = "missing"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not-needed"


class ActingParty(Enum):
    """Who can do what is missing."""

    US = "us"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    AMAZON = "amazon"


class ItemReason(Enum):
    """Why an item is in its state, where the state alone does not say it."""

    NOT_APPLIED = "not-applied"
    """A manifest declares it, and no apply has written it."""
    INVALID = "invalid"
    """There is a manifest, with errors."""
    REFUSED = "refused"
    """Amazon does not accept the registered values."""
    NOT_ISSUED = "not-issued"
    """The platform has issued no IPN endpoint URL."""
    WITHDRAWN = "withdrawn"
    """It was there when the shop was live, and is gone."""
    ATTESTED = "attested"
    """A person attested it; nothing else says so."""
    OUTDATED = "outdated"
    """An attestation of it expired."""
    EARLIER_ITEMS = "earlier-items"
    """It waits for the items before it."""
    SWITCHED_OFF = "switched-off"
    """利用設定 is off."""
    CLOSED = "closed"
    """The shop is closed."""
    HIDDEN = "hidden"
    """All is set, and buyers see no button."""
    SHOP_UNKNOWN = "shop-unknown"
    """The backend does not know the shop."""
    UNREAD = "unread"
    """The backend could not be read."""
    SECRET_UNREAD = "secret-unread"  # noqa: S105  # the name of a reason
    """The secret that the manifest refers to could not be read."""
    INBOX_UNREAD = "inbox-unread"
    """The sidecar's inbox could not be read."""


class OnboardingState(Enum):
    """Of a shop; each has exactly one: the first that applies, from the loudest."""

    REVOKED = "revoked"
    """It was live, and its option or its contract is gone."""
    SHOP_UNKNOWN = "shop-unknown"
    """The backend does not know it."""
    UNREAD = "unread"
    """What comes next for it could not be read."""
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"


OPEN_STATES = frozenset({ItemState.MISSING, ItemState.EXPIRED, ItemState.UNKNOWN})
"""An item in one of them is not done."""


@frozen
class ItemStatus:
    """`party` is None where nothing is to be done. `since` is when it was first seen missing, as text in UTC: None without a
    store. `until` is the last day of its attestation.
    """

    item: OnboardingItem
    state: ItemState
    party: ActingParty | None = None
    reason: ItemReason | None = None
    since: str | None = None
    until: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_missing(self) -> bool:
        return self.state in (ItemState.MISSING, ItemState.EXPIRED)


@frozen
class RowPlace:
    """A shop's row in a table. `digest` changes with what the row says; None where the row cannot be read."""

    file: str
    line: int
    digest: str | None = None


@frozen
class ShopOnboarding:
    """One shop with all items, in their order. `place` is its manifest, or else the row of a table that names it. `was_live`: it
    is live now, or was seen live.
    """

    shop: str
    state: OnboardingState
    items: tuple[ItemStatus, ...]
    place: str | None = None
    row: RowPlace | None = None
    was_live: bool = False

    @property
    def open_items(self) -> tuple[ItemStatus, ...]:
        return tuple(each for each in self.items if each.is_open)

    @property
    def missing(self) -> tuple[ItemStatus, ...]:
        return tuple(each for each in self.items if each.is_missing)

    @property
    def acts_first(self) -> ActingParty | None:
        """Who does the first thing that is open; None for a complete shop."""
        return next((each.party for each in self.items if each.is_open), None)

    @property
    def since(self) -> str | None:
        """Since when the first thing that is open has been missing."""
        return next((each.since for each in self.items if each.is_open), None)

    def of_party(self, party: ActingParty) -> tuple[ItemStatus, ...]:
        return tuple(each for each in self.items if each.is_missing and each.party is party)


STATE_ORDER = {state: number for number, state in enumerate(OnboardingState)}


def loudest_first(shops: list[ShopOnboarding]) -> tuple[ShopOnboarding, ...]:
    """By state, then by shop."""
    return tuple(sorted(shops, key=lambda each: (STATE_ORDER[each.state], each.shop)))
