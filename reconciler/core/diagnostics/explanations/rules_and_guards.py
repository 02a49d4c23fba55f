"""Of the codes of the rules across fields and of the guards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import msg

RULES_AND_GUARDS: Final[Mapping[Code, Explanation]] = {
    codes.NEEDS_OPTION: Explanation(
        msg("The shop has not applied for 他社ID決済オプション Amazon Pay, so `amazon.enabled` cannot be set to true"),
        msg("Apply for the option with the platform, or set amazon.enabled to false until then"),
    ),
    codes.NEEDS_CONTRACT: Explanation(
        msg("The shop has no contract with アマゾンジャパン合同会社, so `amazon.enabled` cannot be set to true"),
        msg("Sign the contract in Amazon Seller Central, or set amazon.enabled to false until then"),
    ),
    codes.NEEDS_COMMERCE_CREATOR: Explanation(
        msg("The shop does not use コマースクリエイター, so pre-order sales cannot be enabled"),
        msg("Switch the shop to コマースクリエイター, or set payment.amazon_pay.pre_order to false"),
    ),
    codes.NEEDS_SUBSCRIPTION: Explanation(
        msg(
            "The shop cannot sell subscriptions with Amazon Pay: {missing}",
            missing=msg("コマースクリエイター is not 運用中"),
        ),
        msg("Set コマースクリエイター to 運用中, or set payment.amazon_pay.subscription to false"),
    ),
    codes.INCOMPLETE: Explanation(
        msg(
            "Amazon will be enabled (`amazon.enabled`), but shoppers will see no button because "
            "these items are not set: {items}",
            items=field_name("MWSAuthToken"),
        ),
        msg("Set {place}", place="amazon.api.mws_auth_token"),
    ),
    codes.NO_SELLER: Explanation(
        msg(
            "The IPN endpoint cannot be written: the shop has no {item}",
            item=field_name("SellerId", "amazon.api.seller_id"),
        ),
        msg("Set amazon.api.seller_id"),
    ),
    codes.UNKNOWN_PART: Explanation(
        msg("Unknown system part {part}", part="order_aera"), msg("Fix the name under amazon.messages, or delete it")
    ),
    codes.NOT_OFFERED: Explanation(
        msg(
            "The backend does not offer {label}, so its declared value has no effect",
            label=field_name("Automatic linkage", "payment.amazon_pay.auto_link"),
        ),
        msg("Delete {place}, or ask the platform", place="payment.amazon_pay.auto_link"),
    ),
    codes.NO_PATH_TO_PAID: Explanation(
        msg(
            "Amazon is enabled (`amazon.enabled`), automatic linkage is off and no IPN endpoint is "
            "registered: no order becomes 入金済み automatically, and sales are not captured"
        ),
        msg("Set payment.amazon_pay.auto_link to true, or seller_central.ipn_endpoint to registered"),
    ),
    codes.PLATFORM_SENDER: Explanation(
        msg(
            "Mail about failed payments is sent from {sender}, an address of the platform: "
            "recipients that check SPF and DMARC reject it or mark it as spam",
            sender="noreply@system.future-shop.net",
        ),
        msg("Set ipn.mail.sender to an address of a domain for which your mail server may send"),
    ),
    codes.TOKEN_PRE_SET: Explanation(
        msg(
            "Amazon pre-set the shop's MWSAuthToken, and it must never be replaced, but the manifest names another one"
        ),
        msg("Write `pre-set`, or delete the key"),
    ),
    codes.TOKEN_NOT_PRE_SET: Explanation(
        msg("The manifest declares that Amazon pre-set the MWSAuthToken, but the shop's token is not pre-set"),
        msg("Write a reference to the token, or delete the key"),
    ),
    codes.SELLER_WITHOUT_TOKEN: Explanation(
        msg(
            "The SellerId changes from {before} to {after}, but the MWSAuthToken stays and belongs "
            "to the former seller",
            before="A1EXAMPLE234567",
            after="A2EXAMPLE234567",
        ),
        msg("Declare the new seller's token under amazon.api.mws_auth_token, or keep the SellerId"),
    ),
    codes.SELLER_OF_PRE_SET: Explanation(
        msg(
            "The SellerId changes from {before} to {after}, but Amazon pre-set the MWSAuthToken for "
            "the former seller, and it must never be replaced",
            before="A1EXAMPLE234567",
            after="A2EXAMPLE234567",
        ),
        msg("Keep the SellerId, or ask the platform how to move the shop to another seller"),
    ),
    codes.CLIENT_OF_TWO_SELLERS: Explanation(
        msg(
            "{summary}: {seller} here, {others} elsewhere",
            summary=msg(
                "The ClientId {client} is declared for several SellerIds",
                client="amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
            ),
            seller="A1EXAMPLE234567",
            others="nara-brushes (A2EXAMPLE234567)",
        ),
        msg("Check in Amazon Seller Central which merchant it belongs to, and correct the other shops"),
    ),
    codes.TOKEN_OF_TWO_SELLERS: Explanation(
        msg(
            "{summary}: {seller} here, {others} elsewhere",
            summary=msg("One MWSAuthToken is declared for several SellerIds"),
            seller="A1EXAMPLE234567",
            others="nara-brushes (A2EXAMPLE234567)",
        ),
        msg("Check in Amazon Seller Central which merchant it belongs to, and correct the other shops"),
    ),
    codes.API_ERROR: Explanation(
        msg("Amazon does not accept the shop's current API values, and the plan does not replace them"),
        msg("Check them in Amazon Seller Central and declare the right values under amazon.api"),
    ),
    codes.NOT_FOLLOWED: Explanation(
        msg(
            "{label} does not follow `amazon.enabled`, which the manifest does not manage",
            label=field_name("Regular sales"),
        ),
        msg("Declare amazon.enabled so that it can be written again, or disable and enable it in the admin screen"),
    ),
    codes.CLOSING_DENIED: Explanation(
        msg(
            "`amazon.enabled` changes only while the shop is closed (要閉店), and the manifest does not "
            "allow closing it"
        ),
        msg("Set `maintenance.close_shop: allow`, or apply while the shop is closed"),
    ),
    codes.OUTSIDE_WINDOW: Explanation(
        msg(
            "It is {now} in {zone}; the shop may be closed only from {opens} to {closes}",
            now="14:30",
            zone="Asia/Tokyo",
            opens="01:00",
            closes="05:00",
        ),
        msg(
            "Apply after {opens}; to apply now, run `reconciler apply {shop}` with `--allow outside-window:{shop}`",
            opens="01:00",
            shop="kyoto-tea",
        ),
    ),
    codes.TURNING_OFF: Explanation(
        msg(
            "Amazon is enabled (`amazon.enabled`) and the shop is open: disabling it removes Amazon "
            "Pay for its shoppers"
        ),
        msg("To allow it, run `reconciler apply {shop}` with `--allow turning-off:{shop}`", shop="kyoto-tea"),
    ),
    codes.SECRET_ROTATION: Explanation(
        msg(
            "{label}: the reference is unchanged, but the secret differs from the backend's",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
        ),
        msg(
            "If the secret was rotated, run `reconciler apply {shop}` with `--allow secret-rotation:{shop}`",
            shop="kyoto-tea",
        ),
    ),
    codes.BOTH_MOVED: Explanation(
        msg(
            "{label}: both Git and the backend changed since the last apply",
            label=field_name("Use Amazon", "amazon.enabled"),
        ),
        msg(
            "Show all three values with `reconciler drift {shop}`; overwrite the backend with --take git:{shop}",
            shop="kyoto-tea",
        ),
    ),
    codes.SELLER_CHANGES: Explanation(
        msg(
            "Amazon is enabled (`amazon.enabled`) and the SellerId changes: every member linked with "
            "Amazon loses the link, and open authorizations, captures and refunds stay with the "
            "seller {seller}",
            seller="A1EXAMPLE234567",
        ),
        msg(
            "Settle the open transactions in Amazon Seller Central, then run `reconciler apply {shop}` with "
            "`--allow seller-changes:{shop}`",
            shop="kyoto-tea",
        ),
    ),
    codes.UNREGISTERING: Explanation(
        msg(
            "Amazon is enabled (`amazon.enabled`) and the IPN endpoint is unregistered: orders "
            "captured in Amazon Seller Central no longer become 入金済み"
        ),
        msg(
            "Keep it registered; to allow it, run `reconciler apply {shop}` with `--allow unregistering:{shop}`",
            shop="kyoto-tea",
        ),
    ),
    codes.FLEET_SHARE: Explanation(
        msg(
            "Shops to change: {changed} of {scope}, which exceeds the limit of {limit} %",
            changed=400,
            scope=1000,
            limit=30,
        ),
        msg("Select fewer shops; to allow it, add `--allow fleet-share`"),
    ),
    codes.CLOSED_AT_ONCE: Explanation(
        msg("Shops to close: {closing}; the limit is {limit}", closing=25, limit=20),
        msg("Select fewer shops; to allow it, add `--allow closed-at-once`"),
    ),
}
