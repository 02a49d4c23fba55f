"""The `heal` part of `reconciler.yaml`: which drift is undone without a person."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import CHANNEL, PERCENTAGE
from reconciler.core.model.formats import WINDOW

RuleName = Annotated[str, TextFormat(CHANNEL)]
ActorType = Literal["MERCHANT", "PLATFORM", "AMAZON", "CLIENT"]
Mode = Literal["heal", "propose"]


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class HealRuleDocument(Document):
    name: RuleName = Field(
        title="Name / 名前",
        description="Name of the rule. History names it as the approver. ルールの名前。履歴に承認者として表示します。",
    )
    fields: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=50)] = (
        Field(
            title="Fields / 項目",
            description=(
                "Manifest keys of the fields, or patterns such as amazon.notification.*. "
                "対象の項目のマニフェストのキー。amazon.notification.* のようなパターンも指定できます。"
            ),
        )
    )
    actors: Annotated[list[ActorType], Field(min_length=1, max_length=4)] | None = _setting(
        "Actors / 変更者の種別",
        "Whose changes are undone, by the type in the backend's audit trail. Default: [MERCHANT].",
        "変更を元に戻す変更者の種別(バックエンドの監査ログでの種別)。省略時は[MERCHANT]。",
    )
    severity: Literal["low", "medium", "high"] | None = _setting(
        "Severity / 重大度",
        "Highest severity of the findings that are healed. Default: medium.",
        "自動修復する検出の重大度の上限。省略時はmedium。",
    )
    window: Annotated[str, TextFormat(WINDOW)] | None = _setting(
        "Window / 時間帯",
        "Hours in which the rule heals, such as 01:00-05:00. Default: at any time.",
        "自動修復する時間帯(例: 01:00-05:00)。省略時は常時。",
    )
    time_zone: str | None = _setting(
        "Time zone / タイムゾーン",
        "Time zone of the window. Default: Asia/Tokyo.",
        "時間帯のタイムゾーン。省略時はAsia/Tokyo。",
    )
    mode: Mode | None = _setting(
        "Mode / 動作",
        "heal: write. propose: save the plan, and a person applies it. Default: that of all rules.",
        "healは書き込みます。proposeは計画を保存し、担当者が適用します。省略時は全ルール共通のmode。",
    )


class HealDocument(Document):
    mode: Literal["heal", "propose", "disabled"] | None = _setting(
        "Mode / 動作",
        "Mode of the rules that have none. disabled: nothing is healed or proposed, also by rules with a mode. Default: heal.",
        "modeのないルールの動作。disabledの場合は、ルールにかかわらず何もしません。省略時はheal。",
    )
    rules: Annotated[list[HealRuleDocument], Field(max_length=100)] | None = _setting(
        "Rules / ルール",
        "Which drift is undone; the first rule that names a field decides. Default: none, nothing is healed.",
        "元に戻す差分。項目に最初に一致したルールに従います。省略時はルールなし(何もしません)。",
    )
    max_per_look: Annotated[int, Field(ge=1, le=1000)] | None = _setting(
        "Shops at once / 一度に修復する店舗数",
        "Maximum number of shops that are healed after one check. Default: 10.",
        "一度の確認の後に修復する店舗数の上限。省略時は10。",
    )
    max_share: Annotated[str, TextFormat(PERCENTAGE)] | None = _setting(
        "Share of the fleet / 全店舗に対する割合",
        "If more than this share of all shops could be healed at once, none is; one shop is always allowed. Default: 1%.",
        "同時に修復の対象となる店舗がこの割合を超えると、どの店舗も修復しません。1店舗は常に対象です。省略時は1%。",
    )
