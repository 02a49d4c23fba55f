"""システムパーツ: what Amazon adds to a shop's pages, and the words on it.

Two parts are known by name; whether there are more is not known [?]. `output` follows 利用設定 and is written by `follow`
alone; labels and messages are the shop's own and survive off and on. A label may be set to an empty text; a part
without a text of its own answers null.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, insert, select

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.marks import N_
from reconciler.embedded.contract.problems import field_problem
from reconciler.embedded.contract.requests import PartPatch
from reconciler.embedded.contract.responses import Part, PartName, SystemPartsResponse
from reconciler.embedded.storage.audited_write import AuditedTransaction, Resource
from reconciler.embedded.storage.rows import row_of
from reconciler.embedded.storage.tables import part_texts, system_parts

NAMES: Mapping[PartName, str] = {
    "ORDER_AREA": N_("ご注文手続きエリア(Amazon)"),
    "LOGIN_LINK_AREA": N_("ログイン連携エリア"),
}
RESOURCE = Resource(name="systemParts", table=system_parts, fields={"output": "output"})

_C = system_parts.c
_TEXTS = select(part_texts).where(part_texts.c.shop_key == bindparam("shop_key"))
_NO_TEXT: Mapping[str, str | None] = {"label": None, "message": None}

Texts = Mapping[str, Mapping[str, str | None]]
"""By part: its label and its message."""


def get(connection: Connection, shop_key: str) -> RowMapping:
    return row_of(connection, system_parts, shop_key)


def version(row: RowMapping) -> str:
    return str(row[_C.version])


def texts_of(connection: Connection, shop_key: str) -> Texts:
    return by_shop(connection, _TEXTS, {"shop_key": shop_key}).get(shop_key, {})


def by_shop(
    connection: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
) -> Mapping[str, Texts]:
    """The texts that `statement` selects, by shop key."""
    found: dict[str, dict[str, Mapping[str, str | None]]] = {}
    for shop_key, part, label, message in connection.execute(statement, values):
        found.setdefault(shop_key, {})[part] = {"label": label, "message": message}
    return found


def to_response(row: RowMapping, texts: Texts) -> SystemPartsResponse:
    return {"shopKey": row[_C.shop_key], "output": row[_C.output], "parts": _parts(texts)}


def patch(
    edit: AuditedTransaction, shop_key: str, changes: Sequence[PartPatch], *, if_match: str | None = None
) -> None:
    row = get(edit.connection, shop_key)
    etags.require_match(if_match, version(row))
    _judge(changes)
    texts = texts_of(edit.connection, shop_key)
    written = [_write_part(edit, shop_key, part, texts.get(part["part"], _NO_TEXT)) for part in changes]
    if any(written):
        edit.touch_version(RESOURCE, shop_key)


def apply_switch(edit: AuditedTransaction, shop_key: str, on: bool, cause: str) -> None:
    """利用設定 became, or was confirmed as, `on`: the parts are output, or no longer."""
    edit.write(RESOURCE, get(edit.connection, shop_key), {"output": on}, {"output": cause})


def _parts(texts: Texts) -> list[Part]:
    return [
        {
            "part": part,
            "name": name,
            "label": texts.get(part, _NO_TEXT)["label"],
            "message": texts.get(part, _NO_TEXT)["message"],
        }
        for part, name in NAMES.items()
    ]


def _judge(parts: Sequence[PartPatch]) -> None:
    seen: set[str] = set()
    for index, part in enumerate(parts):
        field = f"parts.{index}.part"
        if part["part"] not in NAMES:
            raise field_problem("UNKNOWN_PART", field, f"available parts: {', '.join(NAMES)}")
        if part["part"] in seen:
            raise field_problem("VALIDATION_ERROR", field, "the part occurs twice")
        seen.add(part["part"])


def _write_part(edit: AuditedTransaction, shop_key: str, part: PartPatch, before: Mapping[str, str | None]) -> bool:
    after = {"label": part.get("label", before["label"]), "message": part.get("message", before["message"])}
    if after == before:
        return False
    c = part_texts.c
    edit.connection.execute(delete(part_texts).where(c.shop_key == shop_key, c.part == part["part"]))
    edit.connection.execute(insert(part_texts).values(shop_key=shop_key, part=part["part"], **after))
    for key in ("label", "message"):
        if after[key] != before[key]:
            edit.record(shop_key, RESOURCE.name, f"parts.{part['part']}.{key}", (before[key], after[key]))
    return True
