"""The outline of a file as document symbols."""

from __future__ import annotations

from lsprotocol import types

from reconciler.lsp.positions import Positions
from reconciler.ports.editor.live_fleet import DocumentKey


def to_symbol(key: DocumentKey, positions: Positions) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=key.key,
        kind=types.SymbolKind.Module if key.below else types.SymbolKind.Property,
        range=positions.range_of(key.whole),
        selection_range=positions.range_of(key.span),
        children=[to_symbol(each, positions) for each in key.below],
    )
