"""Times as the backend writes them: Japan's, without a zone. Everywhere else in the tool times are UTC and say so.

In: an aware time, or the wire's text. Out: the wire's text, or UTC as text that ends with Z.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9), "JST")


def to_wire(moment: datetime) -> str:
    return moment.astimezone(JAPAN).strftime("%Y-%m-%dT%H:%M:%S")


def from_wire(wire: str) -> str:
    """`wire` has the form YYYY-MM-DDThh:mm:ss. Raises ValueError where there is no such time."""
    try:
        moment = datetime.fromisoformat(wire).replace(tzinfo=JAPAN).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(wire) from error
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
