"""設定>連携サービス>Amazon設定: the page, its form, the error page of wrong API values.

In: a visit. Out: a page, or a change of `amazonSettings` through its resource. The token is in no page: neither the stored one
nor one that was just entered.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import AmazonSettingsResponse
from reconciler.embedded.pages.admin import amazon_form
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import AMAZON_SETTINGS, address_of
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import amazon_pay, amazon_settings, entitlements, storefront
from reconciler.embedded.storage.tables import shops
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix=f"/shops/{{shop_key}}/{AMAZON_SETTINGS.place}")

SHOP_OPEN: Final = N_("「利用設定」は「店舗閉店時」のみ変更できます。店舗を閉店してから設定してください。")
NO_OPTION: Final = N_("他社ID決済オプション Amazon Payのお申込みが必要です。")
NO_CONTRACT: Final = N_("アマゾンジャパン合同会社とのご契約が必要です。")
PRE_SET: Final = N_("あらかじめセットされています。削除や変更をしないでください。")
ANOTHER_SELLER: Final = N_(
    "MWS認証トークンは現在の出品者IDに対してセットされています。変更すると決済できなくなる可能性があります。"
)
SAVED: Final = N_("保存しました。")
SHOP_SCREENS: Final = {
    "cart": N_("ショッピングカート"),
    "order": N_("Amazon Pay専用「ご注文手続き」画面"),
    "subscription": N_("Amazon Pay専用「お申込み手続き」画面"),
    "purchase-login": N_("ご購入手続き(ご購入途中のログイン画面)"),
    "after-login": N_("Amazonログイン後の会員ログイン画面"),
    "member-login": N_("マイページなどへの会員ログイン画面"),
}
"""By the last part of their address, as the manual names them."""
_REJECTED: Final[Mapping[tuple[str, str], str]] = {
    ("sellerId", "AMAZON_API_ERROR"): N_("この出品者IDはAmazonに登録されていません。"),
    ("sellerId", "ACCESS_REVOKED"): N_("この出品者IDへのアクセスは取り消されています。"),
    ("clientId", "AMAZON_API_ERROR"): N_("このClientIdはAmazonに登録されていません。"),
    ("clientId", "OTHER_SELLER"): N_("このClientIdは別の出品者IDのものです。"),
}
_BAD_TOKEN: Final = N_("このトークンは無効です。")


@frozen
class SettingsState:
    """What the page is made of, in one snapshot."""

    value: AmazonSettingsResponse
    version: str
    open: bool
    not_entitled: tuple[str, ...]
    """What the shop has not applied for or contracted yet."""

    @property
    def use_editable(self) -> bool:
        return not self.open and (not self.not_entitled or self.value["useAmazon"])


@router.get("")
async def show_amazon_settings(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    return _page(visit, state)


@router.post("")
async def save_amazon_settings(visit: ShopPost) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    if "mws_auth_token" in visit.form.values and state.value["mwsAuthToken"]["state"] == "PRE_SET":
        return _page(visit, state, 409, errors={"mws_auth_token": _(PRE_SET)})
    stale = visit.form.text("version") != state.version
    faults = amazon_form.faults_of(visit.form, state.value)
    if stale:  # what a blank means depends on what the page showed
        faults = {name: fault for name, fault in faults.items() if visit.form.text(name)}
    if faults:  # the form keeps the version it was made from: with a newer one it would overwrite what came between
        return _page(visit, replace(state, version=visit.form.text("version")), 422, errors=faults)
    if stale:
        return _page(visit, state, 412, conflict=_conflict(visit, state))
    if _asks_once_more(visit, state):
        return _page(visit, state, 422, confirm=_(ANOTHER_SELLER))
    return _write(visit)


def _write(visit: Visit) -> Response:
    verifier = visit.services.config.verifier
    tag = etags.format_etag(visit.form.text("version"))
    try:
        with visit.editing() as edit:
            state = _state(edit.connection, visit.shop_key)
            body = amazon_form.patch_of(visit.form, state.value, with_use=_is_use_written(visit, state))
            before = amazon_pay.to_response(amazon_pay.get(edit.connection, visit.shop_key))
            amazon_settings.patch(edit, visit.shop_key, body, verifier, if_match=tag)
            after = amazon_pay.to_response(amazon_pay.get(edit.connection, visit.shop_key))
    except Problem as problem:
        return _refused(visit, problem)
    return visit.redirect(_address(visit), _saved(before["use"], after["use"]))


def _is_use_written(visit: Visit, state: SettingsState) -> bool:
    """An unchanged 利用する is written as well, for what follows it, but not where that alone would refuse the form: the shop was
    opened, or lost an application, since the page was made.
    """
    changed = visit.form.checked("use_amazon") != state.value["useAmazon"]
    free = not state.open and not (state.not_entitled and state.value["useAmazon"])
    return visit.form.checked("use_editable") and (changed or free)


def _saved(before: bool, after: bool) -> str:
    if before == after:
        return _(SAVED)
    return _("保存しました。決済一覧の「Amazon Pay」を「{value}」に変更しました。", value=_use(after))


def _refused(visit: Visit, problem: Problem) -> Response:
    """The state is read again: what refused the write may have changed it."""
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    match problem.code:
        case "AMAZON_API_ERROR":
            return _error_page(visit, problem)
        case "PRECONDITION_FAILED":
            return _page(visit, state, problem.status, conflict=_conflict(visit, state))
        case "SHOP_OPEN":
            return _page(visit, state, problem.status, errors={"use_amazon": _(SHOP_OPEN)})
        case "NOT_ENTITLED":
            return _page(
                visit, state, problem.status, errors={"use_amazon": " ".join(state.not_entitled) or _(NO_OPTION)}
            )
    raise problem


def _error_page(visit: Visit, problem: Problem) -> Response:
    """A page of its own. The values that were entered are shown again on the way back, the token is not."""
    rows = [
        (
            _(amazon_form.LABELS[amazon_form.field_of(each["field"])]),
            _(_REJECTED.get((each["field"], each["code"]), _BAD_TOKEN)),
        )
        for each in problem.errors
    ]
    return visit.page("admin/amazon_error.jinja", AMAZON_SETTINGS, 422, rows=rows, fields=_back(visit))


@router.post("/again")
async def show_entered_again(visit: ShopPost) -> Response:
    """From the error page back to the form, with the values that were entered."""
    return visit.redirect(_address(visit), draft={"address": _address(visit), "fields": _back(visit)})


def _back(visit: Visit) -> dict[str, str]:
    names = (*amazon_form.TEXT_FIELDS, "use_amazon", "use_editable", "version")
    return {name: visit.form.text(name) for name in names if name in visit.form.values}


def _asks_once_more(visit: Visit, state: SettingsState) -> bool:
    """A pre-set token belongs to the present seller."""
    before = amazon_form.entered(state.value)
    changed = any(visit.form.text(name) != before[name] for name in ("seller_id", "client_id") if before[name])
    pre_set = state.value["mwsAuthToken"]["state"] == "PRE_SET"
    return pre_set and changed and not visit.form.checked("another_seller")


def _state(connection: Connection, shop_key: str) -> SettingsState:
    row = amazon_settings.get(connection, shop_key)
    entitled = entitlements.to_response(entitlements.get(connection, shop_key))
    needed = ((entitled["payOption"], NO_OPTION), (entitled["amazonContract"], NO_CONTRACT))
    return SettingsState(
        value=amazon_settings.to_response(row),
        version=amazon_settings.version(row),
        open=storefront.get(connection, shop_key)[shops.c.storefront_status] == "OPEN",
        not_entitled=tuple(_(text) for given, text in needed if not given),
    )


def _page(visit: Visit, state: SettingsState, status: int = 200, **more: Any) -> Response:
    """The form with what was entered, or, where nothing was, with what is stored."""
    given = visit.form.values or visit.draft
    fields = amazon_form.entered(state.value) | {
        name: str(given[name]) for name in amazon_form.TEXT_FIELDS if name in given
    }
    use = "use_amazon" in given if "use_editable" in given else state.value["useAmazon"]
    words = {
        "errors": {},
        "conflict": None,
        "confirm": None,
        "state": state,
        "version": visit.version_shown(state.version),
        "fields": fields,
        "use": use,
        "labels": amazon_form.LABELS,
        "buttons": _buttons(state),
        "missing": amazon_form.unset_labels(state.value),
        "shop_screens": SHOP_SCREENS,
        "restored": bool(visit.draft),
    }
    return visit.page("admin/amazon_settings.jinja", AMAZON_SETTINGS, status, **words | more)


def _buttons(state: SettingsState) -> str:
    """The reason follows the rule of the manual; a closed shop shows no page at all."""
    if state.value["buttonsVisible"]:
        return _("非表示（閉店中です）") if not state.open else _("表示中")
    if not state.value["useAmazon"]:
        return _("非表示（利用設定が「利用する」ではありません）")
    return _("非表示（未設定の項目があります）")


def _conflict(visit: Visit, state: SettingsState) -> list[tuple[str, str, str]]:
    """What differs: the field, what was entered, what is stored now."""
    present = amazon_form.entered(state.value)
    rows = [
        (_(amazon_form.LABELS[name]), visit.form.text(name) or _("（空）"), present[name] or _("（空）"))
        for name in amazon_form.TEXT_FIELDS
        if visit.form.text(name) != present[name]
    ]
    if visit.form.checked("use_editable") and visit.form.checked("use_amazon") != state.value["useAmazon"]:
        rows.insert(0, (_("利用設定"), _use(visit.form.checked("use_amazon")), _use(state.value["useAmazon"])))
    if visit.form.text("mws_auth_token"):
        stored = _("未設定") if state.value["mwsAuthToken"]["state"] == "UNSET" else _("設定済み")
        rows.append((_(amazon_form.LABELS["mws_auth_token"]), _("設定済み"), stored))
    return rows


def _use(on: bool) -> str:
    return _("利用する") if on else _("利用しない")


def _address(visit: Visit) -> str:
    return address_of(visit.shop_key, AMAZON_SETTINGS)


__all__ = ["router"]
