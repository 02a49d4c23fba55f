"""What happened in a simulated world, in order: all that the judges read.

Times are those that a clock in the world showed; it may be set back. A field is named by its place in a manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

EMAIL = "amazon.notification.email"
PRE_ORDER = "payment.amazon_pay.pre_order"
LABEL = "amazon.messages.order_area.label"
ENABLED = "amazon.enabled"
FIELDS = (EMAIL, PRE_ORDER, LABEL, ENABLED)

SETTINGS, PAYMENT, TEXTS, STOREFRONT = "amazonSettings", "amazonPay", "systemParts", "storefront"
PARTS = (SETTINGS, PAYMENT, TEXTS, STOREFRONT)
"""What the platform answers about a shop; each can be unreadable."""
WHOLE = frozenset(PARTS)

Value = str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAtBackend(Entry):
    """Somebody changed the value at the platform."""

    shop: str
    field: str
    value: Value
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Entry):
    """A commit: the manifest of the shop says so from now on."""

    shop: str
    field: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Entry):
    """A commit: the labels of the shop from now on."""

    shop: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied(Entry):
    """An apply of the shop succeeded: Git and the platform agree, and that is remembered."""

    shop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Entry):
    """Amazon refuses the credentials of the shop from now on, or accepts them again."""

    shop: str
    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry(Entry):
    """A commit: the value is accepted until the end of the day in Japan. `until` None: the entry is taken out."""

    shop: str
    field: str
    value: Value | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Entry):
    """A drift check. `hidden` are the parts of shops that the platform did not answer. `recorded`: it ended, and its result was
    stored; otherwise it was killed before (`died`), or the platform answered nothing.
    """

    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    recorded: bool
    died: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTurned(Entry):
    """The other side of a channel takes messages from now on, or asks to try again later."""

    channel: str
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Informed(Entry):
    """The tool took in for a channel what the channel did not know: whole, or not at all."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Entry):
    """The tool took a message of a channel in hand to send it. `digest`: one that came together until a time of day, and that was
    not tried before: from now on nothing is added to it.
    """

    channel: str
    digest: bool


Item = tuple[str, str, str, str, str]
"""Shop, field, class, what happened, and the time of it in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(Entry):
    """A message came in. `items` are shown, the most severe first; `count` is how many there are. `cause` is what many have in
    common, as (`actor` or `field`, value, how many). `confirmed`: it was accepted, and the sender knows.
    """

    channel: str
    key: str
    kind: str
    items: tuple[Item, ...]
    severities: tuple[str, ...]
    count: int
    cause: tuple[str, str, int] | None
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Died(Entry):
    """A process of the tool was killed. What it had in hand is another one's after five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingEnded(Entry):
    """The tool sent all that was to be sent, and was not killed at it."""


Log = list[Entry]
