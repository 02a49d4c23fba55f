"""Moments in texts: Japanese time without a zone in Japanese, local time with its offset in English, UTC for machines."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.i18n.local_times import local_time

MOMENT = "2026-11-28T06:24:19Z"


@pytest.fixture
def live_in() -> Iterator[Callable[[str], None]]:
    before = os.environ["TZ"]

    def move(zone: str) -> None:
        os.environ["TZ"] = zone
        time.tzset()

    yield move
    move(before)


@pytest.mark.parametrize(
    ("zone", "moment", "shown"),
    [
        ("Asia/Tokyo", MOMENT, "2026-11-28 15:24+09:00"),
        ("UTC", MOMENT, "2026-11-28 06:24+00:00"),
        ("Europe/Berlin", MOMENT, "2026-11-28 07:24+01:00"),
        ("Europe/Berlin", "2026-07-01T22:30:00Z", "2026-07-02 00:30+02:00"),
        ("America/St_Johns", "2026-01-01T02:00:00Z", "2025-12-31 22:30-03:30"),
    ],
)
def test_in_english_it_is_local_with_the_offset(
    zone: str, moment: str, shown: str, live_in: Callable[[str], None]
) -> None:
    live_in(zone)
    assert local_time(moment, language("en")) == shown


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC", "America/St_Johns"])
def test_in_japanese_it_is_the_time_in_japan_wherever_the_reader_is(zone: str, live_in: Callable[[str], None]) -> None:
    live_in(zone)
    assert local_time(MOMENT, language("ja")) == "2026-11-28 15:24"
    assert local_time(MOMENT, language("ja"), seconds=True) == "2026-11-28 15:24:19"


def test_a_moment_in_a_message_is_local_for_people_and_utc_for_machines(context: RenderContext) -> None:
    inner = msg("manifest deleted; last applied {at}", at=MOMENT)
    outer = msg("help: {text}", text=inner)
    assert MOMENT in str(outer)
    assert MOMENT not in context.translate(outer)
    assert "2026-11-28 15:24" in context.translate(outer)


@pytest.mark.parametrize(
    "text", ["", "2026-11-28", "2026-13-45T06:24:19Z", "9999-12-31T23:59:59Z", f"{MOMENT} ", f"x{MOMENT}"]
)
def test_what_is_no_moment_stays(text: str, context: RenderContext) -> None:
    assert context.time(text) == text
