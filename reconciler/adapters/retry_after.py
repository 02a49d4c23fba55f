"""The header Retry-After (RFC 9110 10.2.3): seconds, or a date."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_MAX_DIGITS: Final = 9


def seconds_to_wait(header: str, now: datetime) -> float | None:
    """None where there is none that makes sense."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= _MAX_DIGITS else float("inf")
    try:
        when = parsedate_to_datetime(text)
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
