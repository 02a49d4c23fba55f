"""docs/codes.md and docs/ja/codes.md: one row per code.

In: the codes, their explanations and a language. Out: the page as text. The Japanese texts come from the catalogue.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations import EXPLANATIONS
from reconciler.views.common.phrases import SEVERITY_WORDS
from reconciler.views.i18n import Language

_HEADS: Final = {
    "en": """# Codes

English | [日本語](ja/codes.md)

```console
$ reconciler explain M101
```

Every diagnostic has a code. The number of a published code never changes its meaning.
The severity *refused* means that reconciler did not make a change, for safety.
Where an option allows the change, as for most guards (`G...`), the fix names it.

| Number | Name | Severity | Meaning | Example | Fix |
|---|---|---|---|---|---|
""",
    "ja": """# コード一覧

[English](../codes.md) | 日本語

```console
$ reconciler explain M101
```

診断メッセージには必ずコードが付きます。公開済みの番号の意味は変わりません。
重要度「拒否」は、安全のために変更を行わなかったことを示します。
多くのガード (`G...`) のように、オプションで許可できる場合は、対処にそのオプションを示します。

| 番号 | 名前 | 重要度 | 意味 | 例 | 対処 |
|---|---|---|---|---|---|
""",
}


def codes_page(words: Language) -> str:
    return _HEADS[words.code] + "".join(f"{_row(code, words)}\n" for code in all_codes())


def _row(code: Code, words: Language) -> str:
    severity = words.translate(SEVERITY_WORDS[code.severity])
    cells = (f"`{code.number}`", f"`{code.slug}`", severity, _cell(words.translate(code.title)))
    explained = EXPLANATIONS.get(code)
    texts = () if explained is None else (explained.example, explained.fix)
    more = [_cell(words.translate(text)) for text in texts] or ["", ""]
    return f"| {' | '.join((*cells, *more))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
