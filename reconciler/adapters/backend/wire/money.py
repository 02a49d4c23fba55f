"""An amount as the wire writes it: digits, and at most two after a point. No sign, no exponent, no other script's digits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.core.diagnostics.messages import msg

_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def amount(fields: JsonObjectReader, name: str) -> Decimal:
    """Raises WireDecodeError."""
    text = fields.text(name)
    if not _AMOUNT.fullmatch(text):
        raise _formless(fields, name)
    return Decimal(text)


def currency(fields: JsonObjectReader, name: str) -> str:
    """Raises WireDecodeError."""
    text = fields.text(name)
    if not _CURRENCY.fullmatch(text):
        raise _formless(fields, name)
    return text


def _formless(fields: JsonObjectReader, name: str) -> WireDecodeError:
    place = f"{fields.place}.{name}" if fields.place else name
    return WireDecodeError(msg("{place} has an invalid format", place=place))
