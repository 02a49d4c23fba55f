"""店舗一覧, for operators: all shops, searched by 店舗キー and filtered by state. The whole screen is ours [?]."""

from typing import Final, cast

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.responses import Integration
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.visit import PageVisit
from reconciler.embedded.resources import integrations

router = APIRouter()

FILTERS: Final = {"open": N_("開店中"), "closed": N_("閉店中"), "used": N_("利用中"), "error": N_("APIエラー")}
_PAGE: Final = 50


@router.get("/shops")
async def show_shops(visit: PageVisit, key: str = "", state: str = "", after: str = "") -> Response:
    if not visit.user.operator:
        return RedirectResponse("/admin/", 303)
    wanted = cast("integrations.ShopState", state) if state in FILTERS else None
    with visit.reading() as connection:
        found = integrations.search(connection, key, wanted, after=after, limit=_PAGE)
    return visit.page(
        "admin/shops.jinja",
        None,
        rows=[(item, _registration(item)) for item in found.items],
        key=key,
        state=state,
        filters=FILTERS,
        next_after=found.items[-1]["shopKey"] if found.more else None,
    )


def _registration(item: Integration) -> str:
    """Is the shop's own URL among the seller's endpoints?"""
    urls = {endpoint["url"] for endpoint in item["ipnEndpoints"]["value"]["endpoints"]}
    if item["amazonSettings"]["value"]["merchantSiteUrl"] in urls:
        return _("登録済み")
    return _("ほかのURLのみ") if urls else _("未登録")
