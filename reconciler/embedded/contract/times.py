"""Time as the platform writes it: Japan's, to the second, without a zone.

In: an aware `datetime` from the injected clock. Out: `YYYY-MM-DDThh:mm:ss`, which sorts as text.
It never reads the machine's clock.
"""

from datetime import UTC, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9), "JST")
FORMAT = "%Y-%m-%dT%H:%M:%S"
PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"


def system_clock() -> datetime:
    return datetime.now(UTC)


def moment_of(platform: str) -> datetime:
    """Without a zone, as the platform's form is. Raises ValueError for a date that does not exist."""
    return datetime.strptime(platform, FORMAT)  # noqa: DTZ007 - no zone is the form


def amazon_stamp(platform: str) -> str:
    """The platform's form in Amazon's: the world's time, `YYYYMMDDThhmmssZ`."""
    return moment_of(platform).replace(tzinfo=JAPAN).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def days_after(platform: str, days: int) -> str:
    """The platform's form, so many days later."""
    return (moment_of(platform) + timedelta(days=days)).strftime(FORMAT)


def stamp(moment: datetime) -> str:
    return moment.astimezone(JAPAN).strftime(FORMAT)
