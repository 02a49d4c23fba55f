"""Divides the shops of a run into chunks: every shop is in exactly one chunk of one wave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.core.fleet.fleet_run import NewChunk
from reconciler.core.planning.waves import Wave
from reconciler.core.values import ShopKey


def cut_look(shops: Iterable[ShopKey], size: int) -> tuple[NewChunk, ...]:
    """Ranges of at most `size` shops, one after the other, all in wave 1. A shop that comes twice counts once."""
    return tuple(
        NewChunk(number=number, wave=1, first=part[0], last=part[-1], shops=len(part))
        for number, part in enumerate(_parts(sorted(set(shops)), size), start=1)
    )


def cut_apply(leaves: Mapping[ShopKey, str], waves: Sequence[Wave], size: int) -> tuple[NewChunk, ...]:
    """Chunks of at most `size` shops, numbered in the order of the waves, for the shops that have a leaf. A chunk is of one wave.

    Raises ValueError for a shop that is in no wave: it would never be applied.
    """
    placed = [(wave.number, part) for wave in waves for part in _parts(_with_leaf(wave, leaves), size)]
    if sum(len(part) for _, part in placed) != len(leaves):
        raise ValueError("a shop is in no wave, or in two")
    return tuple(
        NewChunk(
            number=number,
            wave=wave,
            first=part[0],
            last=part[-1],
            shops=len(part),
            leaves=tuple((shop, leaves[shop]) for shop in part),
        )
        for number, (wave, part) in enumerate(placed, start=1)
    )


def _with_leaf(wave: Wave, leaves: Mapping[ShopKey, str]) -> list[ShopKey]:
    return sorted(shop for shop in wave.shops if shop in leaves)


def _parts(shops: Sequence[ShopKey], size: int) -> Iterator[Sequence[ShopKey]]:
    for start in range(0, len(shops), size):
        yield shops[start : start + size]
