"""[プレビュー] of Amazon設定: opens a preview for the person who is signed in, whatever the state of the shop."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.pages.shop.preview import PREVIEW_COOKIE, SCREENS
from reconciler.embedded.pages.visit import ShopPost
from reconciler.embedded.resources.screens import admin_sessions as sessions

router = APIRouter(prefix="/shops/{shop_key}/preview")


@router.post("")
async def post_preview(visit: ShopPost) -> Response:
    wanted = visit.form.text("screen")
    with visit.services.database.writing() as connection:
        token = sessions.open_preview(connection, visit.session, visit.shop_key, visit.services.now())
    path = f"/shop/{visit.shop_key}/"
    response = RedirectResponse(f"{path}{wanted if wanted in SCREENS else 'cart'}", 303)
    https = visit.request.url.scheme == "https"
    response.set_cookie(PREVIEW_COOKIE, token, httponly=True, samesite="lax", path=path, secure=https)
    return response
