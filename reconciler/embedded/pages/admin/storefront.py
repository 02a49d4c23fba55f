"""設定>店舗>開店・閉店: the state of the shop, and what shoppers read while it is closed. The whole screen is ours [?].

Closing asks once more on a page of its own; opening does not.
"""

from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import Change, StorefrontStatus
from reconciler.embedded.pages.admin.words import actor_word
from reconciler.embedded.pages.forms import text_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import STOREFRONT, address_of
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import audit
from reconciler.embedded.resources import storefront as shops
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix=f"/shops/{{shop_key}}/{STOREFRONT.place}")

LABELS: Final = {"status": N_("店舗の状態"), "message": N_("閉店中の表示メッセージ")}
_LIMIT: Final = 500
_SAVED: Final = N_("保存しました。")


@frozen
class StorefrontForm:
    status: StorefrontStatus
    message: str
    version: str
    last: Change | None
    """The change that brought about the present state."""


@router.get("")
async def show_storefront(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    return _page(visit, state)


@router.post("")
async def save_storefront(visit: ShopPost) -> Response:
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    if visit.form.text("version") != state.version:
        return _page(visit, state, 412, conflict=_conflict(visit, state))
    faults = _faults(visit)
    if faults:
        return _page(visit, state, 422, errors=faults)
    closes = state.status == "OPEN" and visit.form.text("status") == "CLOSED"
    if closes and not visit.form.checked("confirmed"):
        return visit.page(
            "admin/storefront_close.jinja", STOREFRONT, fields=_fields(visit, state), version=state.version
        )
    try:
        _write(visit)
    except Problem as problem:
        return _refused(visit, problem)
    return visit.redirect(address_of(visit.shop_key, STOREFRONT), _(_SAVED))


def _write(visit: Visit) -> None:
    wanted: StorefrontStatus = "OPEN" if visit.form.text("status") == "OPEN" else "CLOSED"
    with visit.editing() as edit:
        state = _state(edit.connection, visit.shop_key)
        if visit.form.text("version") != state.version:
            raise Problem("PRECONDITION_FAILED", "the storefront was changed since it was read")
        if wanted != state.status:
            shops.put(edit, visit.shop_key, wanted)
        shops.set_closed_message(edit, visit.shop_key, visit.form.text("message"))


def _refused(visit: Visit, problem: Problem) -> Response:
    if problem.code != "PRECONDITION_FAILED":
        raise problem
    with visit.reading() as connection:
        state = _state(connection, visit.shop_key)
    return _page(visit, state, problem.status, conflict=_conflict(visit, state))


def _faults(visit: Visit) -> dict[str, str]:
    found: dict[str, str] = {}
    if visit.form.text("status") not in ("OPEN", "CLOSED"):
        found["status"] = _("開店または閉店を選択してください。")
    message = visit.form.text("message")
    fault = text_fault(message, _LIMIT) if message.strip() else _("閉店中の表示メッセージを入力してください。")
    return found | ({} if fault is None else {"message": fault})


def _state(connection: Connection, shop_key: str) -> StorefrontForm:
    row = shops.get(connection, shop_key)
    message = shops.closed_message(row)
    return StorefrontForm(
        status=shops.to_response(row)["status"],
        message=message,
        version=f"{shops.version(row)}-{etags.digest_of(message)[:16]}",
        last=audit.last_of(connection, shop_key, "storefront", "status"),
    )


def _page(visit: Visit, state: StorefrontForm, status: int = 200, **more: Any) -> Response:
    fields = _fields(visit, state)
    words: dict[str, Any] = {"errors": {}, "conflict": None, "state": state, "fields": fields, "labels": LABELS}
    words["version"] = visit.version_shown(state.version)
    by = None if state.last is None else actor_word(state.last)
    return visit.page("admin/storefront.jinja", STOREFRONT, status, by=by, restored=bool(visit.draft), **words | more)


def _fields(visit: Visit, state: StorefrontForm) -> dict[str, str]:
    given = visit.form.values or visit.draft
    return {"status": given.get("status", state.status), "message": given.get("message", state.message)}


def _conflict(visit: Visit, state: StorefrontForm) -> list[tuple[str, str, str]]:
    mine = _fields(visit, state)
    rows = [
        (_(LABELS["status"]), _word(mine["status"]), _word(state.status)),
        (_(LABELS["message"]), mine["message"], state.message),
    ]
    return [row for row in rows if row[1] != row[2]]


def _word(status: str) -> str:
    return {"OPEN": _("開店"), "CLOSED": _("閉店")}.get(status, _("（空）"))
