"""項目対照表, and the static help of Amazon設定. The rows are read from other pages of the platform; one rests on analogy."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.pages.language import N_
from reconciler.embedded.pages.menu import COMPARISON
from reconciler.embedded.pages.visit import PageVisit, ShopVisit

router = APIRouter()

ROWS: Final = (
    (N_("構築>ページ設定>Amazon設定"), N_("設定>連携サービス>Amazon設定"), False),
    (N_("利用設定「設定する」"), N_("利用設定「利用する」"), False),
    (N_("構築>送料・決済設定>Amazonペイメント設定"), N_("設定>決済>Amazon Pay設定"), False),
    (N_("使用設定「設定する」"), N_("決済一覧>Amazon Pay「利用する」"), False),
    (N_("AmazonAPI設定"), N_("Amazon API情報"), True),
)


@router.get(f"/shops/{{shop_key}}/{COMPARISON.place}")
async def show_comparison(visit: ShopVisit) -> Response:
    return visit.page("admin/comparison.jinja", COMPARISON, rows=ROWS)


@router.get("/help/ids")
async def show_help(visit: PageVisit) -> Response:
    return visit.page("admin/help_ids.jinja", None)
