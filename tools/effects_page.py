"""The table of docs/ipn.md: what follows from each state of each object at Amazon, in English and Japanese, from the code."""

from __future__ import annotations

from reconciler.ipn.process.effects import ROWS, Effect, EffectRow, When
from reconciler.views.i18n import Language

_HEAD = {
    "en": "| Notification | State | Reason code | Effect | Reason | Meaning |\n|---|---|---|---|---|---|\n",
    "ja": "| 通知 | 状態 | 理由コード | 処理 | 理由 | 意味 |\n|---|---|---|---|---|---|\n",
}
_EFFECTS = {
    "en": {Effect.RECORDED: "recorded", Effect.ALARM: "alarm", Effect.MAIL: "mail", Effect.PAID: "入金済み"},
    "ja": {Effect.RECORDED: "記録", Effect.ALARM: "アラーム", Effect.MAIL: "メール", Effect.PAID: "入金済み"},
}
_CONDITIONS = {
    "en": {When.UNPAID: " if the order is 未入金", When.LAPSING: " in its last 5 days if the order is 未入金"},
    "ja": {When.UNPAID: " (受注が未入金の場合)", When.LAPSING: " (受注が未入金で、残り 5 日以内の場合)"},
}
_ANY = {"en": "any other", "ja": "その他"}


def effects_table(words: Language) -> str:
    return _HEAD[words.code] + "".join(_line(row, words) for row in ROWS)


def _line(row: EffectRow, words: Language) -> str:
    effects = ", ".join(_EFFECTS[words.code][effect] for effect in row.effects)
    cells = (
        _codes(row.notices),
        _codes(row.states) or _ANY[words.code],
        _codes(row.codes),
        effects + _CONDITIONS[words.code].get(row.when, ""),
        f"`{row.outcome.value}`",
        words.translate(row.text),
    )
    return f"| {' | '.join(cells)} |\n"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
