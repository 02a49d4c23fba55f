"""Candidates as completion items: with the name that the key has on the admin screen, and what it is."""

from __future__ import annotations

from typing import Final

from lsprotocol import types

from reconciler.lsp.positions import Positions
from reconciler.lsp.words import Words
from reconciler.ports.editor.live_fleet import Candidate, CandidateKind, FieldTexts

TRIGGERS: Final = [":", " ", "+"]
_KINDS: Final = {
    CandidateKind.KEY: types.CompletionItemKind.Property,
    CandidateKind.SECTION: types.CompletionItemKind.Module,
    CandidateKind.VALUE: types.CompletionItemKind.Value,
    CandidateKind.GROUP: types.CompletionItemKind.File,
    CandidateKind.REFERENCE: types.CompletionItemKind.Reference,
}


def to_item(candidate: Candidate, number: int, positions: Positions, words: Words) -> types.CompletionItem:
    """In the order of the schema, which is that of the screens."""
    texts = candidate.texts
    return types.CompletionItem(
        label=candidate.label,
        kind=_KINDS[candidate.kind],
        detail=None if texts is None else _names(texts, words),
        documentation=None if texts is None else _markdown(texts.descriptions[words.code]),
        sort_text=f"{number:03}",
        filter_text=candidate.text.strip() if candidate.kind is not CandidateKind.SECTION else candidate.label,
        text_edit=types.TextEdit(range=positions.range_of(candidate.span), new_text=candidate.text),
        insert_text_mode=types.InsertTextMode.AsIs,
    )


def _names(texts: FieldTexts, words: Words) -> str:
    """The screen's label is Japanese in any language: it is what people look for there."""
    english, japanese = texts.titles["en"], texts.titles["ja"]
    return japanese if words.code == "ja" or english == japanese else f"{english} ({japanese})"


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(kind=types.MarkupKind.Markdown, value=text)
