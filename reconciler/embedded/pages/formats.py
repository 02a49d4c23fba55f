"""Times and amounts as a page writes them, in its language.

In: the platform's stamps, which carry no zone, and amounts in yen. Out: 2026/11/28 15:25 and 5,000円; in English 2026-11-28 15:25
and ¥5,000.
"""

from datetime import date

from markupsafe import Markup

from reconciler.embedded.contract.times import moment_of
from reconciler.embedded.pages.language import JAPANESE, _, page_language


def page_time(stamp: str) -> str:
    return f"{page_day(stamp)} {moment_of(stamp):%H:%M}"


def page_moment(stamp: str) -> str:
    """For a narrow column: an English date would break at its hyphens. Breaks between the day and the time only."""
    day, time = page_time(stamp).split(" ")
    if page_language() == JAPANESE:
        return f"{day} {time}"
    return Markup("<time>{}</time> <time>{}</time>").format(day, time)


def page_day(stamp: str) -> str:
    return page_date(moment_of(stamp))


def page_date(day: date) -> str:
    return f"{day:%Y/%m/%d}" if page_language() == JAPANESE else f"{day:%Y-%m-%d}"


def page_delivery(delivery: str) -> str:
    """What an order holds of お届け希望日時, such as `2026/04/05 午前中`: its days and words."""
    return " ".join(
        _written_day(part) if part[:1].isdigit() and "/" in part else _(part) for part in delivery.split(" ")
    )


def page_money(amount: str) -> str:
    whole, point, rest = amount.partition(".")
    number = f"{int(whole):,}{point}{rest}"
    return f"{number}円" if page_language() == JAPANESE else f"¥{number}"


def _written_day(day: str) -> str:
    return day if page_language() == JAPANESE else day.replace("/", "-")
