"""Which shops a command is about."""

from dataclasses import replace

import pytest

from reconciler.core.model.selection import Selection
from tests.support.example_worlds import desired_with

SHOP = replace(desired_with("kyoto-tea"), labels={"wave": "canary"}, group="standard")


@pytest.mark.parametrize(
    ("selection", "included"),
    [
        (Selection(), True),
        (Selection(globs=("kyoto-*",)), True),
        (Selection(globs=("nara-*", "kyoto-tea")), True),
        (Selection(globs=("nara-*",)), False),
        (Selection(globs=("KYOTO-*",)), False),
        (Selection(labels=(("wave", "can*"),)), True),
        (Selection(labels=(("wave", "rest"),)), False),
        (Selection(labels=(("wave", "canary"), ("region", "*"))), False),
        (Selection(group="standard"), True),
        (Selection(group="other"), False),
        (Selection(globs=("kyoto-*",), labels=(("wave", "canary"),), group="other"), False),
    ],
    ids=repr,
)
def test_a_shop_is_included_when_all_that_is_given_holds(selection, included):
    assert selection.includes(SHOP) is included


@pytest.mark.parametrize(
    ("selection", "everything"),
    [
        (Selection(), True),
        (Selection(globs=("*",)), False),
        (Selection(labels=(("wave", "*"),)), False),
        (Selection(group="standard"), False),
    ],
)
def test_nothing_given_means_everything(selection, everything):
    assert selection.everything is everything
