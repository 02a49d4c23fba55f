"""システム>各種申し込み>オプション追加お申し込み: what a shop has applied for. Merchants see it, an operator sets it."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.forms import Form
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import APPLICATIONS, address_of
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import entitlements
from reconciler.embedded.resources.screens import applications
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix=f"/shops/{{shop_key}}/{APPLICATIONS.place}")

LABELS: Final = {
    "pay_option": N_("他社ID決済オプション Amazon Pay"),
    "amazon_contract": N_("アマゾンジャパン合同会社とのご契約"),
    "commerce_creator": N_("コマースクリエイター"),
    "subscription_applications": N_("定期・頒布会販売"),
}
STATES: Final = {"yes": N_("申込済"), "review": N_("審査中"), "no": N_("未申込")}
EMPTY: Final = N_("（空）")
CREATOR: Final = {"DISABLED": N_("無効"), "ENABLED": N_("有効"), "RUNNING": N_("運用中(切替後)")}
_KEYS: Final = {
    "pay_option": "payOption",
    "amazon_contract": "amazonContract",
    "subscription_applications": "subscriptionApplications",
}


@frozen
class ApplicationForm:
    values: Mapping[str, str]
    version: str
    """Of the entitlements and of what is under review."""


@router.get("")
async def show_applications(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    return _page(visit, state)


@router.post("")
async def save_applications(visit: ShopPost) -> Response:
    if not visit.user.operator:
        raise Problem("SHOP_NOT_FOUND", "only an operator sets applications")
    faults = {name: _("選択してください。") for name in LABELS if visit.form.text(name) not in _choices(name)}
    with visit.editing() as edit:
        state = _state(edit.connection, visit.shop_key)
        if visit.form.text("version") != state.version:
            return _page(visit, state, 412, conflict=_conflict(visit, state))
        if faults:
            return _page(visit, state, 422, errors=faults)
        entitlements.change(edit, visit.shop_key, _columns(visit.form))
        reviewed = {name for name in _KEYS if visit.form.text(name) == "review"}
        applications.write_reviews(edit, visit.shop_key, reviewed)
    return visit.redirect(address_of(visit.shop_key, APPLICATIONS), _("保存しました。"))


def _state(connection: Connection, shop_key: str) -> ApplicationForm:
    row = entitlements.get(connection, shop_key)
    found: Mapping[str, Any] = entitlements.to_response(row)
    reviewed = applications.under_review(connection, shop_key)
    given = {name: "yes" if found[key] else "review" if name in reviewed else "no" for name, key in _KEYS.items()}
    return ApplicationForm(
        values={**given, "commerce_creator": found["commerceCreator"]},
        version="-".join((entitlements.version(row), *sorted(reviewed))),
    )


def _page(visit: Visit, state: ApplicationForm, status: int = 200, **more: Any) -> Response:
    words = {
        "values": {**state.values, **{name: text for name, text in visit.form.values.items() if name in LABELS}},
        "version": state.version,
        "labels": LABELS,
        "states": STATES,
        "creator": CREATOR,
        "errors": {},
        "conflict": None,
    }
    return visit.page("admin/applications.jinja", APPLICATIONS, status, **words | more)


def _choices(name: str) -> Mapping[str, str]:
    return CREATOR if name == "commerce_creator" else STATES


def _columns(form: Form) -> dict[str, Any]:
    given = {name: form.text(name) for name in LABELS}
    return {name: text if name == "commerce_creator" else text == "yes" for name, text in given.items()}


def _conflict(visit: Visit, state: ApplicationForm) -> list[tuple[str, str, str]]:
    present = state.values
    return [
        (_(label), _(_choices(name).get(visit.form.text(name), EMPTY)), _(_choices(name)[present[name]]))
        for name, label in LABELS.items()
        if visit.form.text(name) != present[name]
    ]
