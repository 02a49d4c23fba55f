"""What a merchant does about the items that are missing, and where: in the labels of the screens, as the manual has them.

In: a shop with its items. Out: tasks in the order in which they are done, each with its steps. Nothing here is about manifests,
and no value of the shop is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import AMAZON_SETTINGS
from reconciler.core.onboarding.items import ActingParty, ItemReason, OnboardingItem, ShopOnboarding
from reconciler.lib.frozen_class import frozen


@frozen
class MerchantTask:
    """`items` are those that it settles. `where` is the screen."""

    items: tuple[OnboardingItem, ...]
    title: Message
    where: str
    steps: tuple[Message, ...]


_SELLER: Final = AMAZON_SETTINGS.field("seller_id").policy.label
_CLIENT: Final = AMAZON_SETTINGS.field("client_id").policy.label
_LABELS: Final = {OnboardingItem.SELLER_ID: _SELLER, OnboardingItem.CLIENT_ID: _CLIENT}
_VALUES: Final = (OnboardingItem.SELLER_ID, OnboardingItem.CLIENT_ID, OnboardingItem.TOKEN)
SETTINGS_SCREEN: Final = "設定>連携サービス>Amazon設定"
_APPLICATIONS: Final = "システム>各種申し込み>オプション追加お申し込み"
_SELLER_CENTRAL: Final = "Amazonセラーセントラル>設定>インスタント通知(IPN)"
_SAVE: Final = msg("Press 「保存する」 at the bottom of the screen.")
_OPEN_SCREEN: Final = msg("In the admin, open 設定>連携サービス>Amazon設定.")
_LOG_IN: Final = msg("Log in to Amazon Seller Central.")

_OPTION: Final = MerchantTask(
    items=(OnboardingItem.OPTION,),
    title=msg("Apply for the option 「他社ID決済オプション Amazon Pay」"),
    where=_APPLICATIONS,
    steps=(
        msg("In the admin, open システム>各種申し込み>オプション追加お申し込み."),
        msg("Apply for 「他社ID決済オプション Amazon Pay」."),
    ),
)
_CONTRACT: Final = MerchantTask(
    items=(OnboardingItem.CONTRACT,),
    title=msg("Sign the contract with アマゾンジャパン合同会社"),
    where="アマゾンジャパン合同会社",
    steps=(
        msg("Amazon Pay needs a contract between your shop and アマゾンジャパン合同会社, separate from the option."),
        msg("If you have not applied to Amazon yet, please do so; if Amazon is reviewing it, please wait."),
    ),
)
_TOKEN: Final = MerchantTask(
    items=(OnboardingItem.TOKEN,),
    title=msg("Enter the 「MWSAuthToken(MWS認証トークン)」"),
    where=SETTINGS_SCREEN,
    steps=(
        _LOG_IN,
        msg(
            "Get the token as the manual page 「Amazon Pay IDの確認方法」 describes in"
            " 「「MWS認証トークン」の取得方法について」."
        ),
        _OPEN_SCREEN,
        msg("Enter the token yourself in 「MWSAuthToken(MWS認証トークン)」 of 「Amazon API情報」."),
        _SAVE,
    ),
)
_REFUSED: Final = MerchantTask(
    items=_VALUES,
    title=msg("Check the values of 「Amazon API情報」"),
    where=SETTINGS_SCREEN,
    steps=(
        msg("Amazon does not accept the values that are registered now, so that payments may fail."),
        msg(
            "Log in to Amazon Seller Central and compare your SellerId and ClientId with those in"
            " 設定>連携サービス>Amazon設定."
        ),
        msg("In Seller Central, also check that access with the token has not been revoked."),
        msg("Correct the values in 「Amazon API情報」 and press 「保存する」."),
    ),
)
_MAIL: Final = MerchantTask(
    items=(OnboardingItem.MAIL,),
    title=msg("Enter the 「通知メールアドレス」"),
    where=SETTINGS_SCREEN,
    steps=(
        _OPEN_SCREEN,
        msg("Enter an address in 「通知メールアドレス」 of 「Amazon通知設定」. It is informed when an order fails."),
        _SAVE,
    ),
)
_ENDPOINT: Final = MerchantTask(
    items=(OnboardingItem.ENDPOINT,),
    title=msg("Register the URL for payment notifications in Amazon Seller Central"),
    where=_SELLER_CENTRAL,
    steps=(
        msg("In the admin, open 設定>連携サービス>Amazon設定 and copy the 「販売事業者様サイトURL」."),
        msg("Log in to Amazon Seller Central and open 設定>インスタント通知(IPN)."),
        msg("In 「インスタント通知設定」, press 「Add an IPN endpoint」 to show the input field."),
        msg("Paste the copied URL into 「Add IPN endpoint URL」 and press 「更新」."),
    ),
)
_OPENING: Final = MerchantTask(
    items=(OnboardingItem.LIVE,),
    title=msg("Open the shop"),
    where="店舗の開店・閉店",
    steps=(msg("All settings are complete, but the shop is closed. Please open it when you are ready."),),
)


def merchant_tasks(shop: ShopOnboarding) -> tuple[MerchantTask, ...]:
    """Only what is missing and is the merchant's to do."""
    return tuple(_tasks(shop))


def _tasks(shop: ShopOnboarding) -> Iterator[MerchantTask]:
    own = {each.item: each.reason for each in shop.of_party(ActingParty.MERCHANT)}
    refused = ItemReason.REFUSED in own.values()
    if OnboardingItem.OPTION in own:
        yield _OPTION
    if OnboardingItem.CONTRACT in own:
        yield _CONTRACT
    if refused:
        yield _REFUSED
    ids = tuple(item for item in _LABELS if item in own and own[item] is not ItemReason.REFUSED)
    if ids:
        yield _ids(ids)
    if OnboardingItem.TOKEN in own and own[OnboardingItem.TOKEN] is not ItemReason.REFUSED:
        yield _TOKEN
    for item, task in ((OnboardingItem.MAIL, _MAIL), (OnboardingItem.ENDPOINT, _ENDPOINT)):
        if item in own:
            yield task
    if OnboardingItem.LIVE in own:
        yield _OPENING


def _ids(items: tuple[OnboardingItem, ...]) -> MerchantTask:
    labels = "".join(f"「{_LABELS[item]}」" for item in items)
    return MerchantTask(
        items=items,
        title=msg("Enter the {labels}", labels=labels),
        where=SETTINGS_SCREEN,
        steps=(
            _LOG_IN,
            msg(
                "Look up the value as the manual page 「Amazon Pay IDの確認方法」 describes in"
                " 「AmazonAPI設定に登録するID確認方法」."
            ),
            _OPEN_SCREEN,
            msg("Enter each value in {labels} of 「Amazon API情報」, without blanks around it.", labels=labels),
            _SAVE,
        ),
    )
