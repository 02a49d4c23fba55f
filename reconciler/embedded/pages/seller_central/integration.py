"""インテグレーションセントラル: the ids of the seller, the access of developers, the sites with its buttons."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.actors.world import World
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.forms import half_width_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.seller_central.frame import address_at, required_seller, seller_of, seller_page
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import amazon_accounts, amazon_settings
from reconciler.embedded.resources import javascript_origins as origins

router = APIRouter(prefix="/seller-central/{shop_key}/integration")

INVALID: Final = N_("https:// で始まり、パスのないURLを入力してください（例: https://www.shop.example）。")


@router.get("")
async def show_integration(visit: ShopVisit) -> Response:
    return _page(visit)


@router.post("/revoke")
async def revoke_access(visit: ShopPost) -> Response:
    World(visit.services).amazon_revokes(visit.shop_key)
    return visit.redirect(address_at(visit, "integration"), _("アクセスを取り消しました。"))


@router.post("/grant")
async def grant_access(visit: ShopPost) -> Response:
    World(visit.services).amazon_restores(visit.shop_key)
    return visit.redirect(address_at(visit, "integration"), _("アクセスを許可しました。"))


@router.post("/origins")
async def post_origin(visit: ShopPost) -> Response:
    typed = visit.form.text("origin")
    fault = half_width_fault(typed) or (None if origins.is_origin(typed) else _(INVALID))
    if fault is not None:
        return _page(visit, 422, errors={"origin": fault}, origin=typed)
    with visit.editing() as edit:
        origins.add_origin(edit, required_seller(visit), typed)
    return visit.redirect(address_at(visit, "integration"), _("追加しました。"))


@router.post("/origins/remove")
async def post_origin_removal(visit: ShopPost) -> Response:
    try:
        with visit.editing() as edit:
            origins.remove_origin(edit, required_seller(visit), visit.form.text("origin"))
    except Problem as problem:
        if problem.code != "NOT_FOUND":
            raise
        return visit.redirect(address_at(visit, "integration"), _("すでに削除されています。"))
    return visit.redirect(address_at(visit, "integration"), _("削除しました。"))


def _page(visit: Visit, status: int = 200, *, errors: dict[str, str] | None = None, origin: str = "") -> Response:
    seller = seller_of(visit) or ""
    with visit.reading() as connection:
        settings = amazon_settings.to_response(amazon_settings.get(connection, visit.shop_key))
        account = amazon_accounts.find(connection, seller)
        listed = origins.origins_of(connection, seller)
    return seller_page(
        visit,
        "integration",
        status,
        settings=settings,
        revoked=account is not None and account.revoked,
        origins=listed,
        origin=origin,
        errors=errors or {},
        labels={"origin": _("JavaScriptオリジン")},
    )
