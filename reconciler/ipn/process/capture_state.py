"""The known states of the captures of an order reference, and how new facts are merged into them.

The newest state by Amazon's own LastUpdateTimestamp wins; on a tie the later state in a capture's life does. Merging the same
facts twice, or in any order, has the same result. That a capture was once Completed is kept forever. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from reconciler.core.values import ShopKey
from reconciler.ipn.verify.notification import CaptureNotification
from reconciler.ports.payments import CaptureState, Charge, Source

PENDING: Final = "Pending"
COMPLETED: Final = "Completed"
DECLINED: Final = "Declined"
CLOSED: Final = "Closed"

STATES: Final = frozenset({PENDING, COMPLETED, DECLINED, CLOSED})

_OF_CHARGES: Final[Mapping[str, str]] = {
    "CaptureInitiated": PENDING,
    "Captured": COMPLETED,
    "Completed": COMPLETED,
    "Declined": DECLINED,
}
NOT_CAPTURED: Final = frozenset({"AuthorizationInitiated", "Authorized", "Canceled"})

_MOST_PARTS: Final = 16  # Amazon allows fewer captures of one reference; 2 ** 16 sums are quickly made


class ContradictoryFact(Exception):
    """Amazon does not change the amount of a capture: one of the two facts is wrong."""


def state_of_charge(charge: Charge) -> str:
    """In the words of the older API if it was captured or should have been; else unchanged."""
    return _OF_CHARGES.get(charge.state, charge.state)


def capture_state_from_notice(shop: ShopKey, notice: CaptureNotification, source: Source) -> CaptureState:
    """Of a notice whose state is one of STATES."""
    return CaptureState(
        shop=shop,
        capture=notice.id,
        reference=notice.reference,
        permission=notice.permission,
        state=notice.state,
        updated=notice.updated,
        amount=notice.amount,
        currency=notice.currency,
        completed=notice.state == COMPLETED,
        source=source,
    )


def capture_state_from_charge(shop: ShopKey, charge: Charge, source: Source) -> CaptureState | None:
    """Of a charge whose state is one of STATES; None where it names no amount."""
    if charge.amount is None or charge.currency is None:
        return None
    state = state_of_charge(charge)
    return CaptureState(
        shop=shop,
        capture=charge.id,
        reference=charge.reference,
        permission=charge.permission,
        state=state,
        updated=charge.updated,
        amount=charge.amount,
        currency=charge.currency,
        completed=state == COMPLETED,
        source=source,
    )


def merge_fact(facts: Sequence[CaptureState], news: CaptureState) -> CaptureState:
    """What is known of the capture of the news now, the news among it. Raises ContradictoryFact."""
    known = next((fact for fact in facts if fact.capture == news.capture), None)
    if known is None:
        return news
    if (known.amount, known.currency) != (news.amount, news.currency):
        raise ContradictoryFact
    return news.after(known)


def completed_captures(facts: Sequence[CaptureState], fact: CaptureState) -> tuple[CaptureState, ...]:
    """Those that were paid at some time, with `fact` in the place of what was known of its capture; by capture."""
    whole = (*(other for other in facts if other.capture != fact.capture), fact)
    return tuple(sorted((one for one in whole if one.completed), key=lambda one: one.capture))


def sums_to(amounts: Sequence[Decimal], total: Decimal) -> bool:
    """Whether some of the amounts make the total: so a capture too many does not depend on having come before or after."""
    if len(amounts) > _MOST_PARTS:
        return sum(amounts) == total
    sums = {Decimal(0)}
    for amount in amounts:
        sums |= {part + amount for part in sums}
    return total > 0 and total in sums
