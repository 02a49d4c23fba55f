"""The preview of Amazon設定: six screens with sample goods, with the shop's own labels and messages.

In: the cookie that [プレビュー] gave, for one shop and thirty minutes. Out: pages as if 利用する were on and every item set. It
writes nothing: no order, no member, no link. Without a valid cookie a closed shop answers its 閉店 page, and an open one that the
preview has ended.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.times import JAPAN
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.visit import require_service, services_of
from reconciler.embedded.resources import storefront, system_parts
from reconciler.embedded.resources.screens import admin_sessions as sessions
from reconciler.embedded.resources.screens import page_parts
from reconciler.embedded.services import Services
from reconciler.embedded.storage.tables import shops

router = APIRouter(prefix="/{shop_key}")

PREVIEW_COOKIE: Final = "reconciler_preview"
SCREENS: Final = {
    "cart": "ショッピングカート",
    "order": "Amazon Pay専用「ご注文手続き」",
    "subscription": "Amazon Pay専用「お申込み手続き」",
    "purchase-login": "ご購入手続き",
    "after-login": "Amazonログイン後の会員ログイン",
    "member-login": "マイページなどへの会員ログイン",
    "complete": "完了",
}
"""By the last part of their address. The six of the manual, and where 確定 ends."""
EXPIRED: Final = "プレビューの有効期限が切れています。"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopVisitor:
    services: Services
    shop_key: str
    closed_message: str | None
    """None: the shop is open."""
    preview_until: datetime | None


async def _shop_visitor(request: Request, shop_key: Annotated[str, Path()]) -> ShopVisitor:
    services = services_of(request)
    token = request.cookies.get(PREVIEW_COOKIE, "")
    with services.reading() as connection:
        require_service(connection)
        row = storefront.get(connection, shop_key)
        until = sessions.preview_expiry(connection, token, shop_key, services.now())
    closed = row[shops.c.storefront_status] != "OPEN"
    message = storefront.closed_message(row) if closed else None
    return ShopVisitor(services=services, shop_key=shop_key, closed_message=message, preview_until=until)


Visitor = Annotated[ShopVisitor, Depends(_shop_visitor)]


@router.get("/")
async def show_shop_start(visitor: Visitor) -> Response:
    return _screen(visitor, "cart")


@router.get("/{screen}")
async def show_shop_screen(visitor: Visitor, screen: str) -> Response:
    if screen not in SCREENS:
        raise Problem("NOT_FOUND", "no such screen")
    return _screen(visitor, screen)


@router.post("/end-preview")
async def end_preview(request: Request, visitor: Visitor) -> Response:
    """The cookie is not sent with a post of another site."""
    with visitor.services.database.writing() as connection:
        sessions.close_preview(connection, request.cookies.get(PREVIEW_COOKIE, ""))
    response = RedirectResponse(f"/shop/{visitor.shop_key}/", 303)
    response.delete_cookie(PREVIEW_COOKIE, path=f"/shop/{visitor.shop_key}/")
    return response


def _screen(visitor: ShopVisitor, screen: str) -> Response:
    if visitor.preview_until is None:
        return _no_preview(visitor)
    with visitor.services.reading() as connection:
        texts = system_parts.texts_of(connection, visitor.shop_key)
    return render_template(
        f"shop_{screen.replace('-', '_')}.jinja",
        shop_key=visitor.shop_key,
        screen=screen,
        screens=SCREENS,
        until=visitor.preview_until.astimezone(JAPAN).strftime("%H:%M"),
        label={part.key: page_parts.label_of(part, texts) for part in page_parts.PARTS},
        message={part.key: page_parts.message_of(part, texts) for part in page_parts.PARTS},
    )


def _no_preview(visitor: ShopVisitor) -> Response:
    if visitor.closed_message is None:
        return render_template("error.jinja", 403, heading="プレビュー", message=EXPIRED)
    response = render_template("shop_closed.jinja", 503, shop_key=visitor.shop_key, message=visitor.closed_message)
    response.headers["Retry-After"] = "3600"
    return response
