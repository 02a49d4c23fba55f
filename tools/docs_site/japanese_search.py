"""Sphinx's search in Japanese, by pairs of characters.

Sphinx's own splitter guesses words, and does not find 通知 in a text where it guessed one longer word.
"""

from __future__ import annotations

from sphinx.search import SearchLanguage

from tools.docs_site.japanese_words import SPLIT_QUERY, split_words


class JapanesePairs(SearchLanguage):
    lang = "ja"
    language_name = "Japanese"
    js_splitter_code = SPLIT_QUERY

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name
        return split_words(input)

    def word_filter(self, word: str) -> bool:
        return len(word) > 1 and not word.isdigit()
