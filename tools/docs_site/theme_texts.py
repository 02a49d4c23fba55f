"""Texts of the theme and of Sphinx that have no Japanese translation of their own, as a catalogue.

In: the folder of catalogues. Out: the catalogue `sphinx`, which completes Sphinx's own.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

TEXTS = {
    "Back to top": "先頭へ戻る",
    "Contents": "目次",
    "Error": "エラー",
    "Home": "ホーム",
    "Next": "次へ",
    "On this page": "このページの内容",
    "Please activate JavaScript to enable the search functionality.": "検索するには JavaScript を有効にしてください。",
    "Previous": "前へ",
    "Search": "検索",
    "Skip to content": "本文へ移動",
}


def write_theme_texts(catalogues: Path) -> None:
    catalogue = Catalog(locale="ja", domain="sphinx", fuzzy=False)
    for text, translation in TEXTS.items():
        catalogue.add(text, translation)
    path = catalogues / "ja" / "LC_MESSAGES" / "sphinx.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
