"""Many events of one look are one alert; what they have in common is named."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.alerts.alert import CommonCause
from reconciler.core.alerts.storm import group_events
from reconciler.core.findings.finding import FindingEventKind
from reconciler.core.model.policy import FindingSeverity
from tests.support.alerts.event_samples import EMAIL, sample_event, sample_finding

OTHER = "amazon.enabled"


def opened(count, *, start=0, actor=None, place=EMAIL, kind=FindingEventKind.OPENED, **words):
    """`place` None: another field for each."""

    def finding(at):
        field = f"amazon.text.{at}" if place is None else place
        return sample_finding(f"shop-{at}", actor=actor, place=field, **words)

    return [sample_event(at, finding(at), kind) for at in range(start, start + count)]


def scattered(count, start=0, **words):
    return opened(count, start=start, place=None, **words)


def test_a_few_events_are_an_alert_each_the_most_severe_first():
    events = [*scattered(5), *scattered(5, start=5, severity=FindingSeverity.CRITICAL)]
    groups = group_events(events)
    assert [group.events[0].number for group in groups] == [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]
    assert not any(group.storm for group in groups)


def test_more_than_twenty_are_one_alert_without_a_cause():
    (storm,) = group_events(scattered(21))
    assert (storm.storm, storm.cause, len(storm.events)) == (True, None, 21)
    assert len(group_events(scattered(20))) == 20


def test_ten_with_a_common_cause_are_one_alert():
    (storm,) = group_events([*opened(7, actor="tanaka", place=None), *scattered(3, start=7)])
    assert storm.cause == CommonCause(what="actor", value="tanaka", count=7)
    assert len(storm.events) == 10
    assert len(group_events(opened(9, actor="tanaka"))) == 9


def test_sixty_percent_are_not_enough():
    assert len(group_events([*opened(6, actor="tanaka", place=None), *scattered(4, start=6)])) == 10


def test_the_cause_that_explains_more_is_named_and_among_equals_the_actor():
    (by_field,) = group_events([*opened(8, actor="tanaka"), *opened(2, start=8)])
    assert by_field.cause == CommonCause(what="field", value=EMAIL, count=10)
    (by_actor,) = group_events(opened(10, actor="tanaka"))
    assert by_actor.cause == CommonCause(what="actor", value="tanaka", count=10)


def test_findings_of_whole_shops_share_no_field():
    assert len(group_events([*opened(10, place=""), *scattered(1, start=10)])) == 11


def test_what_resolved_is_counted_apart():
    resolved = scattered(21, start=100, kind=FindingEventKind.RESOLVED)
    groups = group_events([*resolved, *scattered(3)])
    assert [(group.storm, len(group.events)) for group in groups] == [(False, 1)] * 3 + [(True, 21)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["tanaka", "sato", None]),
            st.sampled_from([EMAIL, OTHER, ""]),
            st.sampled_from(FindingEventKind),
            st.sampled_from(FindingSeverity),
        ),
        max_size=40,
    )
)
def test_each_event_is_in_one_group(drawn):
    events = [
        sample_event(at, sample_finding(f"shop-{at}", actor=actor, place=place, severity=severity), kind)
        for at, (actor, place, kind, severity) in enumerate(drawn)
    ]
    groups = group_events(events)
    assert sorted(each.number for group in groups for each in group.events) == list(range(len(events)))
    for group in groups:
        severities = [each.event.finding.severity for each in group.events]
        assert severities == sorted(severities, reverse=True)
        assert group.storm or len(group.events) == 1
        if group.cause is not None:
            assert 100 * group.cause.count > 60 * len(group.events)
