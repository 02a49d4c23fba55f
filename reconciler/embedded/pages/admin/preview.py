"""[プレビュー] of Amazon設定: opens a preview for the person who is signed in, in any state of the shop."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.pages.browser import preview_cookie
from reconciler.embedded.pages.shop.screens import SCREENS, shop_address
from reconciler.embedded.pages.visit import ShopPost
from reconciler.embedded.resources.screens import admin_sessions as sessions

router = APIRouter(prefix="/shops/{shop_key}/preview")


@router.post("")
async def post_preview(visit: ShopPost) -> Response:
    wanted = visit.form.text("screen")
    with visit.services.database.writing() as connection:
        token = sessions.open_preview(connection, visit.session, visit.shop_key, visit.services.now())
    response = RedirectResponse(shop_address(visit.shop_key, wanted if wanted in SCREENS else "cart"), 303)
    preview_cookie(visit.shop_key).give(response, visit.request, token)
    return response
