"""設定>インスタント通知(IPN): the endpoints of the seller in one environment. Several may be registered."""

from typing import Final

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.requests import EndpointUrl
from reconciler.embedded.pages.forms import half_width_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.notices import send_notice
from reconciler.embedded.pages.seller_central.frame import (
    address_at,
    environment_of,
    page_path,
    required_seller,
    seller_of,
    seller_page,
)
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import seller_central
from reconciler.embedded.resources.seller_notices import SellerNotice

router = APIRouter(prefix="/seller-central/{shop_key}/endpoints")

INVALID: Final = N_("https:// で始まるURLを入力してください。")
CHANGED: Final = N_("ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。")
_URL: Final[TypeAdapter[str]] = TypeAdapter(EndpointUrl)
_LOOPBACK: Final = ("http://127.0.0.1", "http://localhost", "http://[::1]")


@router.get("")
async def show_endpoints(visit: ShopVisit) -> Response:
    return _page(visit)


@router.post("")
async def add_endpoint(visit: ShopPost) -> Response:
    url = visit.form.text("url").strip()
    fault = half_width_fault(visit.form.text("url")) or (None if _is_valid(url) else _(INVALID))
    if fault is not None:
        return _page(visit, 422, errors={"url": fault}, url=visit.form.text("url"))
    with visit.editing() as edit:
        seller_central.register(edit, required_seller(visit), environment_of(visit), url)
    return visit.redirect(address_at(visit, "endpoints"), _("更新しました。"))


@router.post("/remove")
async def remove_endpoint(visit: ShopPost) -> Response:
    tag = etags.format_etag(visit.form.text("version"))
    try:
        with visit.editing() as edit:
            environment = environment_of(visit)
            seller_central.remove(edit, required_seller(visit), environment, visit.form.text("url"), if_match=tag)
    except Problem as problem:
        if problem.code not in ("PRECONDITION_FAILED", "NOT_FOUND"):
            raise
        return visit.redirect(address_at(visit, "endpoints"), _(CHANGED))
    return visit.redirect(address_at(visit, "endpoints"), _("削除しました。"))


@router.post("/test")
async def post_test_notification(visit: ShopPost) -> Response:
    """What the endpoint answered is shown beside it."""
    seller, environment, url = required_seller(visit), environment_of(visit), visit.form.text("url")
    with visit.reading() as connection:
        listed, _version = seller_central.get(connection, seller, environment)
    if all(each["url"] != url for each in listed["endpoints"]):
        return visit.redirect(address_at(visit, "endpoints"), _(CHANGED))
    notice = SellerNotice(seller_id=seller, environment=environment, event=None)
    outcome = await send_notice(visit.services, notice, url)
    shown = {"address": page_path(visit, "endpoints"), "fields": {"tested": url, "answer": outcome.text}}
    return visit.redirect(address_at(visit, "endpoints"), draft=shown)


def _is_valid(url: str) -> bool:
    try:
        _URL.validate_python(url)
    except ValidationError:
        return False
    return url.startswith(("https://", *(f"{host}{end}" for host in _LOOPBACK for end in (":", "/"))))


def _page(visit: Visit, status: int = 200, *, errors: dict[str, str] | None = None, url: str = "") -> Response:
    seller = seller_of(visit)
    with visit.reading() as connection:
        listed, version = seller_central.get(connection, seller or "", environment_of(visit))
    words = {"listed": listed["endpoints"], "version": version, "errors": errors or {}, "url": url}
    tested = {"tested": visit.draft.get("tested", ""), "answer": visit.draft.get("answer", "")}
    return seller_page(visit, "endpoints", status, labels={"url": "Add IPN endpoint URL"}, **words, **tested)
