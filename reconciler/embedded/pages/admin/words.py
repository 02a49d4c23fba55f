"""The words of the screens for values, fields and people, as 体言止め."""

from collections.abc import Mapping
from typing import Any, Final

from reconciler.embedded.contract.responses import Change
from reconciler.embedded.resources.screens.page_parts import BY_KEY

_FIELDS: Final[Mapping[str, str]] = {
    "amazonSettings.useAmazon": "Amazon設定>利用設定",
    "amazonSettings.sellerId": "Amazon設定>SellerId(出品者ID)",
    "amazonSettings.clientId": "Amazon設定>ClientId(クライアントID)",
    "amazonSettings.mwsAuthToken": "Amazon設定>MWSAuthToken(MWS認証トークン)",
    "amazonSettings.notificationEmail": "Amazon設定>通知メールアドレス",
    "amazonSettings.apiStatus": "Amazon設定>API情報の状態",
    "amazonSettings.buttonsVisible": "Amazon設定>Amazonボタン",
    "amazonPay.use": "決済一覧>Amazon Pay",
    "amazonPay.regular": "Amazon Pay設定>通常販売",
    "amazonPay.preOrder": "Amazon Pay設定>予約販売",
    "amazonPay.subscription": "Amazon Pay設定>定期・頒布会販売",
    "amazonPay.autoLink": "Amazon Pay設定>自動連携",
    "storefront.status": "開店・閉店>店舗の状態",
    "storefront.closedMessage": "開店・閉店>閉店中の表示メッセージ",
    "systemParts.output": "メッセージ>出力",
    "entitlements.payOption": "各種申し込み>他社ID決済オプション Amazon Pay",
    "entitlements.amazonContract": "各種申し込み>アマゾンジャパン合同会社とのご契約",
    "entitlements.commerceCreator": "各種申し込み>コマースクリエイター",
    "entitlements.subscriptionApplications": "各種申し込み>定期・頒布会販売",
    "paymentTexts.display_name": "Amazon Pay設定>決済表示名",
    "paymentTexts.comment_pc": "Amazon Pay設定>説明コメント（PC）",
    "paymentTexts.comment_pc_html": "Amazon Pay設定>説明コメント（PC）のHTMLタグ",
    "paymentTexts.comment_mobile": "Amazon Pay設定>説明コメント（スマートフォン）",
    "paymentTexts.comment_mobile_html": "Amazon Pay設定>説明コメント（スマートフォン）のHTMLタグ",
    "paymentTexts.mail_text": "Amazon Pay設定>注文確認メールに挿入する文章",
    "ipnEndpoints.PRODUCTION": "インスタント通知(IPN)>エンドポイントURL（本番環境）",
    "ipnEndpoints.SANDBOX": "インスタント通知(IPN)>エンドポイントURL（テスト環境）",
}
_VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "amazonSettings.apiStatus": {"UNCHECKED": "未確認", "VALID": "正常", "ERROR": "エラー"},
    "amazonSettings.buttonsVisible": {True: "表示中", False: "非表示"},
    "storefront.status": {"OPEN": "開店", "CLOSED": "閉店"},
    "systemParts.output": {True: "出力中", False: "未出力"},
    "entitlements.payOption": {True: "申込済", False: "未申込"},
    "entitlements.amazonContract": {True: "申込済", False: "未申込"},
    "entitlements.subscriptionApplications": {True: "申込済", False: "未申込"},
    "entitlements.commerceCreator": {"DISABLED": "無効", "ENABLED": "有効", "RUNNING": "運用中(切替後)"},
}
PAYMENT: Final[Mapping[str, str]] = {"NOTRECEIVED": "未入金", "RECEIVED": "入金済"}
ORDER_TYPE: Final[Mapping[str, str]] = {
    "REGULAR": "通常", "PREORDER": "予約", "SUBSCRIPTION": "定期", "HANPUKAI": "頒布会",
}  # fmt: skip
ORDER_STATUS: Final[Mapping[str, str]] = {
    "AWAITING_PAYMENT": "通常処理",
    "COMPLETED": "処理済",
    "CANCELLED": "注文取消",
    "REFUNDED": "返品",
    "AWAITING_SHIPMENT": "未回収",
    "ON_HOLD": "保留",
    "PREORDER": "予約",
}
PAYMENT_STATE: Final[Mapping[str, str]] = {
    "AuthorizationInitiated": "処理中",
    "Authorized": "成功",
    "CaptureInitiated": "処理中",
    "Captured": "完了",
    "Canceled": "取消",
    "Declined": "失敗",
    "RefundInitiated": "処理中",
    "Refunded": "完了",
}
SECRET: Final = "amazonSettings.mwsAuthToken"  # noqa: S105 - the name of a field
_FOLLOWED: Final = {"amazonSettings.useAmazon": "「利用設定」に連動"}


def actor_word(change: Change) -> str:
    match change["actorType"]:
        case "MERCHANT":
            return f"店舗担当者 {change['actor']}"
        case "PLATFORM":
            return "プラットフォーム"
        case "AMAZON":
            return "Amazon"
        case _:
            return change["actor"]


def field_word(change: Change) -> str:
    """Screen and field."""
    name = f"{change['resource']}.{change['field']}"
    if name in _FIELDS:
        return _FIELDS[name]
    if change["resource"] in ("systemParts", "pageParts"):
        part, _, text = change["field"].removeprefix("parts.").rpartition(".")
        known = BY_KEY[part].name if part in BY_KEY else part
        return f"メッセージ>{known}の{'ラベル' if text == 'label' else 'メッセージ'}"
    if change["resource"] == "orders":
        number, _, field = change["field"].rpartition(".")
        return f"受注管理>{number}の{'入金状況' if field == 'paymentStatus' else '入金日'}"
    return f"Amazon Payの取引>{change['field'].removesuffix('.state')}"


def value_word(change: Change, value: object) -> str:
    """A value of the trail as text; never a secret."""
    name = f"{change['resource']}.{change['field']}"
    if value is None or value == "":
        return "–"
    words: Mapping[Any, str] = PAYMENT if name.endswith(".paymentStatus") else _VALUES.get(name, {})
    if name.endswith(".state"):
        words = PAYMENT_STATE
    if isinstance(value, bool | str) and value in words:
        return words[value]
    if isinstance(value, bool):
        return "利用する" if value else "利用しない"
    return str(value)


def cause_word(change: Change) -> str:
    cause = change["cause"]
    return "" if cause is None else _FOLLOWED.get(cause, "「API情報」の変更に連動")
