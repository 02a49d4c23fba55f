"""What stands as Git wants it without our having written it: remembered as applied, so that the next drift is held against it.

In: one shop's wish, what was observed, what is remembered. Out: an event for the journal, or None where it would say nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.compare import same, touches_pre_set
from reconciler.core.diff import declared
from reconciler.core.events import ShopAgreed
from reconciler.core.last_applied import Past, record
from reconciler.core.state import Desired, FieldRef, Observed
from reconciler.core.values import UNSET, Scalar, SealedSecret


def agreement(desired: Desired, observed: Observed, past: Past) -> ShopAgreed | None:
    """The declared values that agree and are remembered otherwise, or not at all. A pre-set token is never compared."""
    news = [(ref, want, have) for ref, want, have in _agreeing(desired, observed) if _is_news(ref, want, have, past)]
    if not news:
        return None
    return ShopAgreed(
        shop=desired.shop,
        values=tuple((ref, want) for ref, want, _ in news),
        seals=tuple((ref, have) for ref, _, have in news if isinstance(have, SealedSecret)),
    )


def _agreeing(desired: Desired, observed: Observed) -> Iterator[tuple[FieldRef, Scalar, Scalar]]:
    for ref, want in declared(desired):
        have = observed.at(ref)
        if have is UNSET or touches_pre_set(want, have):
            continue
        if same(ref.spec.policy.compare, want, have):
            yield ref, want, have


def _is_news(ref: FieldRef, want: Scalar, have: Scalar, past: Past) -> bool:
    seal = have if isinstance(have, SealedSecret) else None
    return str(ref) not in past.applied or past.applied[str(ref)] != record(want, seal, past.key)
