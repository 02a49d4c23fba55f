"""Moments as text that sorts and that every program reads: UTC, to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

_JAPAN: Final = timezone(timedelta(hours=9), "JST")


def format_utc(moment: datetime) -> str:
    """`2026-11-28T06:24:00Z`. `moment` is aware."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_utc(text: str) -> datetime:
    """The inverse of `format_utc`; also for a time with another offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment.astimezone(UTC)


def shifted_utc(text: str, seconds: float) -> str:
    """The time so many seconds later, or earlier."""
    return format_utc(parse_utc(text) + timedelta(seconds=seconds))


def seconds_between(start: str, end: str) -> float:
    """Negative where `end` comes first."""
    return (parse_utc(end) - parse_utc(start)).total_seconds()


def day_in_japan(moment: datetime, ahead: int = 0) -> str:
    """`2026-11-28`, so many days later. `moment` is aware."""
    return (moment.astimezone(_JAPAN) + timedelta(days=ahead)).date().isoformat()


def read_day(text: str) -> date:
    """The inverse: only `2026-11-28`, no other form of ISO 8601, so that texts compare as days do. Raises ValueError."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(f"{text!r} is not written as YYYY-MM-DD")
    return day
