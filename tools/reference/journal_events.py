"""docs/reference/journal-events.md: every event that a run records in its journal, with its keys. In: its schema. Out: a page."""

from __future__ import annotations

from typing import Final

from reconciler.core.documents.event_codec import VERSION, event_schema
from reconciler.views.i18n import Language
from tools.reference.markdown_text import code, language_line, table

_WORDS: Final = {
    "en": {
        "head": "# Events of the journal\n",
        "intro": f"An apply records each event before its next write. Version {VERSION}; documents of every "
        f"earlier version are still read. "
        "`reconciler history` shows runs, `reconciler schema run-event` prints the JSON Schema. The lines of "
        "`--log` are in "
        "[logs](../logs.md).",
        "event": "Event",
        "keys": "Keys",
    },
    "ja": {
        "head": "# ジャーナルのイベント\n",
        "intro": f"適用では、次の書き込みの前にイベントを記録します。現在のバージョンは {VERSION} です。"
        f"以前のバージョンの文書もすべて読み取れます。"
        "`reconciler history` は実行を、`reconciler schema run-event` は JSON Schema を表示します。`--log` の行は"
        "[ログ](../logs.md)で説明しています。",
        "event": "イベント",
        "keys": "キー",
    },
}


def journal_events_page(words: Language) -> str:
    texts = _WORDS[words.code]
    forms = [form["properties"] for form in event_schema()["anyOf"]]
    rows = [
        (code(form["event"]["const"]), ", ".join(code(key) for key in form if key not in {"v", "event"}))
        for form in forms
    ]
    head = f"{texts['head']}\n{language_line('journal-events.md', words)}\n{texts['intro']}\n\n"
    return head + table((texts["event"], texts["keys"]), rows)
