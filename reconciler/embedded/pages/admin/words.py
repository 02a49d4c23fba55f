"""The words of the screens for values, fields and people, as 体言止め."""

from collections.abc import Mapping
from typing import Any, Final

from reconciler.embedded.contract.responses import Change
from reconciler.embedded.pages.language import N_, _, _c
from reconciler.embedded.resources.screens.page_parts import BY_KEY

_FIELDS: Final[Mapping[str, str]] = {
    "amazonSettings.useAmazon": N_("Amazon設定>利用設定"),
    "amazonSettings.sellerId": N_("Amazon設定>SellerId(出品者ID)"),
    "amazonSettings.clientId": N_("Amazon設定>ClientId(クライアントID)"),
    "amazonSettings.mwsAuthToken": N_("Amazon設定>MWSAuthToken(MWS認証トークン)"),
    "amazonSettings.notificationEmail": N_("Amazon設定>通知メールアドレス"),
    "amazonSettings.apiStatus": N_("Amazon設定>API情報の状態"),
    "amazonSettings.buttonsVisible": N_("Amazon設定>Amazonボタン"),
    "amazonPay.use": N_("決済一覧>Amazon Pay"),
    "amazonPay.regular": N_("Amazon Pay設定>通常販売"),
    "amazonPay.preOrder": N_("Amazon Pay設定>予約販売"),
    "amazonPay.subscription": N_("Amazon Pay設定>定期・頒布会販売"),
    "amazonPay.autoLink": N_("Amazon Pay設定>自動連携"),
    "storefront.status": N_("開店・閉店>店舗の状態"),
    "storefront.closedMessage": N_("開店・閉店>閉店中の表示メッセージ"),
    "systemParts.output": N_("メッセージ>出力"),
    "entitlements.payOption": N_("各種申し込み>他社ID決済オプション Amazon Pay"),
    "entitlements.amazonContract": N_("各種申し込み>アマゾンジャパン合同会社とのご契約"),
    "entitlements.commerceCreator": N_("各種申し込み>コマースクリエイター"),
    "entitlements.subscriptionApplications": N_("各種申し込み>定期・頒布会販売"),
    "applications.pay_option": N_("各種申し込み>他社ID決済オプション Amazon Payの審査"),
    "applications.amazon_contract": N_("各種申し込み>アマゾンジャパン合同会社とのご契約の審査"),
    "applications.subscription_applications": N_("各種申し込み>定期・頒布会販売の審査"),
    "paymentTexts.display_name": N_("Amazon Pay設定>決済表示名"),
    "paymentTexts.comment_pc": N_("Amazon Pay設定>説明コメント（PC）"),
    "paymentTexts.comment_pc_html": N_("Amazon Pay設定>説明コメント（PC）のHTMLタグ"),
    "paymentTexts.comment_mobile": N_("Amazon Pay設定>説明コメント（スマートフォン）"),
    "paymentTexts.comment_mobile_html": N_("Amazon Pay設定>説明コメント（スマートフォン）のHTMLタグ"),
    "paymentTexts.mail_text": N_("Amazon Pay設定>注文確認メールに挿入する文章"),
    "ipnEndpoints.PRODUCTION": N_("インスタント通知(IPN)>エンドポイントURL（本番環境）"),
    "ipnEndpoints.SANDBOX": N_("インスタント通知(IPN)>エンドポイントURL（テスト環境）"),
    "javascriptOrigins.origins": N_("インテグレーションセントラル>許可されたJavaScriptオリジン"),
}
_REVIEW: Final = {True: N_("審査中"), False: "–"}
_VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "amazonSettings.apiStatus": {"UNCHECKED": N_("未確認"), "VALID": N_("正常"), "ERROR": N_("エラー")},
    "amazonSettings.buttonsVisible": {True: N_("表示中"), False: N_("非表示")},
    "storefront.status": {"OPEN": N_("開店"), "CLOSED": N_("閉店")},
    "systemParts.output": {True: N_("出力中"), False: N_("未出力")},
    "entitlements.payOption": {True: N_("申込済"), False: N_("未申込")},
    "entitlements.amazonContract": {True: N_("申込済"), False: N_("未申込")},
    "entitlements.subscriptionApplications": {True: N_("申込済"), False: N_("未申込")},
    "applications.pay_option": _REVIEW,
    "applications.amazon_contract": _REVIEW,
    "applications.subscription_applications": _REVIEW,
    "entitlements.commerceCreator": {"DISABLED": N_("無効"), "ENABLED": N_("有効"), "RUNNING": N_("運用中(切替後)")},
}
PAYMENT: Final[Mapping[str, str]] = {"NOTRECEIVED": N_("未入金"), "RECEIVED": N_("入金済")}
ORDER_TYPE: Final[Mapping[str, str]] = {
    "REGULAR": N_("通常"), "PREORDER": N_("予約"), "SUBSCRIPTION": N_("定期"), "HANPUKAI": N_("頒布会"),
}  # fmt: skip
ORDER_STATUS: Final[Mapping[str, str]] = {
    "AWAITING_PAYMENT": N_("通常処理"),
    "COMPLETED": N_("処理済"),
    "CANCELLED": N_("注文取消"),
    "REFUNDED": N_("返品"),
    "AWAITING_SHIPMENT": N_("未回収"),
    "ON_HOLD": N_("保留"),
    "PREORDER": N_("予約"),
}
PAYMENT_STATE: Final[Mapping[str, str]] = {
    "AuthorizationInitiated": N_("処理中"),
    "Authorized": N_("成功"),
    "CaptureInitiated": N_("処理中"),
    "Captured": N_("完了"),
    "Canceled": N_("取消"),
    "Declined": N_("失敗"),
    "RefundInitiated": N_("処理中"),
    "Refunded": N_("完了"),
    "Chargeable": N_("有効"),
    "NonChargeable": N_("一時停止"),
    "Closed": N_("終了"),
}
_ORDER_FIELDS: Final = {
    "paymentStatus": N_("入金状況"),
    "receiptDate": N_("入金日"),
    "status": N_("ステータス"),
}
SECRET: Final = "amazonSettings.mwsAuthToken"  # noqa: S105 - the name of a field
_OTHER_CAUSE: Final = N_("「API情報」の変更に連動")
_FOLLOWED: Final = {"amazonSettings.useAmazon": N_("「利用設定」に連動")}


