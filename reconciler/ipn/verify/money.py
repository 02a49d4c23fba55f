"""Amounts as Amazon writes them: digits, perhaps a point and one or two more. Pure.

`Decimal` alone would take full-width and Arabic digits, underscores, exponents, blanks, NaN and Infinity.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from reconciler.ipn.verify.reasons import Refused, RejectReason

_AMOUNT: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_WHOLE: Final = frozenset({"JPY", "KRW"})


def read_currency(text: str) -> str:
    """Raises Refused."""
    if _CURRENCY.fullmatch(text) is None:
        raise Refused(RejectReason.BAD_AMOUNT, "the currency is not three uppercase letters")
    return text


def read_amount(text: str, currency: str) -> Decimal:
    """Not negative; whole where the currency has no fraction (`1000` and `1000.0` are 1,000 yen). Raises Refused."""
    if _AMOUNT.fullmatch(text) is None:
        raise Refused(RejectReason.BAD_AMOUNT, "the amount is not a number with at most two decimal places")
    amount = Decimal(text)
    if currency in _WHOLE and amount != amount.to_integral_value():
        raise Refused(RejectReason.BAD_AMOUNT, f"the amount has decimal places, but {currency} has none")
    return amount
