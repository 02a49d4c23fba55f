"""設定>店舗>変更履歴: the trail that the contract's `changes` answers, in the words of the screens. All of it is ours [?]."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.responses import Change
from reconciler.embedded.pages.admin import words
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import CHANGES
from reconciler.embedded.pages.visit import ShopVisit
from reconciler.embedded.resources import audit
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix=f"/shops/{{shop_key}}/{CHANGES.place}")

RESOURCES: Final[Mapping[str, str]] = {
    "amazonSettings": N_("Amazon設定"),
    "amazonPay": N_("決済一覧・Amazon Pay設定"),
    "paymentTexts": N_("Amazon Pay設定の表示設定"),
    "storefront": N_("開店・閉店"),
    "systemParts": N_("メッセージ"),
    "entitlements": N_("各種申し込み"),
    "ipnEndpoints": N_("インスタント通知(IPN)"),
    "javascriptOrigins": N_("インテグレーションセントラル"),
    "orders": N_("受注管理"),
}
ACTORS: Final[Mapping[str, str]] = {
    "MERCHANT": N_("店舗担当者"),
    "PLATFORM": N_("プラットフォーム"),
    "AMAZON": "Amazon",
    "CLIENT": "API",
}
_WITH: Final = {"systemParts": ("pageParts",), "entitlements": ("applications",)}
"""What only the screens have is found with what the contract has of the same screen."""
_PAGE: Final = 50


@frozen
class TrailRow:
    at: str
    who: str
    field: str
    before: str
    after: str
    cause: str


@router.get("")
async def show_changes(
    *, visit: ShopVisit, resource: str = "", actor: str = "", since: str = "", until: str = "", before: str = ""
) -> Response:
    criteria = audit.ChangeCriteria(
        resources=_resources(resource),
        actor_type=actor if actor in ACTORS else None,
        since=_day(since, "00:00:00"),
        until=_day(until, "23:59:59"),
    )
    older_than = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    with visit.reading() as connection:
        found = audit.search(connection, visit.shop_key, criteria, before=older_than, limit=_PAGE)
    wanted = {"resource": resource, "actor": actor, "since": since, "until": until}
    more = {**wanted, "before": str(found[_PAGE - 1]["changeId"])} if len(found) > _PAGE else None
    return visit.page(
        "admin/changes.jinja",
        CHANGES,
        rows=[_row(change) for change in found[:_PAGE]],
        wanted=wanted,
        resources=RESOURCES,
        actors=ACTORS,
        more=None if more is None else f"?{urlencode(more)}",
    )


def _row(change: Change) -> TrailRow:
    secret = f"{change['resource']}.{change['field']}" == words.SECRET
    return TrailRow(
        at=change["at"],
        who=words.actor_word(change),
        field=words.field_word(change),
        before="–" if secret else words.value_word(change, change["from"]),
        after=_("変更されました") if secret else words.value_word(change, change["to"]),
        cause=words.cause_word(change),
    )


def _resources(name: str) -> tuple[str, ...]:
    return (name, *_WITH.get(name, ())) if name in RESOURCES else ()


def _day(text: str, time: str) -> str | None:
    """A day as a browser's date field sends it."""
    digits = text.replace("-", "")
    return f"{text}T{time}" if len(text) == 10 and digits.isascii() and digits.isdigit() and len(digits) == 8 else None
