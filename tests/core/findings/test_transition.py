"""What a look makes of findings: one event for each change, none for repetitions, outages and what is accepted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.findings.finding import (
    Finding,
    FindingClass,
    FindingEventKind,
    FindingKey,
    FindingState,
    ResolvedBy,
    Sighting,
)
from reconciler.core.findings.scope import LookScope
from reconciler.core.findings.transition import DAY, LookObservation, fold_look
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import shifted_utc

START = "2026-04-01T03:00:00Z"
KEY = FindingKey(fleet="fleet", shop="kyoto-tea", field="amazon.notification.email", kind=FindingClass.DRIFTED)
SEEN = LookScope(compared=frozenset({"kyoto-tea"}))
UNREAD = LookScope(compared=frozenset(), unread=frozenset({"kyoto-tea"}))


def sighting(value="a", severity=FindingSeverity.MEDIUM) -> Sighting:
    return Sighting(key=KEY, severity=severity, desired="git", observed=value)


def accepted(value="a", until="2026-04-30") -> Acceptance:
    return Acceptance(shop=KEY.shop, field=KEY.field, value=value, until=until, owner="@pay", reason="campaign")


class History:
    """One finding over many looks."""

    def __init__(self) -> None:
        self.finding: Finding | None = None
        self.now = START
        self.events: list[FindingEventKind] = []

    def look(self, value=None, *, hours=1.0, scope=SEEN, ledger=(), severity=FindingSeverity.MEDIUM, cause=None):
        """`value` None: the finding is not seen. Returns the kinds of events of this look."""
        self.now = shifted_utc(self.now, hours * 3600)
        seen = {} if value is None else {KEY.id: sighting(value, severity)}
        observation = LookObservation(
            at=self.now, scope=scope, sightings=seen, acceptances=ledger, causes={KEY.id: cause} if cause else {}
        )
        kinds = []
        for each in fold_look([self.finding] if self.finding else [], observation):
            self.finding = each.finding
            if each.event is not None:
                assert each.event.finding == each.finding
                kinds.append(each.event.kind)
        self.events += kinds
        return kinds


@pytest.fixture
def history():
    return History()


OPENED, CHANGED, WORSENED, ACCEPTED, EXPIRED, RESOLVED, FLAPPING = (
    [FindingEventKind.OPENED],
    [FindingEventKind.CHANGED],
    [FindingEventKind.WORSENED],
    [FindingEventKind.ACCEPTED],
    [FindingEventKind.EXPIRED],
    [FindingEventKind.RESOLVED],
    [FindingEventKind.FLAPPING],
)


def test_a_finding_is_reported_once_and_resolved_once(history):
    assert history.look("a") == OPENED
    assert history.look("a") == []
    assert history.look(None, cause=ResolvedBy.APPLY) == RESOLVED
    assert history.finding.resolved_by is ResolvedBy.APPLY
    assert history.look(None) == []
    assert history.finding.first_seen == shifted_utc(START, 3600)


def test_another_value_is_reported(history):
    history.look("a")
    assert history.look("b") == CHANGED
    assert history.finding.state is FindingState.CHANGED
    assert history.look("b") == []


def stored_secret(digest: str | None, source="ref+env://TOKEN"):
    """As an observed secret is stored: with a digest where there is a key to make it with."""
    return {"sensitive": True, "source": source} | ({} if digest is None else {"digest": digest})


def test_a_secret_is_the_same_value_for_as_long_as_its_digest_is(history):
    history.look(stored_secret("00ff"))
    assert history.look(stored_secret("00ff", source="ref+file:///run/secrets/token")) == []
    assert history.look(stored_secret("11ee")) == CHANGED


def test_a_secret_without_a_digest_is_not_reported_as_another(history):
    history.look(stored_secret("00ff"))
    assert history.look(stored_secret(None)) == []
    assert history.look(stored_secret("11ee")) == []


def test_an_accepted_secret_is_accepted_by_its_digest(history):
    ledger = [accepted(stored_secret("00ff"))]
    assert history.look(stored_secret("00ff"), ledger=ledger) == ACCEPTED
    assert history.look(stored_secret("11ee"), ledger=ledger) == CHANGED


def test_labels_follow_the_shop_without_an_event():
    def look(stored, at, labels):
        seen = replace(sighting(), labels=labels, group=labels.get("group"))
        observation = LookObservation(at=at, scope=SEEN, sightings={KEY.id: seen})
        (transition,) = fold_look(stored, observation)
        return transition

    first = look([], START, {"tier": "gold", "group": "a"})
    second = look([first.finding], shifted_utc(START, 3600), {"tier": "test", "group": "b"})
    assert (first.finding.labels["tier"], first.finding.group) == ("gold", "a")
    assert (second.finding.labels["tier"], second.finding.group, second.event) == ("test", "b", None)


def test_a_person_has_to_settle_what_is_there_and_not_accepted(history):
    history.look("a")
    assert history.finding.unsettled
    history.look("a", ledger=[accepted()])
    assert not history.finding.unsettled
    history.look(None)
    assert not history.finding.unsettled


def test_a_shop_that_cannot_be_read_ages(history):
    assert history.look(None, scope=UNREAD) == []
    assert history.finding is None
    history.look("a")
    seen = history.finding
    assert history.look(None, scope=UNREAD, hours=100) == []
    assert history.finding == seen
    assert history.look("a") == []


@pytest.mark.parametrize(
    ("field", "kind", "unread", "known"),
    [
        ("amazon.notification.email", FindingClass.DRIFTED, "amazon_settings", False),
        ("amazon.notification.email", FindingClass.CONFLICT, "amazon_pay_payment", True),
        ("amazon_pay_payment.use", FindingClass.NOT_FOLLOWING, "amazon_settings", False),
        ("amazon_pay_payment.use", FindingClass.NOT_FOLLOWING, "system_parts", True),
        ("", FindingClass.CREDENTIALS_REFUSED, "storefront_status", False),
        ("", FindingClass.BUTTONS_HIDDEN, "system_parts", True),
        ("of.a.later.version", FindingClass.DRIFTED, "system_parts", False),
    ],
)
def test_the_part_of_a_shop_that_cannot_be_read_resolves_nothing(field, kind, unread, known):
    """The other parts of the shop were compared."""
    scope = LookScope(compared=frozenset({"kyoto-tea"}), unread_kinds=frozenset({("kyoto-tea", unread)}))
    assert scope.knows(FindingKey(fleet="f", shop="kyoto-tea", field=field, kind=kind)) is known
    assert scope.knows(FindingKey(fleet="f", shop="uji-cups", field=field, kind=kind)) is False


def test_a_shop_outside_the_look_stays_as_it_is(history):
    history.look("a")
    assert history.look(None, scope=LookScope(compared=frozenset({"uji-cups"}))) == []
    assert history.finding.state is FindingState.OPEN


def test_a_finding_of_a_shop_without_a_manifest_ends_with_a_complete_look(history):
    history.look("a")
    assert history.look(None, scope=LookScope(compared=frozenset(), complete=True)) == RESOLVED


def test_a_field_whose_secret_is_missing_is_not_resolved(history):
    history.look("a")
    unproven = replace(SEEN, uncompared=frozenset({(KEY.shop, KEY.field)}))
    assert history.look(None, scope=unproven) == []


def test_a_raised_severity_is_reported_and_a_lowered_one_is_not(history):
    history.look("a")
    assert history.look("a", severity=FindingSeverity.CRITICAL) == WORSENED
    assert history.look("a", severity=FindingSeverity.LOW) == []


def test_an_accepted_value_is_silent_until_its_last_day(history):
    history.look("a")
    ledger = [accepted(until="2026-04-03")]
    assert history.look("a", ledger=ledger) == ACCEPTED
    assert history.look("a", ledger=ledger) == []
    assert history.finding.accepted_until == "2026-04-03"
    history.now = "2026-04-03T13:59:59Z"  # the last second of that day in Japan is an hour later
    assert history.look("a", ledger=ledger, hours=1) == []
    assert history.look("a", ledger=ledger, hours=1) == EXPIRED
    assert history.look("a", ledger=ledger) == []


def test_another_value_than_the_accepted_one_is_reported(history):
    history.look("a", ledger=[accepted()])
    assert history.look("b", ledger=[accepted()]) == CHANGED
    assert history.look("a", ledger=[accepted()]) == ACCEPTED


def test_an_entry_that_is_taken_out_of_the_ledger_opens_the_finding(history):
    assert history.look("a", ledger=[accepted()]) == ACCEPTED
    assert history.look("a") == OPENED


def test_an_entry_that_is_taken_out_after_its_last_day_is_expired(history):
    """A day ends in Japan, which is before it ends in UTC."""
    assert history.look("a", ledger=[accepted(until="2026-04-01")]) == ACCEPTED
    history.now = "2026-04-01T15:00:00Z"
    assert history.look("a", hours=0) == EXPIRED


def test_an_acceptance_of_another_field_covers_nothing(history):
    other = replace(accepted(), field="payment.amazon_pay.pre_order")
    assert history.look("a", ledger=[other]) == OPENED


def test_flapping_is_reported_once_and_is_silent_until_nothing_moved_for_a_day(history):
    for _ in range(2):
        assert history.look("a") == OPENED
        assert history.look(None) == RESOLVED
    assert history.look("a") == FLAPPING
    for _ in range(20):
        assert history.look(None) == []
        assert history.look("b") == []
    assert history.look("b", hours=23.9) == []
    assert history.look("b", hours=0.2) == OPENED
    assert history.look(None) == RESOLVED


def test_a_value_that_changes_keeps_a_flapping_finding_silent(history):
    for value in ("a", None, "a", None, "a"):
        history.look(value)
    for value in "bcdef":
        assert history.look(value, hours=23) == []
    assert history.look("f", hours=25) == OPENED


def test_what_flapped_and_stays_away_is_resolved_after_a_day(history):
    for value in ("a", None, "a", None, "a", None):
        history.look(value)
    assert history.finding.state is FindingState.FLAPPING
    assert history.look(None, hours=12) == []
    assert history.look(None, hours=13) == RESOLVED


def test_a_person_can_accept_what_flaps(history):
    for value in ("a", None, "a", None, "a"):
        history.look(value)
    assert history.look("a", ledger=[accepted()]) == ACCEPTED


def test_openings_of_other_days_are_no_flapping(history):
    for _ in range(5):
        assert history.look("a", hours=13) == OPENED
        assert history.look(None, hours=1) == RESOLVED


def test_a_clock_that_was_set_back_is_not_followed(history):
    history.look("a")
    history.look("a", hours=5)
    last = history.finding.last_seen
    assert history.look("b", hours=-100) == CHANGED
    assert history.finding.since == last
    assert history.look(None, hours=0) == RESOLVED


@pytest.mark.parametrize(
    ("kind", "shop", "scope", "known"),
    [
        (FindingClass.FOREIGN_ENDPOINT, "A1", LookScope(compared=frozenset({"a"}), sellers=frozenset({"A1"})), True),
        (FindingClass.FOREIGN_ENDPOINT, "A1", LookScope(compared=frozenset({"a"}), complete=True), False),
        (FindingClass.UNMANAGED, "a", LookScope(compared=frozenset(), listed=True), True),
        (FindingClass.UNMANAGED, "a", LookScope(compared=frozenset(), complete=True), False),
        (FindingClass.SILENT_NOTIFICATIONS, "a", LookScope(compared=frozenset({"a"})), False),
        (FindingClass.SILENT_NOTIFICATIONS, "a", LookScope(compared=frozenset({"a"}), heard=frozenset({"a"})), True),
        (FindingClass.LEFT_CLOSED, "a", LookScope(compared=frozenset({"a"})), False),
        (FindingClass.LEFT_CLOSED, "a", LookScope(compared=frozenset({"a"}), journal=True), True),
        (FindingClass.LEFT_CLOSED, "a", LookScope(compared=frozenset({"b"}), journal=True), False),
        (FindingClass.BUTTONS_HIDDEN, "a", LookScope(compared=frozenset({"a"})), True),
    ],
)
def test_what_a_look_can_see_depends_on_the_class(kind, shop, scope, known):
    assert scope.knows(FindingKey(fleet="f", shop=shop, field="", kind=kind)) is known


steps = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None, "unread"]),
        st.sampled_from([-30.0, 0.0, 0.5, 3.0, 11.0, 25.0, 400.0]),
        st.booleans(),
        st.sampled_from([FindingSeverity.LOW, FindingSeverity.HIGH]),
    ),
    max_size=40,
)


def play(history: History, step) -> list[FindingEventKind]:
    value, hours, ledger, severity = step
    scope = UNREAD if value == "unread" else SEEN
    return history.look(
        None if value == "unread" else value,
        hours=hours,
        scope=scope,
        ledger=[accepted(until="2026-04-20")] if ledger else [],
        severity=severity,
    )


@given(steps)
def test_laws_of_a_finding(given_steps):
    history = History()
    for step in given_steps:
        before, kinds = history.finding, play(history, step)
        after = history.finding
        assert len(kinds) <= 1
        if step[0] == "unread":
            assert kinds == []
            assert after == before
        if before is not None and after is not None:
            for name in ("last_seen", "since", "flipped", "opened"):
                assert getattr(after, name) >= getattr(before, name)
            assert after.first_seen == before.first_seen
        if after is not None and kinds == RESOLVED:
            assert not after.present
        if step[0] == "a" and step[2] and history.now < "2026-04-20":
            assert after is not None
            assert after.state is FindingState.ACCEPTED
            assert not set(kinds) - {FindingEventKind.ACCEPTED}


@given(steps)
def test_the_same_look_again_has_no_event(given_steps):
    history = History()
    for step in given_steps:
        play(history, step)
        assert play(history, (step[0], 0.0, *step[2:])) == []


@given(steps)
def test_openings_and_endings_alternate(given_steps):
    """A reader who knows only the events knows whether the finding is there."""
    history = History()
    for step in given_steps:
        play(history, step)
    there = False
    for kind in history.events:
        if kind is FindingEventKind.RESOLVED:
            assert there
            there = False
        else:
            assert there or kind in (FindingEventKind.OPENED, FindingEventKind.ACCEPTED, FindingEventKind.FLAPPING)
            there = True


@given(st.lists(st.sampled_from(["a", None]), min_size=1, max_size=60), st.sampled_from([0.2, 1.0, 2.0]))
def test_what_flaps_is_reported_at_most_three_times_a_day(values, hours):
    history = History()
    news = {FindingEventKind.OPENED, FindingEventKind.FLAPPING}
    reported = [history.now for value in values if set(history.look(value, hours=hours)) & news]
    for first, fourth in zip(reported, reported[3:], strict=False):
        assert fourth >= shifted_utc(first, DAY)
