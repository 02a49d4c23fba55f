"""Waves: in which order the shops of a plan are taken, a part of the fleet at a time.

In: how the fleet is to be cut, in words or as values, and the shops with their labels. Out: the waves, in order; every shop is in
exactly one. A share counts over all shops in scope, whether or not anything is to be written in them: so the cut is the same when
the same plan is made again after half of it was done. It knows nothing of time or of what came of a wave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

_LABEL: Final = "wave"
_ALL: Final = 100


class InvalidWaveSpec(ValueError):
    """`text` says what is wrong with the words."""

    def __init__(self, text: Message) -> None:
        super().__init__(str(text))
        self.text = text


@frozen
class LabelWave:
    """The shops with this label; the value may be a pattern."""

    name: str
    key: str
    value: str

    def matches(self, shop: ShopPlan) -> bool:
        return any(key == self.key and fnmatchcase(value, self.value) for key, value in shop.labels)


@frozen
class ShareWave:
    """So many that, with all waves before, `percent` of the shops in scope are done."""

    percent: int

    @property
    def name(self) -> str:
        return f"{self.percent}%"


WaveSpec = LabelWave | ShareWave


@frozen
class Wave:
    """`number` counts from 1. `shops` in the order of the plan, also those in which nothing is to be written."""

    number: int
    name: str
    shops: tuple[ShopKey, ...]


def parse_waves(words: str) -> tuple[WaveSpec, ...]:
    """Of `canary,10%,50%,100%`: a bare word is the value of the label `wave`; `key=value` any label. Raises InvalidWaveSpec."""
    cut = tuple(_cut(word.strip()) for word in words.split(","))
    shares = [one.percent for one in cut if isinstance(one, ShareWave)]
    if any(later <= earlier for earlier, later in pairwise(shares)):
        raise InvalidWaveSpec(msg("percentages must increase, since each includes the waves before it: 10%,50%,100%"))
    if len({one.name for one in cut}) != len(cut):
        raise InvalidWaveSpec(msg("a wave is named twice"))
    if ShareWave(percent=_ALL) in cut[:-1]:
        raise InvalidWaveSpec(msg("100% must be the last wave: no shop remains for a wave after it"))
    if cut[-1] != ShareWave(percent=_ALL):
        raise InvalidWaveSpec(
            msg("the last wave must be 100% so that it contains every shop: use {words},100%", words=words)
        )
    return cut


def _cut(word: str) -> WaveSpec:
    if not word:
        raise InvalidWaveSpec(msg("a wave has no name: two commas follow each other"))
    if word.endswith("%"):
        return _share(word)
    key, equals, value = word.partition("=")
    if not equals:
        return LabelWave(name=word, key=_LABEL, value=word)
    if not (key and value):
        raise InvalidWaveSpec(msg("{word} is not KEY=VALUE (example: wave=canary)", word=repr(word)))
    return LabelWave(name=word, key=key, value=value)


def _share(word: str) -> ShareWave:
    digits = word.removesuffix("%")
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= _ALL):
        raise InvalidWaveSpec(msg("invalid percentage {word}: use a whole number from 1% to 100%", word=repr(word)))
    return ShareWave(percent=int(digits))


def assign_waves(plan: Plan, cut: Sequence[WaveSpec]) -> tuple[Wave, ...]:
    """One wave a cut, also where it is empty. A shop that several would take is in the first of them."""
    left = sorted(plan.shops, key=_place)
    waves: list[Wave] = []
    for number, one in enumerate(cut, start=1):
        taken = {shop.shop for shop in _taken(one, left, len(plan.shops))}
        left = [shop for shop in left if shop.shop not in taken]
        waves.append(Wave(number=number, name=one.name, shops=tuple(sorted(taken))))
    return tuple(waves)


def _taken(cut: WaveSpec, left: Sequence[ShopPlan], scope: int) -> Sequence[ShopPlan]:
    """`left` are the shops that no wave before has taken, in the order in which shares take them."""
    if isinstance(cut, LabelWave):
        return [shop for shop in left if cut.matches(shop)]
    wanted = -(-scope * cut.percent // _ALL)
    return left[: max(0, wanted - (scope - len(left)))]


def _place(shop: ShopPlan) -> str:
    """By hash, so that a share is a fair sample and not the beginning of the alphabet; by key alone, so that it stays."""
    return hashlib.sha256(shop.shop.encode()).hexdigest()
