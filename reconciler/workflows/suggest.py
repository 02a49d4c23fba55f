"""Suggestions for shop keys that the backend does not know. Its list is read only if there is such a key.

In: diagnostics, and the backend. Out: the diagnostics, with a better hint if one was found. A list that cannot be read, or is
too long, only costs the suggestion.

Notices for the keys of a question to the store, where an empty answer may be due to the key.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import is_unknown_shop, suggestion_message, with_suggestions
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError, ObservingBackend

_LOOKED_THROUGH: Final = 5000
"""Ten pages: what is worth waiting for."""


def unmatched_notices(globs: Sequence[str], shops: Collection[str]) -> tuple[Message, ...]:
    """For each glob that matches none of the shops that have a manifest or something stored. None where there are no shops: the
    manifests may be elsewhere.
    """
    unmatched = [glob for glob in dict.fromkeys(globs) if not any(fnmatchcase(shop, glob) for shop in shops)]
    return tuple(_unmatched_notice(glob, shops) for glob in unmatched) if shops else ()


def _unmatched_notice(glob: str, shops: Collection[str]) -> Message:
    guess = suggestion_message(glob, shops)
    text = msg("No manifest matches {glob}.", glob=glob)
    return text if guess is None else msg("{text} {hint}", text=text, hint=guess)


async def diagnostics_with_suggestions(
    findings: Collection[Diagnostic], backend: ObservingBackend
) -> tuple[Diagnostic, ...]:
    if not any(map(is_unknown_shop, findings)):
        return tuple(findings)
    return with_suggestions(findings, await _listed(backend))


async def observed_with_suggestions(worlds: Sequence[Observed], backend: ObservingBackend) -> tuple[Observed, ...]:
    """Of a shop that is not there, nothing else is known."""
    unknown = {world.shop: why.for_shop(world.shop) for world in worlds for why in _unknown(world)}
    suggested = {finding.shop: finding for finding in await diagnostics_with_suggestions(unknown.values(), backend)}
    return tuple(Observed.unknown(one.shop, suggested[one.shop]) if one.shop in suggested else one for one in worlds)


def _unknown(world: Observed) -> Iterator[Diagnostic]:
    reads = world.reads.values()
    return (read.reason for read in reads if isinstance(read, Unknown) and is_unknown_shop(read.reason))


async def _listed(backend: ObservingBackend) -> frozenset[ShopKey]:
    listing, keys = backend.shops(), set[ShopKey]()
    try:
        async for shop in listing:
            keys.add(shop)
            if len(keys) == _LOOKED_THROUGH:
                break
    except BackendError:
        pass  # what it said before it failed are shops all the same
    finally:
        if isinstance(listing, AsyncGenerator):
            await listing.aclose()
    return frozenset(keys)
