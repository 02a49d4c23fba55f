"""Which shops a key that is none of theirs probably meant, and what to say of it.

In: the key, and the keys that there are. Out: a few keys, the nearest first. One slip of the pen (a character too many or too
few, another one, two in the wrong order) is undone in every way, and what comes of it looked up: that costs the same in a fleet
of any size. Keys that are farther off are compared with each other only where there are few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"
_SHOWN: Final = 3
_FEW: Final = 2000
_LONGEST: Final = 60
"""A shop's key has 40 characters at most: what is far longer was none."""
_GUESSED: Final = 20
"""With more wrong keys than this, the list is wrong, not its spelling."""


def suggestion_message(asked: str, keys: Collection[str]) -> Message | None:
    near = similar_shops(asked, keys)
    return msg("Did you mean {keys}?", keys=", ".join(near)) if near else None


def similar_shops(asked: str, keys: Collection[str]) -> tuple[str, ...]:
    if len(asked) > _LONGEST:
        return ()
    known = keys if isinstance(keys, set | frozenset) else frozenset(keys)
    slips = known.intersection(_undone(asked.lower()))
    if slips:
        return tuple(sorted(slips, key=lambda key: (-SequenceMatcher(None, asked, key).ratio(), key))[:_SHOWN])
    return tuple(get_close_matches(asked, sorted(known), n=_SHOWN)) if len(known) <= _FEW else ()


def with_suggestions(findings: Collection[Diagnostic], keys: Collection[str]) -> tuple[Diagnostic, ...]:
    """For a shop that the backend does not know, the hint suggests shops that it knows."""
    known = frozenset(keys)
    asked = [finding.shop for finding in findings if finding.shop is not None and is_unknown_shop(finding)]
    guesses = {shop: suggestion_message(shop, known) for shop in asked[:_GUESSED]}
    return tuple(
        replace(finding, hint=guesses.get(finding.shop) or finding.hint)
        if finding.shop is not None and is_unknown_shop(finding)
        else finding
        for finding in findings
    )


def is_unknown_shop(finding: Diagnostic) -> bool:
    return finding.code is codes.SHOP_UNKNOWN


def _undone(asked: str) -> Iterator[str]:
    for at in range(len(asked) + 1):
        before, after = asked[:at], asked[at:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
