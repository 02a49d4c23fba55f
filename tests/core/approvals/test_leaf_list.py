"""Lists of leaves: what is written is read back, a broken line is named, and every other plan is held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.approvals.leaf_list import (
    InvalidLeafLine,
    format_leaves,
    hold_other_leaves,
    leaves_by_shop,
    parse_leaves,
)
from reconciler.core.diagnostics import codes
from reconciler.core.planning.leaves import ShopLeaf, leaf_digest
from reconciler.core.values import ShopKey
from tests.support.strategies import plans

LEAF = leaf_digest("one")
OTHER = leaf_digest("other")


@given(plans)
def test_what_is_written_is_read_back(plan):
    assert parse_leaves(format_leaves(plan.leaves)) == leaves_by_shop(plan.leaves)


def test_comments_and_empty_lines_say_nothing():
    assert parse_leaves(f"# approved by tanaka\n\n  kyoto-tea\t{LEAF}  \r\nkyoto-tea {LEAF}\n") == {
        ShopKey("kyoto-tea"): LEAF
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("kyoto-tea", "words found: 1"),
        (f"kyoto-tea {LEAF} {LEAF}", "words found: 3"),
        (f"Kyoto_Tea {LEAF}", "not a shop key"),
        ("uji-cups sha256:ab", "not a leaf"),
        (f"uji-cups {LEAF.upper()}", "not a leaf"),
        (f"kyoto-tea {OTHER}", "kyoto-tea is listed twice"),
    ],
)
def test_a_broken_line_is_named_and_its_content_is_not_quoted(line, reason):
    with pytest.raises(InvalidLeafLine, match=reason) as refused:
        parse_leaves(f"kyoto-tea {LEAF}\n\n{line}\n")
    assert refused.value.line == 3
    assert LEAF not in str(refused.value)


@given(plans, st.data())
def test_a_shop_is_held_exactly_if_its_leaf_is_another_one(plan, data):
    approved = dict(leaves_by_shop(plan.leaves))
    missing = {shop for shop in approved if data.draw(st.booleans())}
    changed = {shop for shop in approved if data.draw(st.booleans())}
    given_leaves = {shop: OTHER if shop in changed else leaf for shop, leaf in approved.items() if shop not in missing}
    held = hold_other_leaves(plan, given_leaves)
    assert {shop.shop for shop in held.shops if holding(shop)} == missing | changed
    assert (held.fingerprint, held.leaves) == (plan.fingerprint, plan.leaves)
    assert all(shop.blocked for shop in held.shops if holding(shop))


def holding(shop) -> list:
    return [finding for finding in shop.findings if finding.code is codes.OTHER_LEAF]


@given(plans.filter(lambda plan: len(plan.leaves) > 1))
def test_both_leaves_are_shown(plan):
    first, second = plan.leaves[:2]
    held = hold_other_leaves(plan, {first.shop: OTHER})
    found = {shop.shop: finding for shop in held.shops for finding in holding(shop)}
    assert first.digest in str(found[first.shop].summary)
    assert OTHER in str(found[first.shop].expected)
    assert str(found[second.shop].expected) == "no leaf of this shop was approved"


def test_a_leaf_is_a_line():
    assert format_leaves([ShopLeaf(shop=ShopKey("kyoto-tea"), digest=LEAF)]) == f"kyoto-tea {LEAF}\n"
