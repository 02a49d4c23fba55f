"""Search in Japanese: text without spaces is indexed by pairs of characters, so that every part of a compound is found.

In: text. Out: the words of the index. The search page splits what a reader enters in the same way: all pairs must be there.
Sphinx's own splitter guesses words, and does not find 通知 in a text where it guessed one longer word.
"""

from __future__ import annotations

import re
from typing import Final

from sphinx.search import SearchLanguage

_WIDE: Final = "\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_RUN: Final = re.compile(rf"[{_WIDE}]+|[^\W{_WIDE}]+")
_IS_WIDE: Final = re.compile(rf"[{_WIDE}]")


class JapanesePairs(SearchLanguage):
    lang = "ja"
    language_name = "Japanese"
    js_splitter_code = rf"""
function splitQuery(query) {{
    const words = [];
    for (const run of query.match(/[{_WIDE}]+|(?:(?![{_WIDE}])[\p{{L}}\p{{N}}_])+/gu) || []) {{
        if (!/[{_WIDE}]/u.test(run) || run.length < 2) words.push(run);
        else for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
    }}
    return words;
}}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name
        words: list[str] = []
        for run in _RUN.findall(input):
            words += _pairs(run) if _IS_WIDE.match(run) else [run]
        return words

    def word_filter(self, word: str) -> bool:
        return len(word) > 1 and not word.isdigit()


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