def actor_word(change: Change) -> str:
    match change["actorType"]:
        case "MERCHANT":
            return _("店舗担当者 {name}", name=change["actor"])
        case "PLATFORM":
            return _("プラットフォーム")
        case "AMAZON":
            return "Amazon"
        case _:
            return change["actor"]


def field_word(change: Change) -> str:
    """Screen and field."""
    name = f"{change['resource']}.{change['field']}"
    if name in _FIELDS:
        return _(_FIELDS[name])
    if change["resource"] in ("systemParts", "pageParts"):
        part, _dot, text = change["field"].removeprefix("parts.").rpartition(".")
        known = BY_KEY[part].name if part in BY_KEY else part
        kind = _("ラベル") if text == "label" else _c("text", "メッセージ")
        return _("メッセージ>{part}の{kind}", part=_(known), kind=kind)
    if change["resource"] == "orders":
        number, _dot, field = change["field"].rpartition(".")
        return _(
            "受注管理>{number}の{field}",
            number=number,
            field=_(_ORDER_FIELDS[field]) if field in _ORDER_FIELDS else field,
        )
    return _("Amazon Payの取引>{number}", number=change["field"].removesuffix(".state"))


def value_word(change: Change, value: object) -> str:
    """A value of the trail as text; never a secret."""
    name = f"{change['resource']}.{change['field']}"
    if value is None or value == "":
        return "–"
    words: Mapping[Any, str] = _VALUES.get(name, {})
    if name.endswith(".state"):
        words = PAYMENT_STATE
    elif change["resource"] == "orders":
        words = {**PAYMENT, **ORDER_STATUS}
    if isinstance(value, bool | str) and value in words:
        return _(words[value])
    if isinstance(value, bool):
        return _("利用する") if value else _("利用しない")
    return str(value)


def cause_word(change: Change) -> str:
    cause = change["cause"]
    return "" if cause is None else _(_FOLLOWED.get(cause, _OTHER_CAUSE))
