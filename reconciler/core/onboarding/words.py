"""What items, their states and reasons, the states of shops and the parties are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import AMAZON_PAY_PAYMENT, AMAZON_SETTINGS, ENTITLEMENTS
from reconciler.core.onboarding.items import ActingParty, ItemReason, ItemState, OnboardingItem, OnboardingState

ITEM_WORDS: Final[Mapping[OnboardingItem, Message]] = {
    OnboardingItem.MANIFEST: msg("manifest"),
    OnboardingItem.OPTION: ENTITLEMENTS.field("pay_option").policy.short_name,
    OnboardingItem.CONTRACT: ENTITLEMENTS.field("amazon_contract").policy.short_name,
    OnboardingItem.SELLER_ID: AMAZON_SETTINGS.field("seller_id").policy.short_name,
    OnboardingItem.CLIENT_ID: AMAZON_SETTINGS.field("client_id").policy.short_name,
    OnboardingItem.TOKEN: AMAZON_SETTINGS.field("mws_auth_token").policy.short_name,
    OnboardingItem.MAIL: AMAZON_SETTINGS.field("notification_email").policy.short_name,
    OnboardingItem.ENDPOINT: msg("IPN endpoint"),
    OnboardingItem.AUTO_LINK: AMAZON_PAY_PAYMENT.field("auto_link").policy.short_name,
    OnboardingItem.LIVE: msg("live"),
    OnboardingItem.TEST_ORDER: msg("test order"),
}
ITEM_STATE_WORDS: Final[Mapping[ItemState, Message]] = {
    ItemState.DONE: msg("done"),
    ItemState.MISSING: msg("not done"),
    ItemState.EXPIRED: msg("expired"),
    ItemState.UNKNOWN: msg("unknown"),
    ItemState.NOT_NEEDED: msg("not needed"),
}
PARTY_WORDS: Final[Mapping[ActingParty, Message]] = {
    ActingParty.US: msg("us"),
    ActingParty.MERCHANT: msg("merchant"),
    ActingParty.PLATFORM: msg("platform"),
    ActingParty.AMAZON: msg("Amazon"),
}
REASON_WORDS: Final[Mapping[ItemReason, Message]] = {
    ItemReason.NOT_APPLIED: msg("declared, not applied"),
    ItemReason.INVALID: msg("has errors"),
    ItemReason.REFUSED: msg("refused by Amazon"),
    ItemReason.NOT_ISSUED: msg("no URL issued"),
    ItemReason.WITHDRAWN: msg("withdrawn"),
    ItemReason.ATTESTED: msg("attested"),
    ItemReason.OUTDATED: msg("attestation expired"),
    ItemReason.EARLIER_ITEMS: msg("waits for the items above"),
    ItemReason.SWITCHED_OFF: msg("not enabled"),
    ItemReason.CLOSED: msg("shop closed"),
    ItemReason.HIDDEN: msg("buttons not shown"),
    ItemReason.SHOP_UNKNOWN: msg("check the shop key"),
    ItemReason.UNREAD: msg("backend not read"),
    ItemReason.SECRET_UNREAD: msg("secret not read"),
    ItemReason.INBOX_UNREAD: msg("inbox not read"),
}
ONBOARDING_STATE_WORDS: Final[Mapping[OnboardingState, Message]] = {
    OnboardingState.REVOKED: msg("REVOKED"),
    OnboardingState.SHOP_UNKNOWN: msg("UNKNOWN SHOP"),
    OnboardingState.UNREAD: msg("not read"),
    OnboardingState.INCOMPLETE: msg("incomplete"),
    OnboardingState.COMPLETE: msg("complete"),
}
