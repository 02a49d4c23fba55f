"""Where a person finds the value of a field, or sets it up, in the labels of the screens.

In: a field as `kind.field`. Out: steps in order. The labels are those of the manual and of Amazon Seller Central.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg

_IDS: Final = (
    msg("Amazon Seller Central issues this value. Log in to Amazon Seller Central and look it up"),
    msg("The manual shows where: 「Amazon Pay IDの確認方法-AmazonAPI設定に登録するID確認方法」"),
    msg("In the admin it belongs in 設定>連携サービス>Amazon設定, Amazon API情報"),
)
_TOKEN: Final = (
    msg("Amazon Seller Central issues this value. Log in to Amazon Seller Central and look it up"),
    msg("The manual shows how: 「Amazon Pay IDの確認方法-「MWS認証トークン」の取得方法について」"),
    msg("If the admin shows Pre-Set_with_information_from_Amazon, do not change or delete it: declare `pre-set`"),
    msg("Otherwise store it as a secret and declare a reference, for example ref+env://NAME"),
)


def register_endpoint(shop: str) -> tuple[Message, ...]:
    """`shop` is its key, or a placeholder for it."""
    return (
        msg("Log in to Amazon Seller Central and press 設定>インスタント通知(IPN)"),
        msg("In 「インスタント通知設定」, press 「Add an IPN endpoint」 to show the input field"),
        msg(
            "Paste the 「販売事業者様サイトURL」 of the futureshop admin into 「Add IPN endpoint URL」 and press [更新];"
            " `reconciler show {shop} --field merchant_site_url` prints it",
            shop=shop,
        ),
    )


REGISTER_ENDPOINT: Final = register_endpoint("SHOP")
FIELD_GUIDES: Final[Mapping[str, tuple[Message, ...]]] = {
    "amazon_settings.seller_id": _IDS,
    "amazon_settings.client_id": _IDS,
    "amazon_settings.mws_auth_token": _TOKEN,
    "amazon_settings.merchant_site_url": REGISTER_ENDPOINT,
    "ipn_endpoint.registration": REGISTER_ENDPOINT,
}
