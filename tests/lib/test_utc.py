"""Times as text in UTC."""

import pytest

from reconciler.lib.utc import format_utc, parse_utc


def test_a_time_with_another_offset_is_the_same_time_in_utc() -> None:
    assert format_utc(parse_utc("2026-11-29T09:00:00+09:00")) == "2026-11-29T00:00:00Z"


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="'2026-11-29T09:00:00' has no offset"):
        parse_utc("2026-11-29T09:00:00")
