"""The tree of a fingerprint: one leaf per shop, for any order, and nothing of a secret in it."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model.canonical import dumps
from reconciler.core.planning.fingerprint import build_plan, plan_leaves, shop_leaf
from reconciler.core.planning.leaves import (
    ShopLeaf,
    leaf_digest,
    merkle_root,
    root_of_subtrees,
    subtree_roots,
)
from reconciler.core.values import ShopKey
from tests.support.example_worlds import going_live
from tests.support.plan_samples import CLEAR, EXAMPLES, SEAL, digested
from tests.support.strategies import TOKENS, plans

DIGESTS = st.binary(min_size=32, max_size=32).map(lambda digest: f"sha256:{digest.hex()}")
KEYS = st.integers(0, 999).map(lambda number: ShopKey(f"shop-{number:03}"))
LEAVES = st.dictionaries(KEYS, DIGESTS, max_size=40).map(
    lambda found: tuple(ShopLeaf(shop=shop, digest=digest) for shop, digest in found.items())
)


def digest_of(data: bytes) -> bytes:
    return sha256(data).digest()


def leaf(letter: str) -> ShopLeaf:
    return ShopLeaf(shop=ShopKey(letter), digest=leaf_digest({"shop": letter}))


def recursive_root(nodes: list[bytes]) -> bytes:
    """As RFC 6962 words it: the left part is the largest power of two smaller than the whole."""
    if len(nodes) < 2:
        return nodes[0] if nodes else digest_of(b"")
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return digest_of(b"\x01" + recursive_root(nodes[:half]) + recursive_root(nodes[half:]))


def test_a_tree_of_three_is_hashed_as_documented():
    a, b, c = (digest_of(b"\x00" + dumps({"shop": letter}).encode()) for letter in "abc")
    root = digest_of(b"\x01" + digest_of(b"\x01" + a + b) + c)
    assert merkle_root([leaf("c"), leaf("a"), leaf("b")]) == f"sha256:{root.hex()}"


def test_the_tree_of_nothing_has_a_fixed_root():
    assert build_plan(()).fingerprint == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert subtree_roots((), 4) == ()
    assert root_of_subtrees(()) == merkle_root(())


@given(LEAVES)
def test_the_root_is_that_of_rfc_6962(leaves):
    nodes = [bytes.fromhex(one.digest.removeprefix("sha256:")) for one in sorted(leaves, key=lambda one: one.shop)]
    assert merkle_root(leaves) == f"sha256:{recursive_root(nodes).hex()}"


@given(LEAVES, st.randoms(use_true_random=False))
def test_the_root_is_the_same_for_any_order(leaves, order):
    mixed = list(leaves)
    order.shuffle(mixed)
    assert merkle_root(mixed) == merkle_root(leaves)


@given(LEAVES.filter(bool), st.data())
def test_another_leaf_is_another_root(leaves, data):
    at = data.draw(st.integers(0, len(leaves) - 1))
    other = replace(leaves[at], digest=leaf_digest("something else"))
    assert merkle_root([*leaves[:at], other, *leaves[at + 1 :]]) != merkle_root(leaves)
    assert merkle_root([*leaves[:at], *leaves[at + 1 :]]) != merkle_root(leaves)


@given(LEAVES, st.integers(0, 50))
def test_subtrees_cover_every_shop_once_and_lead_to_the_root(leaves, count):
    parts = subtree_roots(leaves, count)
    assert len(parts) <= max(count, 1)
    assert sum(part.count for part in parts) == len(leaves)
    assert root_of_subtrees(parts) == merkle_root(leaves)
    shops = sorted(one.shop for one in leaves)
    for part in parts:
        inside = [one for one in leaves if part.first <= one.shop <= part.last]
        assert part.count == len(inside)
        assert merkle_root(inside) == part.digest
        shops = [shop for shop in shops if not part.first <= shop <= part.last]
    assert shops == []


def test_a_digest_that_is_none_is_refused():
    with pytest.raises(ValueError, match="hex"):
        merkle_root([ShopLeaf(shop=ShopKey("a"), digest="sha256:no")])


# Of plans.


@given(plans, st.randoms(use_true_random=False))
def test_a_plan_has_the_same_leaves_for_any_order_of_its_shops(plan, order):
    mixed = list(plan.shops)
    order.shuffle(mixed)
    again = build_plan(mixed)
    assert (plan_leaves(again), again.fingerprint) == (plan_leaves(plan), plan.fingerprint)


@given(plans)
def test_a_fingerprint_is_the_root_of_its_leaves(plan):
    assert merkle_root(plan_leaves(plan)) == plan.fingerprint
    changed = [shop.shop for shop in plan.shops if shop_leaf(shop) is not None]
    assert [one.shop for one in plan_leaves(plan)] == changed


@given(plans.filter(plan_leaves), st.data())
def test_a_change_in_one_shop_changes_its_leaf_and_the_root_and_nothing_else(plan, data):
    which = data.draw(st.sampled_from(plan_leaves(plan))).shop
    shops = [replace(shop, steps=shop.steps[:-1]) if shop.shop == which else shop for shop in plan.shops]
    again = build_plan(shops)
    before, after = ({one.shop: one.digest for one in plan_leaves(made)} for made in (plan, again))
    assert [shop for shop in before if before[shop] != after[shop]] == [which]
    assert again.fingerprint != plan.fingerprint


@given(plans.filter(plan_leaves), st.data())
def test_a_leaf_belongs_to_one_shop(plan, data):
    """The same changes in another shop are another leaf: an approval cannot be carried over."""
    which = data.draw(st.sampled_from(plan_leaves(plan))).shop
    other = ShopKey("of-no-plan")
    renamed = build_plan(replace(shop, shop=other) for shop in plan.shops if shop.shop == which)
    assert plan_leaves(renamed)[0].digest not in {one.digest for one in plan_leaves(plan)}


def test_a_leaf_holds_no_secret_and_no_digest_of_one():
    hidden = (CLEAR, SEAL, *TOKENS)
    for plan in (EXAMPLES["every-field"].plan, going_live().plan()):
        for made in (plan, digested(plan)):
            assert plan_leaves(build_plan(made.shops)) == plan_leaves(plan)
            for shop in made.shops:
                text = dumps(shop_leaf(shop))
                assert [secret for secret in hidden if secret in text] == []
                assert "digest" not in text
