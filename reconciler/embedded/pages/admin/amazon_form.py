"""What was entered on Amazon設定: judged by the rules of the screen, and as a patch of the contract's keys.

In: a form and the present settings. Out: faults by field, or a patch. 利用する is part of a form only where the page offered it
(`use_editable`): a browser does not post a disabled checkbox, and the resource refuses the key while the shop is open, with
any value.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from reconciler.embedded.contract.requests import AmazonSettingsBody, AmazonSettingsPatch
from reconciler.embedded.contract.responses import AmazonSettingsResponse
from reconciler.embedded.pages.forms import Form, half_width_fault
from reconciler.embedded.pages.language import N_, _

LABELS: Final[Mapping[str, str]] = {
    "use_amazon": N_("利用設定"),
    "seller_id": N_("SellerId(出品者ID)"),
    "client_id": N_("ClientId(クライアントID)"),
    "mws_auth_token": N_("MWSAuthToken(MWS認証トークン)"),
    "notification_email": N_("通知メールアドレス"),
}
KEYS: Final[Mapping[str, str]] = {
    "use_amazon": "useAmazon",
    "seller_id": "sellerId",
    "client_id": "clientId",
    "mws_auth_token": "mwsAuthToken",
    "notification_email": "notificationEmail",
}
TEXT_FIELDS: Final = ("seller_id", "client_id", "notification_email")
_LIMITS: Final[Mapping[str, int]] = {
    "seller_id": 200,
    "client_id": 200,
    "mws_auth_token": 200,
    "notification_email": 254,
}
_CLIENT_ID: Final = re.compile(r"amzn1\.application-oa2-client\.")
_PUBLIC_KEY_ID: Final = re.compile(r"(SANDBOX|LIVE)-")
_PATCH: Final[TypeAdapter[AmazonSettingsPatch]] = TypeAdapter(AmazonSettingsBody)


def field_of(key: str) -> str:
    """The field of the page that shows a key of the contract."""
    return next(field for field, known in KEYS.items() if known == key)


def entered(present: AmazonSettingsResponse) -> dict[str, str]:
    """The fields as the page shows them first."""
    stored = cast("Mapping[str, Any]", present)
    return {name: stored[KEYS[name]] or "" for name in TEXT_FIELDS}


def unset_labels(present: AmazonSettingsResponse) -> list[str]:
    """The labels of the items that are not set."""
    stored = cast("Mapping[str, Any]", present)
    empty = [name for name in TEXT_FIELDS if not stored[KEYS[name]]]
    if present["mwsAuthToken"]["state"] == "UNSET":
        empty.append("mws_auth_token")
    return [_(label) for name, label in LABELS.items() if name in empty]


def faults_of(form: Form, present: AmazonSettingsResponse) -> dict[str, str]:
    """What is wrong, by field, in the order of the page."""
    found = {name: fault for name in LABELS if (fault := _fault(name, form, present)) is not None}
    return found or dict(_contract_faults(form, present))


def patch_of(form: Form, present: AmazonSettingsResponse, *, with_use: bool) -> AmazonSettingsPatch:
    """The keys whose values differ from the present ones, and 利用設定 if it is part of the form."""
    values = _values(form, present, with_use)
    return _PATCH.validate_python(values) if values else {}


def _values(form: Form, present: AmazonSettingsResponse, with_use: bool) -> dict[str, Any]:
    before = entered(present)
    values: dict[str, Any] = {"useAmazon": form.checked("use_amazon")} if with_use else {}
    values |= {KEYS[name]: form.text(name) for name in TEXT_FIELDS if form.text(name) not in ("", before[name])}
    return values | ({"mwsAuthToken": form.text("mws_auth_token")} if form.text("mws_auth_token") else {})


def _fault(name: str, form: Form, present: AmazonSettingsResponse) -> str | None:
    if name == "use_amazon":
        return None
    text = form.text(name)
    if not text:
        return _blank_fault(name, form, present)
    if len(text) > _LIMITS[name]:
        return _("{limit}文字以内で入力してください。", limit=_LIMITS[name])
    return half_width_fault(text) or _other_value(name, text)


def _blank_fault(name: str, form: Form, present: AmazonSettingsResponse) -> str | None:
    """Blanks are accepted as long as 利用する is not checked; what was set once cannot be emptied."""
    if name != "mws_auth_token" and entered(present)[name]:
        return _("この項目は空にできません。")
    if name == "mws_auth_token" and present["mwsAuthToken"]["state"] != "UNSET":
        return None
    # A locked checkbox is not posted: while the shop is open, it shows what is stored.
    in_use = form.checked("use_amazon") if form.checked("use_editable") else present["useAmazon"]
    return _("{label}を入力してください。", label=_(LABELS[name])) if in_use else None


def _other_value(name: str, text: str) -> str | None:
    if name == "seller_id" and _CLIENT_ID.match(text):
        return _("ClientId(クライアントID)の値のようです。")
    if name == "client_id" and _PUBLIC_KEY_ID.match(text):
        return _("Public Key IDではなく、ClientId(Store ID)を入力してください。")
    return None


def _contract_faults(form: Form, present: AmazonSettingsResponse) -> Iterator[tuple[str, str]]:
    """What the contract's shapes refuse: the form of a mail address, the literal of a pre-set token."""
    try:
        patch_of(form, present, with_use=False)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield field_of(str(each["loc"][0])), _(_SHAPES.get(str(each["loc"][0]), _OTHER_SHAPE))


_OTHER_SHAPE: Final = N_("値の形式が正しくありません。")
_SHAPES: Final[Mapping[str, str]] = {
    "notificationEmail": N_("メールアドレスの形式が正しくありません（例: pay@shop.example）。"),
    "mwsAuthToken": N_("この値はあらかじめセットされた状態を示す文字列です。トークンを入力してください。"),
}
