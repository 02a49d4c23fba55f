"""店舗一覧, for operators: all shops, searched by 店舗キー and filtered by state. The whole screen is ours [?]."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.responses import Integration
from reconciler.embedded.pages.visit import PageVisit
from reconciler.embedded.resources import integrations

router = APIRouter()

FILTERS: Final = {"open": "開店中", "closed": "閉店中", "used": "利用中", "error": "APIエラー"}
_PAGE: Final = 100


@router.get("/shops")
async def show_shops(visit: PageVisit, key: str = "", state: str = "", after: str = "") -> Response:
    if not visit.user.operator:
        return RedirectResponse("/admin/", 303)
    rows: list[Integration] = []
    more = True
    with visit.reading() as connection:
        while more and len(rows) <= _PAGE:
            found = integrations.integrations_page(
                connection, limit=500, after=after or None, updated_since=None, environment="PRODUCTION"
            )
            rows += [item for item in found.items if key.lower() in item["shopKey"].lower() and _matches(item, state)]
            after = found.items[-1]["shopKey"] if found.items else after
            more = found.more
    return visit.page(
        "shops.jinja",
        None,
        rows=[(item, _registration(item)) for item in rows[:_PAGE]],
        key=key,
        state=state,
        filters=FILTERS,
        next_after=rows[_PAGE - 1]["shopKey"] if len(rows) > _PAGE else None,
    )


def _matches(item: Integration, state: str) -> bool:
    match state:
        case "open":
            return item["storefront"]["value"]["status"] == "OPEN"
        case "closed":
            return item["storefront"]["value"]["status"] == "CLOSED"
        case "used":
            return item["amazonSettings"]["value"]["useAmazon"]
        case "error":
            return item["amazonSettings"]["value"]["apiStatus"] == "ERROR"
        case _:
            return True


def _registration(item: Integration) -> str:
    """Is the shop's own URL among the seller's endpoints?"""
    urls = {endpoint["url"] for endpoint in item["ipnEndpoints"]["value"]["endpoints"]}
    if item["amazonSettings"]["value"]["merchantSiteUrl"] in urls:
        return "登録済み"
    return "ほかのURLのみ" if urls else "未登録"
