"""What stands as Git wants it is remembered, so that the next drift is held against it."""

import pytest

from reconciler.core.drift.drift import Label, drift_of
from reconciler.core.model.canonical import DigestKey, write
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import Pace, plan_shop
from reconciler.core.runs.last_applied import Past, agreement, record
from reconciler.core.values import PRE_SET
from tests.core.test_diff import look
from tests.examples import live, wish
from tests.generators import MAILS, TOKENS, secret

KEY = DigestKey(b"key of the house")
MAIL = FieldRef("amazon_settings", "notification_email")
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
OTHER = "other@kyoto-tea.example"


def past(**applied):
    return Past(applied={f"amazon_settings.{name}": value for name, value in applied.items()}, key=KEY)


@pytest.mark.parametrize("before", [past(), past(notification_email=OTHER)], ids=["never applied", "converged by hand"])
def test_a_value_that_agrees_and_was_not_known_is_told(before):
    seen = agreement(wish(notification_email=MAILS[0]), look(live(mail=MAILS[0])), before)
    assert (seen.shop, seen.values, seen.seals) == ("a", ((MAIL, MAILS[0]),), ())


@pytest.mark.parametrize(
    ("wanted", "shop", "before"),
    [
        (wish(notification_email=MAILS[0]), live(mail=MAILS[0]), past(notification_email=MAILS[0])),
        (wish(notification_email=MAILS[0]), live(mail=MAILS[1]), past(notification_email=OTHER)),
        (wish(mws_auth_token=PRE_SET), live(token=PRE_SET), past()),
        (wish(messages={"no_such_area.label": "x"}), live(), past()),
    ],
    ids=["known", "stands apart", "pre-set", "the backend says nothing of it"],
)
def test_where_there_is_nothing_new_nothing_is_told(wanted, shop, before):
    assert agreement(wanted, look(shop), before) is None


def test_a_token_is_told_with_its_seal_also_where_only_its_digest_was_known():
    wanted, world = wish(mws_auth_token=secret(TOKENS[0])), look(live(token=TOKENS[0]))
    seen = agreement(wanted, world, past(mws_auth_token=write(secret(TOKENS[0]), KEY)))
    assert seen.values == ((TOKEN, secret(TOKENS[0])),)
    assert seen.seals == ((TOKEN, world.at(TOKEN)),)
    again = past(mws_auth_token=record(secret(TOKENS[0]), world.at(TOKEN), KEY))
    assert agreement(wanted, world, again) is None


def test_after_a_convergence_that_was_remembered_the_next_move_is_one_sided():
    wanted, before = wish(notification_email=MAILS[0]), past(notification_email=OTHER)
    seen = agreement(wanted, look(live(mail=MAILS[0])), before)
    after = past(**{ref.field: record(value, None, KEY) for ref, value in seen.values})
    world = look(live(mail=MAILS[1]))
    labels = [drift_of(wanted, world, plan_shop(wanted, world, Pace()), known).entries for known in (before, after)]
    assert [entries[0].label for entries in labels] == [Label.CONFLICT, Label.DRIFTED]
