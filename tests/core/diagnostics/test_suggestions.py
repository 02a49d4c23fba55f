"""Which shops are suggested for an unknown key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.suggestions import similar_shops, suggestion_message, with_suggestions
from reconciler.core.values import ShopKey

FLEET = tuple(f"shop-{number:06d}" for number in range(3000))
KEYS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
LETTERS = st.sampled_from("abcxyz0189-")


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("kyoto-te", ("kyoto-tea",)),
        ("kyoto-teaa", ("kyoto-tea",)),
        ("kyoto-toa", ("kyoto-tea",)),
        ("koyto-tea", ("kyoto-tea",)),
        ("Kyoto-Tea", ("kyoto-tea",)),
        ("kyoto", ("kyoto-tea",)),
        ("nara-ikn-1", ("nara-ink-1",)),
        ("osaka", ()),
        ("", ()),
        ("k" * 100, ()),
    ],
)
def test_slips_of_the_pen(asked, near):
    assert similar_shops(asked, ("kyoto-tea", "nara-ink-1", "nara-ink-2")) == near


def test_of_a_large_fleet_only_what_is_one_slip_away():
    assert similar_shops("shop-00001", FLEET) == ("shop-000001", "shop-000010", "shop-000011")
    assert similar_shops("shop-0", FLEET) == ()
    assert suggestion_message("shop-0", FLEET) is None


@given(KEYS, st.data())
def test_the_key_that_was_meant_is_found_after_any_one_slip(key, data):
    at = data.draw(st.integers(0, len(key) - 1))
    letter = data.draw(LETTERS)
    for slip in (key[:at] + key[at + 1 :], key[:at] + letter + key[at:], key[:at] + letter + key[at + 1 :]):
        assert key in similar_shops(slip, (key, "osaka-fan"))


def unknown(shop: str) -> Diagnostic:
    return diagnostic(codes.SHOP_UNKNOWN, msg("unknown"), hint=msg("Look again"), shop=ShopKey(shop))


def test_shops_unknown_to_the_backend_are_reported_with_suggestions():
    other = diagnostic(codes.UNREACHABLE, msg("away"), shop=ShopKey("kyoto-te"))
    printed = with_suggestions((unknown("kyoto-te"), unknown("osaka"), other), ("kyoto-tea",))
    assert [str(finding.hint) for finding in printed[:2]] == ["Did you mean kyoto-tea?", "Look again"]
    assert printed[2] == other


def test_a_list_that_is_wrong_from_end_to_end_is_not_guessed_at():
    printed = with_suggestions([unknown(f"shop-00{number:05d}") for number in range(100)], FLEET)
    assert sum("Did you mean" in str(finding.hint) for finding in printed) == 20
