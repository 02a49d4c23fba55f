"""インテグレーション>インテグレーションセントラル: the ids of the seller, and the access that was granted to the platform."""

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.actors.world import World
from reconciler.embedded.pages.seller_central.frame import address_at, seller_page
from reconciler.embedded.pages.visit import ShopPost, ShopVisit
from reconciler.embedded.resources import amazon_accounts, amazon_settings

router = APIRouter(prefix="/seller-central/{shop_key}/integration")


@router.get("")
async def show_integration(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        settings = amazon_settings.to_response(amazon_settings.get(connection, visit.shop_key))
        account = amazon_accounts.find(connection, settings["sellerId"] or "")
    return seller_page(visit, "integration", settings=settings, revoked=account is not None and account.revoked)


@router.post("/revoke")
async def revoke_access(visit: ShopPost) -> Response:
    World(visit.services).amazon_revokes(visit.shop_key)
    return visit.redirect(address_at(visit, "integration"), "アクセスを取り消しました。")


@router.post("/grant")
async def grant_access(visit: ShopPost) -> Response:
    World(visit.services).amazon_restores(visit.shop_key)
    return visit.redirect(address_at(visit, "integration"), "アクセスを許可しました。")
