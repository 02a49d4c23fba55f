"""設定>決済>Amazon Pay設定: 予約販売, 定期・頒布会販売 and 自動連携 of the contract, and texts that only this screen has.

利用設定 and 通常販売 follow Amazon設定 and are shown as text. Nothing here needs a closed shop.
"""

from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.requests import AmazonPayPatch
from reconciler.embedded.contract.responses import AmazonPayResponse, EntitlementsResponse
from reconciler.embedded.pages.forms import Form, line_fault, text_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import AMAZON_PAY, address_of
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import amazon_pay as payment
from reconciler.embedded.resources import entitlements
from reconciler.embedded.resources.screens import payment_texts
from reconciler.embedded.resources.screens.payment_texts import PaymentTexts
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix=f"/shops/{{shop_key}}/{AMAZON_PAY.place}")

NO_CREATOR: Final = N_("予約販売でのご利用は、コマースクリエイター利用店舗のみです。")
NOT_RUNNING: Final = N_("コマースクリエイター運用中(新規・切替後)の店舗のみご利用いただけます。")
NO_APPLICATIONS: Final = N_("定期・頒布会販売のお申込みが必要です。")
LABELS: Final = {
    "pre_order": N_("予約販売"),
    "subscription": N_("定期・頒布会販売"),
    "auto_link": N_("自動連携"),
    "display_name": N_("決済表示名"),
    "comment_pc": N_("説明コメント（PC）"),
    "comment_pc_html": N_("説明コメント（PC）のHTMLタグ"),
    "comment_mobile": N_("説明コメント（スマートフォン）"),
    "comment_mobile_html": N_("説明コメント（スマートフォン）のHTMLタグ"),
    "mail_text": N_("注文確認メールに挿入する文章"),
}
_LIMITS: Final = {"display_name": 50, "comment_pc": 1000, "comment_mobile": 1000, "mail_text": 1000}
_SWITCHES: Final = {"pre_order": "preOrder", "subscription": "subscription", "auto_link": "autoLink"}


@frozen
class PaymentState:
    value: AmazonPayResponse
    texts: PaymentTexts
    version: str
    """Of both, so that a change of either is seen."""
    no_pre_order: str | None
    no_subscription: str | None

    @property
    def locked(self) -> dict[str, str]:
        """Why a switch is not offered; one that is on can always be taken off."""
        reasons = {"pre_order": self.no_pre_order, "subscription": self.no_subscription}
        on = {"pre_order": self.value["preOrder"], "subscription": self.value["subscription"]}
        return {name: reason for name, reason in reasons.items() if reason is not None and not on[name]}

    @property
    def fields(self) -> dict[str, Any]:
        switches = {name: dict(self.value)[key] for name, key in _SWITCHES.items()}
        return {**switches, **asdict(self.texts)}


@router.get("")
async def show_amazon_pay(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    return _page(visit, state)


@router.post("")
async def save_amazon_pay(visit: ShopPost) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    faults = _faults(visit.form) | _no_longer_offered(visit.form, state)
    if faults and visit.form.text("version") == state.version:
        return _page(visit, state, 422, errors=faults)
    try:
        _write(visit)
    except Problem as problem:
        return _refused(visit, problem)
    return visit.redirect(address_of(visit.shop_key, AMAZON_PAY), _("保存しました。"))


def _write(visit: Visit) -> None:
    """One transaction: the row of the contract and the texts of the screen, or neither."""
    with visit.editing() as edit:
        state = _state(edit.connection, visit.shop_key)
        if visit.form.text("version") != state.version:
            raise Problem("PRECONDITION_FAILED", "the payment settings were changed since they were read")
        switches: AmazonPayPatch = {
            "autoLink": visit.form.checked("auto_link"),
            "preOrder": visit.form.checked("pre_order"),
            "subscription": visit.form.checked("subscription"),
        }
        payment.patch(edit, visit.shop_key, _without_kept(switches, state.value))
        payment_texts.write_payment_texts(edit, visit.shop_key, _texts(visit.form))


def _without_kept(switches: AmazonPayPatch, before: AmazonPayResponse) -> AmazonPayPatch:
    """Only what changes: a switch that stays on without its application is not judged again."""
    if switches.get("preOrder") == before["preOrder"]:
        switches.pop("preOrder", None)
    if switches.get("subscription") == before["subscription"]:
        switches.pop("subscription", None)
    return switches


def _refused(visit: Visit, problem: Problem) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    if problem.code == "PRECONDITION_FAILED":
        return _page(visit, state, problem.status, conflict=_conflict(visit.form, state))
    if problem.code == "NOT_ENTITLED":
        return _page(visit, state, problem.status, errors=_no_longer_offered(visit.form, state))
    raise problem


def _texts(form: Form) -> PaymentTexts:
    return PaymentTexts(
        display_name=form.text("display_name"),
        comment_pc=form.text("comment_pc"),
        comment_pc_html=form.checked("comment_pc_html"),
        comment_mobile=form.text("comment_mobile"),
        comment_mobile_html=form.checked("comment_mobile_html"),
        mail_text=form.text("mail_text"),
    )


def _faults(form: Form) -> dict[str, str]:
    found = {name: fault for name, limit in _LIMITS.items() if (fault := text_fault(form.text(name), limit))}
    name = form.text("display_name")
    fault = line_fault(name, _LIMITS["display_name"]) if name.strip() else _("決済表示名を入力してください。")
    return found | ({} if fault is None else {"display_name": fault})


def _no_longer_offered(form: Form, state: PaymentState) -> dict[str, str]:
    """A switch that the page still offered; its application was lost since."""
    return {name: _(reason) for name, reason in state.locked.items() if form.checked(name)}


def _state(connection: Connection, shop_key: str) -> PaymentState:
    row = payment.get(connection, shop_key)
    texts, texts_version = payment_texts.read_payment_texts(connection, shop_key)
    entitled = entitlements.get(connection, shop_key)
    return PaymentState(
        value=payment.to_response(row),
        texts=texts,
        version=f"{payment.version(row)}-{texts_version}",
        no_pre_order=None if entitlements.may_pre_order(entitled) else _(NO_CREATOR),
        no_subscription=_no_subscription(entitlements.to_response(entitled)),
    )


def _no_subscription(entitled: EntitlementsResponse) -> str | None:
    if entitled["commerceCreator"] != "RUNNING":
        return _(NOT_RUNNING)
    return None if entitled["subscriptionApplications"] else _(NO_APPLICATIONS)


def _page(visit: Visit, state: PaymentState, status: int = 200, **more: Any) -> Response:
    given: Any = visit.form.values or visit.draft
    fields = _given(given, state) if given else state.fields
    words: dict[str, Any] = {"errors": {}, "conflict": None, "state": state, "fields": fields, "labels": LABELS}
    words["version"] = visit.version_shown(state.version)
    return visit.page("admin/amazon_pay.jinja", AMAZON_PAY, status, restored=bool(visit.draft), **words | more)


def _given(given: dict[str, str], state: PaymentState) -> dict[str, Any]:
    """What was entered; a switch that was not offered keeps its value."""
    shown: dict[str, Any] = {name: name in given for name in LABELS if name not in state.locked}
    return state.fields | shown | {name: given.get(name, "") for name in _LIMITS}


def _conflict(form: Form, state: PaymentState) -> list[tuple[str, str, str]]:
    mine, present = _given(dict(form.values), state), state.fields
    return [
        (_(LABELS[name]), _word(mine[name]), _word(present[name])) for name in LABELS if mine[name] != present[name]
    ]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("利用する") if value else _("利用しない")
    return str(value) or _("（空）")
