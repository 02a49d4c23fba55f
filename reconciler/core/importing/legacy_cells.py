"""One cell of an export as a value of a manifest, or why it is none.

In: a header and a cell. Out: the value, or None for an empty cell: what is not mentioned is not managed. Raises
`UnmappableCell`. A cell is quoted only if its words are a closed set, and never if it may hold a secret.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import credential_kind, is_high_entropy, may_be_secret
from reconciler.core.importing.adopt import FORMS, unsuitable_reason
from reconciler.core.importing.legacy_columns import NO, YES, CellType, Header
from reconciler.core.model.formats import GROUP, LABEL, TOKEN_DECLARATION, Format
from reconciler.core.model.layers import Leaf
from reconciler.core.values import PRE_SET, PRE_SET_LITERAL

MASKED: Final = "ref+masked://"
"""Stands for a token that the export does not show: by which name it will be found is not the cell's matter."""

_FORMULA: Final = ("=", "+", "-", "@")
_MASK: Final = re.compile(r"[*●•xX]{4,}|設定済み?|登録済み?")
_PRE_SET: Final = frozenset({PRE_SET.value, PRE_SET_LITERAL.lower()})
_LONGEST: Final = 40


class UnmappableCell(Exception):
    """Why a cell cannot be mapped, and what would be right."""

    def __init__(
        self, why: Message, *, code: Code = codes.ROW, expected: Message | None = None, hint: Message | None = None
    ) -> None:
        super().__init__(str(why))
        self.why = why
        self.code = code
        self.expected = expected
        self.hint = hint


def read_cell(header: Header, cell: str) -> Leaf | None:
    """A FOLLOWS column is read as the switch it follows."""
    if not cell.strip():
        return None
    _refuse_formula(header, cell)
    match header.column.cell_type:
        case CellType.SWITCH | CellType.FOLLOWS:
            return _switch(header, cell)
        case CellType.WORD:
            return _word(header, cell)
        case CellType.REFERENCE:
            return _token(header, cell)
        case CellType.GROUP:
            return _formed(header, cell, GROUP)
        case CellType.LABEL:
            return _formed(header, cell, LABEL)
        case _:
            return _text(header, cell)


def display_cell(text: str) -> str:
    """In one line of bounded length; not at all where it may be a secret."""
    bare = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if may_be_secret(bare) or is_high_entropy(bare):
        return "(...)"
    return repr(bare if len(bare) <= _LONGEST else f"{bare[:_LONGEST]}...")


def _refuse_formula(header: Header, cell: str) -> None:
    """Spreadsheets run cells that start like this, also from a CSV file; they do not come from an admin screen."""
    first = unicodedata.normalize("NFKC", cell.strip())[0]
    if first in _FORMULA:
        raise UnmappableCell(
            msg("{column} starts with {sign}, like a formula", column=display_cell(header.text), sign=repr(first)),
            code=codes.FORMULA,
            expected=msg("a value"),
            hint=msg("Check the source of the cell and write the value itself"),
        )


def _switch(header: Header, cell: str) -> bool:
    word = _word_of(cell)
    if word in YES or word in NO:
        return word in YES
    raise _other_word(header, cell, msg("one of {yes} or {no}", yes=", ".join(YES), no=", ".join(NO)))


def _word(header: Header, cell: str) -> str:
    words = dict(header.column.words)
    word = _word_of(cell)
    if word in words:
        return words[word]
    raise _other_word(header, cell, msg("one of {words}", words=", ".join(words)))


def _word_of(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lower()


def _other_word(header: Header, cell: str, expected: Message) -> UnmappableCell:
    return UnmappableCell(
        msg("Unknown word {word} in {column}", column=display_cell(header.text), word=display_cell(cell)),
        expected=expected,
    )


def _token(header: Header, cell: str) -> str:
    """A reference, `pre-set`, or that the export hides it. Anything else may be the token itself."""
    text = cell.strip()
    if text.lower() in _PRE_SET:
        return PRE_SET.value
    if _MASK.fullmatch(text):
        return MASKED
    if TOKEN_DECLARATION.accepts(text) and credential_kind(text) is None:
        return text
    raise UnmappableCell(
        msg("{column} contains a text that may be the secret itself", column=display_cell(header.text)),
        code=codes.PLAINTEXT_TOKEN,
        expected=TOKEN_DECLARATION.expected,
        hint=msg(
            "Replace it with `pre-set`, a reference or an empty cell. If it is a real token, it is exposed: "
            "renew it in Amazon Seller Central"
        ),
    )


def _formed(header: Header, cell: str, form: Format) -> str:
    text = cell.strip()
    if form.accepts(text) and credential_kind(text) is None:
        return text
    raise UnmappableCell(
        msg("{column} has an invalid format: {fault}", column=display_cell(header.text), fault=form.violation(text)),
        expected=form.expected,
    )


def _text(header: Header, cell: str) -> str:
    """Unchanged: an extra space is reported and not removed."""
    place = header.column.place or ""
    why = unsuitable_reason(place, cell)
    if why is None:
        return cell
    expected = FORMS[place].expected if place in FORMS else None
    raise UnmappableCell(msg("{column}: {why}", column=display_cell(header.text), why=why), expected=expected)
