"""コマースクリエイター>メッセージ: the system parts, and their labels and messages. 出力 follows 利用設定."""

import re
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.requests import PartPatch
from reconciler.embedded.pages.forms import text_fault
from reconciler.embedded.pages.language import N_, _, _c
from reconciler.embedded.pages.menu import MESSAGES, address_of
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit, as_warning
from reconciler.embedded.resources import system_parts
from reconciler.embedded.resources.screens import page_parts
from reconciler.embedded.resources.screens.page_parts import SystemPart

router = APIRouter(prefix=f"/shops/{{shop_key}}/{MESSAGES.place}")

SPELLING: Final = N_("「Amazon Pay」と表記してください。")
_LIMITS: Final = {"label": 25, "message": 1000}
_MISSPELT: Final = re.compile(r"AmazonPay|amazonpay|Amazon pay|アマゾンペイ|Amazonペイメント")


@router.get("")
async def show_messages(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        output = system_parts.to_response(system_parts.get(connection, visit.shop_key), {})["output"]
        texts = system_parts.texts_of(connection, visit.shop_key)
    rows = [(part, page_parts.label_of(part, texts), page_parts.message_of(part, texts)) for part in page_parts.PARTS]
    return visit.page("admin/messages.jinja", MESSAGES, rows=rows, output=output)


@router.get("/{part_key}")
async def show_part_texts(visit: ShopVisit, part_key: str) -> Response:
    return _page(visit, _part(part_key))


@router.post("/{part_key}")
async def save_part_texts(visit: ShopPost, part_key: str) -> Response:
    part = _part(part_key)
    faults = _faults(visit, part)
    if faults:
        # The form keeps the version it was made from: with a newer one it would overwrite what came between.
        return _page(visit, part, 422, errors=faults, version=visit.form.text("version"))
    tag = etags.format_etag(visit.form.text("version"))
    try:
        with visit.editing() as edit:
            patch = _patch(visit, part, system_parts.texts_of(edit.connection, visit.shop_key))
            page_parts.write_texts(edit, visit.shop_key, patch, if_match=tag)
    except Problem as problem:
        if problem.code != "PRECONDITION_FAILED":
            raise
        return _page(visit, part, problem.status, two_editors=True)
    misspelt = any(_MISSPELT.search(visit.form.text(name)) for name in _LIMITS)
    return visit.redirect(
        address_of(visit.shop_key, MESSAGES), _("保存しました。"), *([as_warning(_(SPELLING))] if misspelt else [])
    )


@router.post("/{part_key}/default")
async def show_default_message(visit: ShopPost, part_key: str) -> Response:
    """初期値に戻す: the form with the default texts; nothing is stored before it is saved."""
    part = _part(part_key)
    texts = {"label": part.label or "", "message": part.message or ""}
    address = address_of(visit.shop_key, MESSAGES, part.key)
    shown = texts | {"version": visit.form.text("version")}
    return visit.redirect(address, draft={"address": address, "fields": shown})


def _faults(visit: Visit, part: SystemPart) -> dict[str, str]:
    names = tuple(_LIMITS) if part.label is not None else ("message",)
    return {name: fault for name in names if (fault := text_fault(visit.form.text(name), _LIMITS[name]))}


def _patch(visit: Visit, part: SystemPart, texts: system_parts.Texts) -> PartPatch:
    """What differs from what is shown: a text that the shop never set stays so."""
    patch: PartPatch = {"part": part.key}
    if visit.form.text("message") != page_parts.message_of(part, texts):
        patch["message"] = visit.form.text("message")
    if part.label is not None and visit.form.text("label") != page_parts.label_of(part, texts):
        patch["label"] = visit.form.text("label")
    return patch


def _labels() -> dict[str, str]:
    return {"label": _("ラベル"), "message": _c("text", "メッセージ")}


def _part(key: str) -> SystemPart:
    if key not in page_parts.BY_KEY:
        raise Problem("NOT_FOUND", "no such part")
    return page_parts.BY_KEY[key]


def _page(visit: Visit, part: SystemPart, status: int = 200, *, two_editors: bool = False, **more: Any) -> Response:
    with visit.reading() as connection:
        texts = system_parts.texts_of(connection, visit.shop_key)
        version = system_parts.version(system_parts.get(connection, visit.shop_key))
    stored = {"label": page_parts.label_of(part, texts), "message": page_parts.message_of(part, texts)}
    given = visit.form.values or visit.draft
    fields = {name: str(given.get(name, stored[name])) for name in stored}
    words = {
        "part": part,
        "fields": fields,
        "version": visit.version_shown(version),
        "labels": _labels(),
        "limits": _LIMITS,
        "errors": {},
        "restored": bool(visit.draft),
        "conflict": _conflict(fields, stored) if two_editors else None,
    }
    return visit.page("admin/message.jinja", MESSAGES, status, **words | more)


def _conflict(fields: dict[str, str], stored: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (_labels()[name], fields[name] or _("（空）"), stored[name] or _("（空）"))
        for name in stored
        if fields[name] != stored[name]
    ]
