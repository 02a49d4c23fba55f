"""Words of a text with Japanese, where no spaces separate them: pairs of characters, so that each part of a compound is found.

In: text. Out: words, for the index of the search. `SPLIT_QUERY` does the same in the browser.
"""

from __future__ import annotations

import re
from typing import Final

_WIDE: Final = "\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_RUN: Final = re.compile(rf"[{_WIDE}]+|[^\W{_WIDE}]+")
_IS_WIDE: Final = re.compile(rf"[{_WIDE}]")

SPLIT_QUERY: Final = rf"""
function splitQuery(query) {{
    const words = [];
    for (const run of query.match(/[{_WIDE}]+|(?:(?![{_WIDE}])[\p{{L}}\p{{N}}_])+/gu) || []) {{
        if (!/[{_WIDE}]/u.test(run) || run.length < 2) words.push(run);
        else for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
    }}
    return words;
}}
"""
"""JavaScript. All pairs of what a reader enters have to be on a page."""


def split_words(text: str) -> list[str]:
    words: list[str] = []
    for run in _RUN.findall(text):
        words += _pairs(run) if _IS_WIDE.match(run) else [run]
    return words


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
