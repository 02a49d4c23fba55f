"""Drift: where the live backend differs from Git, and which of the two changed."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, drift_of, with_audit
from reconciler.core.drift.label import DriftLabel, drift_label
from reconciler.core.model.canonical import DigestKey, to_canonical
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.last_applied import LastApplied, stored_value
from reconciler.core.values import ABSENT, PRE_SET, UNSET, Registration, SecretDigest
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live, site_url
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import (
    MAILS,
    SELLERS,
    TOKENS,
    as_wish,
    desired,
    finding,
    observed,
    origin_at,
    pairs,
    secret,
)

KEY = DigestKey(b"key of the house")
MAIL = FieldRef("amazon_settings", "notification_email")
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
REGISTRATION = FieldRef("ipn_endpoint", "registration")
THREE = (True, False, None)
OTHER = "other@kyoto-tea.example"


def drift(desired, seen, past=None):
    return drift_of(desired, seen, plan_shop(desired, seen, RequestPace()), past)


def past(**applied):
    """Last applied values, `kind__field` for `kind.field`, as the journal keeps them."""
    return LastApplied(applied={name.replace("__", "."): value for name, value in applied.items()}, key=KEY)


def mail_label(git, backend, applied):
    found = drift(
        desired_with(notification_email=git),
        look(live(mail=backend)),
        past(amazon_settings__notification_email=applied),
    )
    assert len(found.entries) < 2
    return found.entries[0].label if found.entries else None


# The truth table


def transitive(agree, git, backend):
    """Whether three values can agree like this."""
    return git == backend if agree else not (git and backend)


@given(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.sampled_from("ABC")))
def test_the_table_over_three_known_values(values):
    git, backend, last = values
    printed = drift_label(agree=git == backend, git=git == last, backend=backend == last)
    if git == backend:
        assert printed is (None if last == git else DriftLabel.CONVERGED)
    else:
        assert printed is {git: DriftLabel.DRIFTED, backend: DriftLabel.PENDING}.get(last, DriftLabel.CONFLICT)


@pytest.mark.parametrize("case", list(product((True, False), THREE, THREE)), ids=str)
def test_every_case_has_one_answer_and_the_sides_are_mirrors(case):
    agree, git, backend = case
    mirror = {DriftLabel.DRIFTED: DriftLabel.PENDING, DriftLabel.PENDING: DriftLabel.DRIFTED}
    printed, mirrored = (
        drift_label(agree=agree, git=one, backend=other) for one, other in ((git, backend), (backend, git))
    )
    assert printed is mirror.get(mirrored, mirrored)
    assert (printed in {None, DriftLabel.CONVERGED}) is agree


@pytest.mark.parametrize("case", list(product((True, False), THREE, THREE)), ids=str)
def test_what_is_unknown_is_not_guessed(case):
    """A label that takes a side is the one that every way of knowing the rest would give."""
    agree, git, backend = case
    known = {
        drift_label(agree=agree, git=one, backend=other)
        for one, other in product((True, False), (True, False))
        if git in (None, one) and backend in (None, other) and transitive(agree, one, other)
    }
    printed = drift_label(agree=agree, git=git, backend=backend)
    assert printed in {None, DriftLabel.DIFFERS} or known == {printed}


# The labels of a shop


@pytest.mark.parametrize(
    ("git", "backend", "applied", "expected"),
    [
        (MAILS[0], MAILS[0], MAILS[0], None),
        (MAILS[0], MAILS[1], MAILS[0], DriftLabel.DRIFTED),
        (MAILS[0], None, MAILS[0], DriftLabel.DRIFTED),
        (MAILS[0], MAILS[1], MAILS[1], DriftLabel.PENDING),
        (MAILS[0], None, None, DriftLabel.PENDING),
        (MAILS[0], MAILS[0], MAILS[1], DriftLabel.CONVERGED),
        (MAILS[0], MAILS[0], None, DriftLabel.CONVERGED),
        (MAILS[0], MAILS[1], OTHER, DriftLabel.CONFLICT),
        (MAILS[0], MAILS[1], {"sensitive": "?"}, DriftLabel.DIFFERS),
        (MAILS[0], MAILS[0], 7, None),
    ],
)
def test_a_field_in_three_worlds(git, backend, applied, expected):
    assert mail_label(git, backend, applied) is expected


def test_nothing_was_ever_applied():
    entry = drift(desired_with(notification_email=MAILS[0]), look(live(mail=MAILS[1]))).entries[0]
    assert (entry.label, entry.applied, entry.changed) == (DriftLabel.DIFFERS, UNSET, None)


def test_an_entry_shows_what_was_applied_and_of_a_secret_no_digest():
    applied = past(
        amazon_settings__notification_email=OTHER,
        amazon_settings__mws_auth_token=to_canonical(secret(TOKENS[0], "OLD"), KEY),
    )
    wanted = desired_with(notification_email=MAILS[0], mws_auth_token=secret(TOKENS[1]))
    entries = drift(wanted, look(live(mail=MAILS[1], token=TOKENS[0])), applied).entries
    assert {entry.ref: entry.applied for entry in entries} == {MAIL: OTHER, TOKEN: SecretDigest("ref+env://OLD", None)}


def remembered(token):
    """As a journal keeps a token since it keeps the seal as well."""
    (shown,) = (look(live(token=token)).value(TOKEN),)
    return stored_value(secret(token, "OLD"), shown, KEY)


@pytest.mark.parametrize(
    ("git", "backend", "applied", "expected"),
    [
        (0, 0, 0, None),
        (1, 0, 0, DriftLabel.PENDING),
        (0, 1, 0, DriftLabel.DRIFTED),
        (1, 1, 0, DriftLabel.CONVERGED),
        (1, 2, 0, DriftLabel.CONFLICT),
        (1, None, 0, DriftLabel.CONFLICT),
        (0, None, 0, DriftLabel.DRIFTED),
    ],
)
def test_a_token_in_three_worlds(git, backend, applied, expected):
    tokens = (*TOKENS, TOKENS[0].replace("aaaaaaaa", "cccccccc"))
    seen = look(live(token=None if backend is None else tokens[backend]))
    found = drift(
        desired_with(mws_auth_token=secret(tokens[git])),
        seen,
        past(amazon_settings__mws_auth_token=remembered(tokens[applied])),
    )
    assert (found.entries[0].label if found.entries else None) is expected
    assert all(KEY.digest(token) not in repr(found) for token in tokens)


def test_a_record_without_the_key_or_the_seal_is_as_it_always_was():
    token, shown = secret(TOKENS[0]), look(live(token=TOKENS[0])).value(TOKEN)
    assert stored_value(token, shown, None) == to_canonical(token, None)
    assert stored_value(token, None, KEY) == {**to_canonical(token, KEY), "key": KEY.key_id}
    assert stored_value("text", None, KEY) == "text"


def test_line_ends_are_not_a_move():
    applied = past(system_parts__messages__order_area__label="one\ntwo")
    found = drift(
        desired_with(messages={"order_area.label": "one\r\ntwo"}),
        look(live(texts={"order_area.label": "three"})),
        applied,
    )
    assert [entry.label for entry in found.entries] == [DriftLabel.DRIFTED]


def test_a_pre_set_token_is_never_compared():
    applied = past(amazon_settings__mws_auth_token=to_canonical(secret(TOKENS[0]), KEY))
    assert drift(desired_with(mws_auth_token=PRE_SET), look(live(token=PRE_SET)), applied).entries == ()


def test_a_kind_that_could_not_be_read_has_not_converged():
    wanted = desired_with(notification_email=MAILS[0])
    unread = Observed.unknown(wanted.shop, finding())
    assert drift(wanted, unread, past(amazon_settings__notification_email=OTHER)).entries == ()


def clear(token, key=KEY):
    return stored_value(secret(token), None, key)


SEAL = look(live(token=TOKENS[1])).value(TOKEN)


@pytest.mark.parametrize(
    ("git", "backend", "applied", "expected"),
    [
        (TOKENS[0], TOKENS[1], clear(TOKENS[0]), DriftLabel.DRIFTED),
        (TOKENS[0], None, clear(TOKENS[0]), DriftLabel.DRIFTED),
        (TOKENS[0], None, clear(TOKENS[1]), DriftLabel.CONFLICT),
        (TOKENS[0], None, None, DriftLabel.PENDING),
        (TOKENS[0], TOKENS[0], clear(TOKENS[0]), None),
        (TOKENS[0], TOKENS[0], clear(TOKENS[1]), DriftLabel.CONVERGED),
        (TOKENS[0], TOKENS[1], "pre-set", DriftLabel.CONFLICT),
        # The clear text of what the backend holds is not known, so whether it moved is not either.
        (TOKENS[0], TOKENS[1], clear(TOKENS[1]), DriftLabel.DIFFERS),
        # The journal without its key, and a journal that was written without one.
        (TOKENS[0], TOKENS[1], clear(TOKENS[0], None), DriftLabel.DIFFERS),
        (TOKENS[0], TOKENS[1], to_canonical(SEAL, KEY), DriftLabel.PENDING),
    ],
)
def test_a_secret_in_three_worlds(git, backend, applied, expected):
    found = drift(
        desired_with(mws_auth_token=secret(git)),
        look(live(token=backend)),
        past(amazon_settings__mws_auth_token=applied),
    )
    assert [entry.label for entry in found.entries] == ([expected] if expected else [])


@pytest.mark.parametrize("held", [TOKENS[0], TOKENS[1]])
def test_a_digest_under_another_key_is_not_comparable(held):
    other = stored_value(secret(TOKENS[0]), look(live(token=TOKENS[0])).value(TOKEN), DigestKey(b"another key"))
    found = drift(
        desired_with(mws_auth_token=secret(TOKENS[0])),
        look(live(token=held)),
        past(amazon_settings__mws_auth_token=other),
    )
    assert [entry.label for entry in found.entries] == ([] if held == TOKENS[0] else [DriftLabel.DIFFERS])
    assert LastApplied(applied={str(TOKEN): other}, key=KEY).incomparable == 1


def test_a_digest_under_a_replaced_key_is_compared():
    was = stored_value(secret(TOKENS[0]), None, KEY)
    ring = LastApplied(applied={str(TOKEN): was}, key=DigestKey(b"the new key", (KEY.key,)))
    assert [ring.matches(TOKEN, secret(token)) for token in TOKENS[:2]] == [True, False]
    assert ring.incomparable == 0


def test_a_digest_that_names_no_key_proves_only_that_it_is_the_same():
    older = LastApplied(applied={str(TOKEN): to_canonical(secret(TOKENS[0]), KEY)}, key=KEY)
    assert [older.matches(TOKEN, secret(token)) for token in TOKENS[:2]] == [True, None]


def test_where_a_secret_came_from_is_not_the_secret():
    applied = past(amazon_settings__mws_auth_token=to_canonical(secret(TOKENS[0], "OLD_NAME"), KEY))
    found = drift(desired_with(mws_auth_token=secret(TOKENS[0], "NEW_NAME")), look(live(token=TOKENS[1])), applied)
    assert [entry.label for entry in found.entries] == [DriftLabel.DRIFTED]


@given(pairs, st.data())
def test_labels_of_any_shop_agree_with_its_values(pair, data):
    desired, seen = pair
    changed = drift(desired, seen).entries
    applied = {}
    sides = {one.ref: data.draw(st.sampled_from(("desired", "observed", None))) for one in changed}
    for one in changed:
        if sides[one.ref]:
            applied[str(one.ref)] = to_canonical(getattr(one, sides[one.ref]), KEY)
    expected = {"desired": DriftLabel.DRIFTED, "observed": DriftLabel.PENDING, None: DriftLabel.DIFFERS}
    for one in drift(desired, seen, LastApplied(applied=applied, key=KEY)).entries:
        assert one.label in {expected[sides[one.ref]], DriftLabel.NOT_FOLLOWING}


@given(pairs)
def test_what_a_plan_would_write_has_drifted(pair):
    desired, seen = pair
    printed = drift(desired, seen)
    plan = plan_shop(desired, seen, RequestPace())
    for entry in printed.entries:
        if entry.label is DriftLabel.DIFFERS:
            change = plan.change_at(entry.ref)
            assert (change.before, change.after) == (entry.observed, entry.desired)


@given(observed)
def test_a_world_that_is_wished_for_as_it_is_shows_only_what_does_not_follow(seen):
    assert {entry.label for entry in drift(as_wish(seen), seen).entries} <= {DriftLabel.NOT_FOLLOWING}


@given(desired, observed)
def test_without_a_journal_no_side_is_taken(wanted, seen):
    assert {entry.label for entry in drift(wanted, seen).entries} <= {DriftLabel.DIFFERS, DriftLabel.NOT_FOLLOWING}


# The shop and the fleet


def test_a_derived_field_that_does_not_follow_points_at_the_line_of_what_it_follows():
    desired = replace(desired_with(enabled=True), origins={"amazon.enabled": origin_at(5)})
    entries = drift(desired, look(live(pay_use=False, mail=MAILS[1]))).entries
    assert [(str(entry.ref), entry.desired, entry.observed, entry.origin) for entry in entries] == [
        ("amazon_pay_payment.use", True, False, origin_at(5))
    ]


def test_a_shop_that_could_not_be_read_is_unknown_and_not_without_drift():
    desired = desired_with(enabled=True)
    printed = drift(desired, Observed.unknown(desired.shop, finding()))
    assert printed.unknown
    assert printed.entries == ()


def test_a_shop_that_drifted_is_not_unknown():
    printed = drift(desired_with(pre_order=False), look(live()))
    assert not printed.unknown
    assert not drift(desired_with(pre_order=True), look(live())).unknown
    assert Drift(shops=(printed,)).drifted == (printed,)


def test_what_converged_is_reported_and_is_no_drift():
    printed = drift(
        desired_with(notification_email=MAILS[0]),
        look(live(mail=MAILS[0])),
        past(amazon_settings__notification_email=MAILS[1]),
    )
    assert [entry.informational for entry in printed.entries] == [True]
    assert printed.backend_moved
    assert not printed.drifted
    assert Drift(shops=(printed,)).drifted == ()


def test_the_trail_is_not_read_for_pending_changes():
    printed = drift(
        desired_with(notification_email=MAILS[0]),
        look(live(mail=MAILS[1])),
        past(amazon_settings__notification_email=MAILS[1]),
    )
    assert printed.drifted
    assert not printed.backend_moved


def test_a_drift_report_has_diagnostics_of_the_run_and_of_each_shop():
    desired = desired_with(enabled=True)
    printed = drift(desired, Observed.unknown(desired.shop, finding()))
    report = Drift(shops=(printed,), findings=(finding(),))
    assert report.drifted == ()
    assert [found.shop for found in report.all_findings] == [None, "a"]


# Who changed it


def entry(ref=None, before=None, after=None, at="2026-11-23T10:00:00"):
    return AuditEntry(at=at, actor="merchant", actor_type="MERCHANT", field=ref, name="x.y", before=before, after=after)


def test_the_last_change_of_each_field_is_shown():
    seen = look(live(mail=MAILS[1], pre_order=False))
    printed = drift(desired_with(notification_email=MAILS[0], pre_order=True), seen)
    newest, older = entry(MAIL, at="2026-11-23T10:00:01"), entry(MAIL)
    changed = with_audit(printed, seen, [entry(), newest, older]).entries
    assert {str(one.ref): one.changed for one in changed} == {str(MAIL): newest, "amazon_pay_payment.pre_order": None}


@pytest.mark.parametrize(
    ("registered", "trail", "index"),
    [
        (False, [entry(REGISTRATION, before=site_url("a"))], 0),
        (False, [entry(REGISTRATION, before="https://b.example/ipn"), entry(REGISTRATION, before=site_url("a"))], 1),
        (False, [entry(REGISTRATION, after=site_url("a"))], None),
        (True, [entry(REGISTRATION, after=site_url("a"))], 0),
        (True, [entry(REGISTRATION, before=site_url("a"))], None),
    ],
)
def test_of_a_seller_s_list_only_the_shop_s_own_address_is_its_change(registered, trail, index):
    urls = [(SELLERS[0], site_url("a"))] if registered else []
    shop = live()
    seen = ModelBackend([shop], urls).look(shop.key)
    wanted = desired_with(registration=Registration.ABSENT if registered else Registration.REGISTERED)
    (printed,) = with_audit(drift(wanted, seen), seen, trail).entries
    assert printed.changed is (None if index is None else trail[index])


def test_absent_is_a_value_that_can_be_applied():
    printed = drift(
        desired_with(notification_email=MAILS[0]),
        look(live(mail=MAILS[0])),
        past(amazon_settings__notification_email=None),
    )
    assert printed.entries[0].applied is ABSENT
