"""Labels and messages that shoppers read: the brand is written `Amazon Pay`, and no character hides.

A text that several shops inherit from one file is reported once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import INVISIBLE_CHARACTERS
from reconciler.core.model.kinds import SystemParts
from reconciler.core.model.state import Desired, FieldRef
from reconciler.core.values import UNSET, Origin

_BRAND: Final = "Amazon Pay"
_ANY_SPELLING: Final = re.compile(
    r"(?<![A-Za-z0-9/@._#-])(?:amazon|アマゾン)[\s_-]*(?:pay|ペイ)(?!\.?[A-Za-z0-9@_/-]|メント)", re.IGNORECASE
)
"""Addresses and longer words, such as Amazonペイメント, are no spelling of it."""
_FULL_WIDTH_BRAND: Final = "Ａｍａｚｏｎ Ｐａｙ"  # full-width letters are what it shows

_Place = tuple[Origin, FieldRef, str]


def brand_spelled(shops: Sequence[Desired]) -> Iterator[Diagnostic]:
    for (origin, ref, found), owners in _texts_with(shops, _other_spelling).items():
        yield diagnostic(
            codes.BRAND_SPELLING,
            msg("`{place}` spells the brand as `{found}`", place=ref.manifest_path or "", found=found),
            expected=msg("`{value}`", value=_BRAND),
            hint=msg("Spell the brand as Amazon's guidelines do: one space, two capital letters"),
            shop=owners[0].shop if len(owners) == 1 else None,
            subject=ref.manifest_path,
            origin=origin,
        )


def texts_visible(shops: Sequence[Desired]) -> Iterator[Diagnostic]:
    """Characters that steer a screen are refused when the file is read. These are only not seen."""
    for (origin, ref, found), owners in _texts_with(shops, _invisible).items():
        yield diagnostic(
            codes.INVISIBLE_CHARACTER,
            msg("`{place}` contains the invisible character {number}", place=ref.manifest_path or "", number=found),
            hint=msg("Delete the character, unless it is intended"),
            shop=owners[0].shop if len(owners) == 1 else None,
            subject=ref.manifest_path,
            origin=origin,
        )


def _texts_with(shops: Sequence[Desired], check: Callable[[str], str | None]) -> dict[_Place, list[Desired]]:
    """What `check` finds in the declared texts, each with the shops that declare the text."""
    found: dict[_Place, list[Desired]] = {}
    checked: dict[str, str | None] = {}
    for shop in shops:
        texts = shop.kind(SystemParts).messages
        for entry, text in () if texts is UNSET else sorted(texts.items()):
            if isinstance(text, str):
                fault = checked[text] if text in checked else checked.setdefault(text, check(text))
                if fault is not None:
                    ref = FieldRef("system_parts", "messages", entry)
                    found.setdefault((shop.origin_of(ref.manifest_path), ref, fault), []).append(shop)
    return found


def _other_spelling(text: str) -> str | None:
    """The first spelling that is not the brand's own; full-width letters are another spelling."""
    for match in _ANY_SPELLING.finditer(unicodedata.normalize("NFKC", text)):
        if match[0] != _BRAND:
            return match[0]
    return _FULL_WIDTH_BRAND if unicodedata.normalize("NFKC", text).count(_BRAND) > text.count(_BRAND) else None


def _invisible(text: str) -> str | None:
    match = INVISIBLE_CHARACTERS.search(text)
    return None if match is None else f"U+{ord(match[0]):04X} {unicodedata.name(match[0], '')}".strip()
