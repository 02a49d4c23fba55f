"""Of the codes of the rules across fields, of secrets and settings, and of the guards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import msg

RULES_AND_GUARDS: Final[Mapping[Code, Explanation]] = {
    codes.NEEDS_OPTION: Explanation(
        msg("The shop has not applied for 他社ID決済オプション Amazon Pay, so 利用設定 cannot be turned on"),
        msg("Apply for the option with the platform, or set amazon.enabled to false until then"),
    ),
    codes.NEEDS_CONTRACT: Explanation(
        msg("The shop has no contract with アマゾンジャパン合同会社, so 利用設定 cannot be turned on"),
        msg("Sign the contract in Seller Central, or set amazon.enabled to false until then"),
    ),
    codes.NEEDS_COMMERCE_CREATOR: Explanation(
        msg("The shop does not use コマースクリエイター, so 予約販売 cannot be turned on"),
        msg("Switch the shop to コマースクリエイター, or set payment.amazon_pay.pre_order to false"),
    ),
    codes.NEEDS_SUBSCRIPTION: Explanation(
        msg(
            "The shop may not sell subscriptions with Amazon Pay: {missing}",
            missing=msg("it is not コマースクリエイター運用中"),
        ),
        msg("Put コマースクリエイター into operation (運用中), or set payment.amazon_pay.subscription to false"),
    ),
    codes.INCOMPLETE: Explanation(
        msg(
            "利用設定 will be on, but shoppers will see no button, since these items are empty: {items}",
            items=field_name("MWSAuthToken"),
        ),
        msg("Declare {place}", place="amazon.api.mws_auth_token"),
    ),
    codes.NO_SELLER: Explanation(
        msg(
            "The IPN endpoint cannot be written: the shop has no {item}",
            item=field_name("SellerId", "amazon.api.seller_id"),
        ),
        msg("Declare amazon.api.seller_id"),
    ),
    codes.UNKNOWN_PART: Explanation(
        msg("The backend has no system part {part}", part="order_aera"),
        msg("Mend the name under amazon.messages, or delete it"),
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
            "利用設定 is on, 自動連携 is off and no IPN endpoint is registered: "
            "no order becomes 入金済み by itself, and sales are not captured"
        ),
        msg("Set payment.amazon_pay.auto_link to true, or seller_central.ipn_endpoint to registered"),
    ),
    codes.PLATFORM_SENDER: Explanation(
        msg(
            "Mails on failed payments are sent from {sender}, an address of the platform: "
            "receivers that check SPF and DMARC refuse them or sort them out",
            sender="noreply@system.future-shop.net",
        ),
        msg("Set ipn.mail.sender to an address of a domain that your mail server may send for"),
    ),
    codes.TOKEN_PRE_SET: Explanation(
        msg("The shop's MWSAuthToken is pre-set by Amazon and must never be replaced, but the manifest names another"),
        msg("Write `pre-set`, or leave the key out"),
    ),
    codes.TOKEN_NOT_PRE_SET: Explanation(
        msg("The manifest says that the MWSAuthToken is pre-set by Amazon, but the shop's is not"),
        msg("Name where the token is to be found, or leave the key out"),
    ),
    codes.SELLER_WITHOUT_TOKEN: Explanation(
        msg(
            "The SellerId changes from {before} to {after}, but the MWSAuthToken stays: it belongs to the former seller",
            before="A1EXAMPLE234567",
            after="A2EXAMPLE234567",
        ),
        msg("Declare the new seller's token under amazon.api.mws_auth_token, or keep the SellerId"),
    ),
    codes.SELLER_OF_PRE_SET: Explanation(
        msg(
            "The SellerId changes from {before} to {after}, but the MWSAuthToken is pre-set by Amazon for the "
            "former seller and must never be replaced",
            before="A1EXAMPLE234567",
            after="A2EXAMPLE234567",
        ),
        msg("Keep the SellerId, or ask the platform how to move the shop to another seller"),
    ),
    codes.CLIENT_OF_TWO_SELLERS: Explanation(
        msg(
            "{summary}: {seller} here, and in {others}",
            summary=msg(
                "The ClientId {client} is declared for several SellerIds",
                client="amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
            ),
            seller="A1EXAMPLE234567",
            others="nara-brushes (A2EXAMPLE234567)",
        ),
        msg("Check in Seller Central which merchant it belongs to, and correct the other shops"),
    ),
    codes.TOKEN_OF_TWO_SELLERS: Explanation(
        msg(
            "{summary}: {seller} here, and in {others}",
            summary=msg("One MWSAuthToken is declared for several SellerIds"),
            seller="A1EXAMPLE234567",
            others="nara-brushes (A2EXAMPLE234567)",
        ),
        msg("Check in Seller Central which merchant it belongs to, and correct the other shops"),
    ),
    codes.API_ERROR: Explanation(
        msg("Amazon refuses the shop's API values as they stand, and the plan does not replace them"),
        msg("Check them in Seller Central, and declare the right ones under amazon.api"),
    ),
    codes.NOT_FOLLOWED: Explanation(
        msg("{label} does not follow 利用設定, which the manifest does not manage", label=field_name("Regular sales")),
        msg("Declare amazon.enabled, so that it can be written again, or turn it off and on in the admin screen"),
    ),
    codes.SECRET_MISSING: Explanation(
        msg("The environment variable {name} is not set", name="KYOTO_TEA_MWS_AUTH_TOKEN"),
        msg("Set {name} where the run starts, or among the secrets of the CI", name="KYOTO_TEA_MWS_AUTH_TOKEN"),
    ),
    codes.SECRET_SCHEME: Explanation(
        msg("{ref} is of the scheme {scheme}, which is not known here", ref="ref+vault://kyoto-tea", scheme="vault"),
        msg("Write one of {known}, or install the package that brings the scheme", known="env, file"),
    ),
    codes.SECRET_FORM: Explanation(
        msg(
            "The secret that {source} names is not an MWSAuthToken: {fault}",
            source="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
            fault=msg("it has stray spaces or line ends around it, as pasted values often do"),
        ),
        msg("Copy the token again from Seller Central, without anything around it"),
    ),
    codes.NOT_COMPARED: Explanation(
        msg(
            "{label} was not compared: {reason}",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
            reason=msg("The environment variable {name} is not set", name="KYOTO_TEA_MWS_AUTH_TOKEN"),
        ),
        msg("Set {name} where the run starts, or among the secrets of the CI", name="KYOTO_TEA_MWS_AUTH_TOKEN"),
    ),
    codes.REFERENCE_CHANGED: Explanation(
        msg(
            "{label} was last applied from {before}, and the manifest refers to {after}",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
            before="ref+env://KYOTO_TEA_TOKEN",
            after="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        ),
        msg("Nothing, where the manifest was changed on purpose: an apply writes the secret that it refers to now"),
    ),
    codes.OTHER_KEY: Explanation(
        msg(
            "The store remembers secrets under another key: which side changed is not known for {count} of them",
            count=12,
        ),
        msg("Use the key that the applies use: RECONCILER_PLAN_KEY, or .reconciler/plan.key with its older keys"),
    ),
    codes.BAD_SETTINGS: Explanation(
        msg("`backend` has {given} without its other half", given="client_id"),
        msg("Mend reconciler.yaml at the place that is named; `reconciler schema settings` says what it may hold"),
    ),
    codes.USAGE: Explanation(
        msg("{message}", message="No such option '--grup'. Did you mean '--group'?"),
        msg("`{command} --help` shows what it understands", command="reconciler plan"),
    ),
    codes.NO_SUCH_SHOP: Explanation(
        msg("No manifest is selected by {asked}", asked="'kyoto'"),
        msg("Patterns are matched against whole shop keys; `reconciler validate` without any counts them all"),
    ),
    codes.ALLOWED_FOR_NONE: Explanation(
        msg(
            "{guard} was allowed for {pattern}, and no shop that is selected matches",
            guard="outside-window",
            pattern="'kyoto-tae'",
        ),
        msg("Did you mean {keys}?", keys="kyoto-tea"),
    ),
    codes.UNUSABLE: Explanation(
        msg(
            "The store {place} cannot be used: {reason}",
            place=".reconciler/journal.db",
            reason=msg("it may not be written: give the file and its folder write permission"),
        ),
        msg("Mend what the message names: a file, its permissions, a key or an address; then run again"),
    ),
    codes.EPHEMERAL_STORE: Explanation(
        msg(
            "The store {place} is inside the work tree of a CI job: if the job is killed while a shop is closed, nobody knows"
            " that the shop has to be reopened",
            place=".reconciler/journal.db",
        ),
        msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler from job to job"),
    ),
    codes.NO_REVISION: Explanation(
        msg("Git knows no revision {revision}", revision="'origin/mian'"),
        msg("Name one commit, branch or tag; `git fetch` brings those that only the server has"),
    ),
    codes.KEY_EXISTS: Explanation(
        msg("There is a key already, in {place}", place=".reconciler/plan.key"),
        msg("Replace it with `reconciler key rotate`, which keeps the present one for what was made with it"),
    ),
    codes.NO_KEY: Explanation(
        msg("There is no key to replace"),
        msg("Make one with `reconciler key create`"),
    ),
    codes.NOT_LISTENING: Explanation(
        msg(
            "{host}:{port} cannot be listened on: {message}",
            host="127.0.0.1",
            port=8765,
            message="Address already in use",
        ),
        msg("Choose another with {option}, or 0 for a free one", option="--port"),
    ),
    codes.CLOSING_DENIED: Explanation(
        msg("利用設定 changes only while the shop is closed (要閉店), and the manifest does not allow closing it"),
        msg("Set maintenance.close_shop to allow, or apply while the shop is closed"),
    ),
    codes.OUTSIDE_WINDOW: Explanation(
        msg(
            "It is {now} in {zone}, and the shop may be closed from {opens} until {closes} only",
            now="14:30",
            zone="Asia/Tokyo",
            opens="01:00",
            closes="05:00",
        ),
        msg("Apply after {opens}, or allow it now with --allow outside-window:{shop}", opens="01:00", shop="kyoto-tea"),
    ),
    codes.TURNING_OFF: Explanation(
        msg("利用設定 is on and the shop is open: turning it off takes Amazon Pay away from its shoppers"),
        msg("Allow it with --allow turning-off:{shop}", shop="kyoto-tea"),
    ),
    codes.SECRET_ROTATION: Explanation(
        msg(
            "{label}: the reference is unchanged, and the secret differs from the backend's",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
        ),
        msg("If the secret was rotated, write it with --allow secret-rotation:{shop}", shop="kyoto-tea"),
    ),
    codes.BOTH_MOVED: Explanation(
        msg(
            "{label}: since it was last applied, the backend was changed as well as Git",
            label=field_name("Use Amazon", "amazon.enabled"),
        ),
        msg(
            "See all three values with `reconciler drift {shop}`; overwrite the backend with --take git:{shop}",
            shop="kyoto-tea",
        ),
    ),
    codes.SELLER_CHANGES: Explanation(
        msg(
            "利用設定 is on and the SellerId changes: every member linked with Amazon loses the link, "
            "and open authorizations, captures and refunds stay with the seller {seller}",
            seller="A1EXAMPLE234567",
        ),
        msg(
            "Settle what is open in Seller Central, then allow it with --allow seller-changes:{shop}", shop="kyoto-tea"
        ),
    ),
    codes.UNREGISTERING: Explanation(
        msg(
            "利用設定 is on and the IPN endpoint is unregistered: orders that are captured in Seller Central "
            "no longer become 入金済み"
        ),
        msg("Keep it registered, or allow it with --allow unregistering:{shop}", shop="kyoto-tea"),
    ),
    codes.FLEET_SHARE: Explanation(
        msg(
            "Shops that would change: {changed} of {scope}, which is more than {limit} %",
            changed=400,
            scope=1000,
            limit=30,
        ),
        msg("Select fewer shops, or allow it with --allow fleet-share"),
    ),
    codes.CLOSED_AT_ONCE: Explanation(
        msg("Shops that would be closed: {closing}, and the limit is {limit}", closing=25, limit=20),
        msg("Select fewer shops, or allow it with --allow closed-at-once"),
    ),
}
