"""The one written form: the same bytes in every process."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model.canonical import (
    DigestKey,
    display_canonical,
    dumps,
    fingerprint,
    object_text,
    text_fingerprint,
    to_canonical,
)
from reconciler.core.model.state import Known
from reconciler.core.planning.change import Reason
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import ABSENT, PRE_SET, UNSET, Registration, SealedSecret, SecretRef, StorefrontStatus
from tests.support.example_worlds import going_live, leaving, together
from tests.support.strategies import TOKENS, World, origin_at, secret, worlds

KEY = DigestKey(b"a key that lives elsewhere")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, True),
        ("text\n", "text\n"),
        (ABSENT, None),
        (PRE_SET, "pre-set"),
        (Registration.ABSENT, "absent"),
        (StorefrontStatus.OPEN, "open"),
        (("one", "two"), ["one", "two"]),
        (SecretRef("ref+env://TOKEN"), {"sensitive": True, "source": "ref+env://TOKEN"}),
        (secret(TOKENS[0]), {"sensitive": True, "source": "ref+env://TOKEN"}),
        (SealedSecret("00", "ff"), {"sensitive": True}),
    ],
    ids=repr,
)
def test_each_value_has_one_written_form(value, written):
    assert to_canonical(value) == written


def test_with_a_key_two_secrets_can_be_distinguished_and_neither_can_be_read():
    one, other = (to_canonical(secret(token), KEY) for token in TOKENS)
    assert one != other
    assert to_canonical(SealedSecret("00", "ff"), KEY) != to_canonical(SealedSecret("00", "fe"), KEY)
    assert to_canonical(secret(TOKENS[0]), DigestKey(b"another")) != one


def test_what_is_not_mentioned_is_not_written_down():
    with pytest.raises(ValueError, match="UNSET is not a value"):
        to_canonical(UNSET)


def test_what_is_no_scalar_is_not_written_down():
    with pytest.raises(TypeError, match="dict has no written form"):
        to_canonical({})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json_values))
def test_the_order_of_keys_does_not_matter(document):
    assert dumps(document) == dumps(dict(reversed(document.items())))


@given(st.dictionaries(st.text(max_size=5), json_values))
def test_an_object_that_is_put_together_from_the_texts_of_its_parts_is_the_same_text(document):
    parts = {name: dumps(part) for name, part in document.items()}
    assert object_text(parts) == dumps(document)
    assert text_fingerprint(object_text(parts)) == fingerprint(document)


def test_the_text_is_compact_and_keeps_japanese_readable():
    assert dumps({"b": [True, None], "a": "予約"}) == '{"a":"予約","b":[true,null]}'
    assert fingerprint({}).startswith("sha256:")


@given(worlds(), st.randoms(use_true_random=False))
def test_a_fingerprint_does_not_depend_on_the_order_shops_come_in(world, random):
    mixed = list(world.desired)
    random.shuffle(mixed)
    assert World(world.backend, tuple(mixed)).plan() == world.plan()


@given(worlds())
def test_a_fingerprint_does_not_depend_on_versions_or_on_lines(world):
    def moved(desired):
        return replace(desired, origin=origin_at(77, "elsewhere.yaml"), origins={})

    def aged(seen):
        return replace(seen, reads={kind: Known(read.value, read.version + "9") for kind, read in seen.reads.items()})

    again = build_plan(plan_shop(moved(w), aged(world.backend.look(w.shop)), RequestPace()) for w in world.desired)
    assert again.fingerprint == world.plan().fingerprint


@given(worlds(), st.data())
def test_a_fingerprint_depends_on_every_value_before_and_after(world, data):
    plan = build_plan(world.plan().shops)
    held = [(shop, {change.ref for change in shop.changes if change.reason is Reason.ROTATED}) for shop in plan.shops]
    changes = [(s, c) for s, out in held for c in s.changes if c.ref not in out and c.caused_by not in out]
    for shop, change in changes:
        side = data.draw(st.sampled_from(("before", "after")))
        other = replace(change, **{side: data.draw(st.just("other") | st.just(SecretRef("ref+env://OTHER")))})
        changed = replace(shop, changes=tuple(other if one is change else one for one in shop.changes))
        shops = [changed if one is shop else one for one in plan.shops]
        assert build_plan(shops).fingerprint != plan.fingerprint


def test_without_a_key_a_token_counts_by_its_reference():
    def of(clear: str, name: str) -> str:
        world = going_live()
        settings = replace(world.desired[0].values["amazon_settings"], mws_auth_token=secret(clear, name))
        desired = replace(world.desired[0], values={**world.desired[0].values, "amazon_settings": settings})
        return World(world.backend, (desired,)).plan().fingerprint

    assert of(TOKENS[0], "ONE") == of(TOKENS[1], "ONE")
    assert of(TOKENS[0], "ONE") != of(TOKENS[0], "OTHER")


_PROGRAM = """
from tests.support.example_worlds import going_live, leaving, together
print(together(going_live("a"), leaving("b")).plan().fingerprint)
"""


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_a_fingerprint_is_the_same_in_every_process(seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    reported = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert reported.stdout.strip() == together(going_live("a"), leaving("b")).plan().fingerprint


def test_a_value_within_a_sentence_is_one_word_and_a_secret_is_a_placeholder():
    seal_of_it = SealedSecret("00", "ab")
    assert [display_canonical(value) for value in (True, "a b", ABSENT, StorefrontStatus.OPEN, PRE_SET)] == [
        "true",
        '"a b"',
        "(not set)",
        '"open"',
        '"pre-set"',
    ]
    assert {display_canonical(value) for value in (secret(TOKENS[0]), seal_of_it)} == {"(sensitive value)"}
