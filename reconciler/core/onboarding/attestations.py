"""Attestations: what a person has checked, because no API can read it.

In: an item, who checked it and when. Out: whether it still holds. The files are read in `adapters/manifests/attestations`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen

SOON_DAYS: Final = 30
"""So many days before it expires, an attestation expires soon."""


class AttestedItem(StrEnum):
    """The first five belong to a start, the last two to an end."""

    IPN_ENDPOINT = "ipn-endpoint"
    JAVASCRIPT_ORIGINS = "javascript-origins"
    PRIVACY_URL = "privacy-url"
    SHOP_NAME = "shop-name"
    TEST_ORDER = "test-order"
    REVOKED_AT_AMAZON = "revoked-at-amazon"
    AUTHORISATIONS_CLOSED = "authorisations-closed"


START_ITEMS: Final = (
    AttestedItem.IPN_ENDPOINT,
    AttestedItem.JAVASCRIPT_ORIGINS,
    AttestedItem.PRIVACY_URL,
    AttestedItem.SHOP_NAME,
    AttestedItem.TEST_ORDER,
)
END_ITEMS: Final = (AttestedItem.REVOKED_AT_AMAZON, AttestedItem.AUTHORISATIONS_CLOSED)


class AttestationState(StrEnum):
    VALID = "valid"
    EXPIRES_SOON = "expires-soon"
    EXPIRED = "expired"


@frozen
class Attestation:
    """`by` is a person, `expires` the last day on which it holds. Days are days in Japan, as `2026-12-31`. `origin` is the
    place of the entry.
    """

    shop: ShopKey
    item: AttestedItem
    by: str
    on: str
    expires: str | None = None
    note: str | None = None
    origin: Origin

    def expired(self, today: str) -> bool:
        return self.expires is not None and today > self.expires

    def state(self, today: str, soon: str) -> AttestationState:
        """`soon` is the day `SOON_DAYS` after today."""
        if self.expired(today):
            return AttestationState.EXPIRED
        if self.expires is not None and self.expires <= soon:
            return AttestationState.EXPIRES_SOON
        return AttestationState.VALID


def item_label(item: AttestedItem) -> Message:
    return _LABELS[item]


_LABELS: Final = {
    AttestedItem.IPN_ENDPOINT: msg("IPN endpoint registered in Seller Central"),
    AttestedItem.JAVASCRIPT_ORIGINS: msg("JavaScript origins allowed at Amazon"),
    AttestedItem.PRIVACY_URL: msg("Privacy policy URL at Amazon"),
    AttestedItem.SHOP_NAME: msg("Shop name shown by Amazon"),
    AttestedItem.TEST_ORDER: msg("Test order placed and paid"),
    AttestedItem.REVOKED_AT_AMAZON: msg("API access revoked at Amazon"),
    AttestedItem.AUTHORISATIONS_CLOSED: msg("Open authorizations closed"),
}


def expiry_notes(attestations: Iterable[Attestation], today: str) -> tuple[Diagnostic, ...]:
    """A note at each expired entry. It blocks nothing."""
    return tuple(_expired(each) for each in attestations if each.expired(today))


def _expired(each: Attestation) -> Diagnostic:
    return diagnostic(
        codes.ATTESTATION_EXPIRED,
        msg(
            "{shop}: the attestation `{item}` of {by} expired on {day}",
            shop=each.shop,
            item=each.item.value,
            by=each.by,
            day=each.expires or "",
        ),
        hint=msg("Check it again, then run `reconciler attest {shop} {item}`", shop=each.shop, item=each.item.value),
        subject=f"attested.{each.item}",
        shop=each.shop,
        origin=each.origin,
    )
