"""The parts of the screens beside those of the contract: texts that only コマースクリエイター>メッセージ shows and changes.

Their texts are in the table of the contract's parts, and a change of one is a new version of `systemParts`; the contract does
not name them, so no client sees or sets them. Which parts the platform has beyond two is not known [?].
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, insert

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.marks import N_
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.requests import PartPatch
from reconciler.embedded.resources import system_parts
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import part_texts
from reconciler.lib.frozen_class import frozen


@frozen
class SystemPart:
    """`label` and `message` are those of a part without texts of its own; None: the part has no such text."""

    key: str
    name: str
    shown_on: str
    label: str | None
    message: str | None

    @property
    def managed(self) -> bool:
        """Is it one of the contract's?"""
        return self.key in system_parts.NAMES


_AMAZON_MESSAGE: Final = N_("Amazonアカウントに登録済みの情報でお支払いいただけます。")
_S5: Final = N_("会員登録がお済みの方は、ログインするとAmazonアカウントと連携します。")
PARTS: Final = (
    SystemPart(
        key="ORDER_AREA",
        name=system_parts.NAMES["ORDER_AREA"],
        shown_on=N_("Amazon Pay専用「ご注文手続き」"),
        label="",
        message="",
    ),
    SystemPart(
        key="LOGIN_LINK_AREA",
        name=system_parts.NAMES["LOGIN_LINK_AREA"],
        shown_on=N_("マイページ>ログイン連携"),
        label="",
        message="",
    ),
    SystemPart(
        key="CART_BUTTON",
        name=N_("Amazon Payボタン"),
        shown_on=N_("ショッピングカート"),
        label=None,
        message=_AMAZON_MESSAGE,
    ),
    SystemPart(
        key="SUBSCRIPTION_AREA",
        name=N_("お申込み手続きエリア(Amazon)"),
        shown_on=N_("Amazon Pay専用「お申込み手続き」"),
        label="",
        message="",
    ),
    SystemPart(
        key="PURCHASE_LOGIN",
        name=N_("Amazonログイン（ご購入手続き）"),
        shown_on=N_("ご購入手続き"),
        label=N_("amazonでログイン"),
        message="",
    ),
    SystemPart(
        key="AFTER_LOGIN",
        name=N_("Amazonログイン後の会員ログイン"),
        shown_on=N_("Amazonログイン後の会員ログイン"),
        label=N_("会員ログイン"),
        message=_S5,
    ),
    SystemPart(
        key="MEMBER_LOGIN",
        name=N_("Amazonログイン（会員ログイン）"),
        shown_on=N_("マイページなどへの会員ログイン"),
        label=N_("amazonでログイン"),
        message="",
    ),
)
BY_KEY: Final[Mapping[str, SystemPart]] = {part.key: part for part in PARTS}


def label_of(part: SystemPart, texts: system_parts.Texts) -> str:
    own = texts.get(part.key, {}).get("label")
    return (part.label or "") if own is None else own


def message_of(part: SystemPart, texts: system_parts.Texts) -> str:
    own = texts.get(part.key, {}).get("message")
    return (part.message or "") if own is None else own


def write_texts(edit: AuditedTransaction, shop_key: str, patch: PartPatch, *, if_match: str | None = None) -> None:
    """Set the texts of one part: of a part of the contract as a client would, of another one here."""
    part = BY_KEY.get(patch["part"])
    if part is None:
        raise Problem("NOT_FOUND", "no such part")
    if part.managed:
        system_parts.patch(edit, shop_key, [patch], if_match=if_match)
        return
    row = system_parts.get(edit.connection, shop_key)
    etags.require_match(if_match, system_parts.version(row))
    before = system_parts.texts_of(edit.connection, shop_key).get(part.key, {"label": None, "message": None})
    _write_own(edit, shop_key, patch, before)


def _write_own(edit: AuditedTransaction, shop_key: str, patch: PartPatch, before: Mapping[str, str | None]) -> None:
    after = {"label": patch.get("label", before["label"]), "message": patch.get("message", before["message"])}
    if after == before:
        return
    c = part_texts.c
    edit.connection.execute(delete(part_texts).where(c.shop_key == shop_key, c.part == patch["part"]))
    edit.connection.execute(insert(part_texts).values(shop_key=shop_key, part=patch["part"], **after))
    edit.touch_version(system_parts.RESOURCE, shop_key)
    for key in ("label", "message"):
        if after[key] != before[key]:
            edit.record(shop_key, "pageParts", f"{patch['part']}.{key}", (before[key], after[key]))
