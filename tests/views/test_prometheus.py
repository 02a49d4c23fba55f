"""Metrics of drift as text for Prometheus: no shop, no timestamp, and zeros where an event may come."""

import re
import subprocess

from prometheus_client.parser import text_string_to_metric_families

from reconciler.core.findings.drift_metrics import StoredMetrics, WaitingAlerts, measure_drift
from reconciler.core.findings.finding import Finding, FindingClass, FindingKey, FindingState
from reconciler.core.findings.metric_totals import Total
from reconciler.core.model.policy import FindingSeverity
from reconciler.views.prometheus import render_metrics
from tests.monitoring.promtool import demand_promtool

NOW = "2026-04-02T03:00:00Z"
FLEET = 'production "east"\\reconciler'


def finding(shop, kind=FindingClass.DRIFTED, *, state=FindingState.OPEN, opened="2026-04-02T02:00:00Z", present=True):
    return Finding(
        key=FindingKey(fleet=FLEET, shop=shop, field="amazon.notification.email", kind=kind),
        state=state,
        severity=FindingSeverity.HIGH,
        first_seen=opened,
        opened=opened,
        last_seen=NOW,
        since=opened,
        flipped=opened,
        present=present,
    )


FINDINGS = [
    finding("kyoto-tea"),
    finding("kyoto-tea", FindingClass.CONFLICT, opened="2026-03-30T03:00:00Z"),
    finding("uji-cups", state=FindingState.ACCEPTED),
    finding("nara-ink", state=FindingState.FLAPPING, present=False),
    finding("A1EXAMPLE234567", FindingClass.FOREIGN_ENDPOINT),
]
STORED = StoredMetrics(
    totals={
        (Total.DRIFT_SECONDS, ()): 7200.0,
        (Total.LOOKS, ("complete",)): 3,
        (Total.EVENTS, ("opened",)): 4,
        (Total.LOOK_BUCKET, ("5",)): 2,
        (Total.LOOK_BUCKET, ("+Inf",)): 1,
        (Total.LOOK_SUM, ()): 9000.5,
        (Total.ALERTS, ("ops", "sent")): 5,
    },
    last_look="2026-04-02T02:30:00Z",
    last_complete_look="2026-04-02T02:00:00Z",
    compared=[("2026-04-01T03:00:00Z", 1), ("2026-04-02T02:00:00Z", 8), ("2026-04-02T02:30:00Z", 1)],
    unread=1,
    alerts={"ops": WaitingAlerts(queued=2, failed=1), "mail": WaitingAlerts(queued=0, failed=0)},
)


def text() -> str:
    return render_metrics(measure_drift(FLEET, FINDINGS, STORED, NOW))


def value(metric: str, **labels: str) -> float:
    wanted = labels | {"fleet": FLEET}
    found = [
        sample.value
        for family in text_string_to_metric_families(text())
        for sample in family.samples
        if (sample.name, sample.labels) == (metric, wanted)
    ]
    assert len(found) == 1, (metric, labels)
    return found[0]


def test_what_is_open_by_severity_and_class():
    assert value("reconciler_findings", severity="high", **{"class": "drifted"}) == 1
    assert value("reconciler_findings", severity="high", **{"class": "foreign-endpoint"}) == 1
    assert value("reconciler_findings", severity="critical", **{"class": "left-closed"}) == 0
    assert value("reconciler_accepted_findings", severity="high", **{"class": "drifted"}) == 1
    assert value("reconciler_drifted_shops") == 1, "an endpoint of a seller is no shop"
    assert value("reconciler_drift_seconds_total") == 7200


def test_ages_of_findings_are_a_histogram_of_this_moment():
    assert value("reconciler_finding_age_seconds_bucket", severity="high", le="900") == 0
    assert value("reconciler_finding_age_seconds_bucket", severity="high", le="3600") == 2
    assert value("reconciler_finding_age_seconds_bucket", severity="high", le="259200") == 3
    assert value("reconciler_finding_age_seconds_count", severity="high") == 3
    assert value("reconciler_finding_age_seconds_sum", severity="high") == 2 * 3600 + 3 * 86_400
    assert value("reconciler_finding_age_seconds_count", severity="low") == 0


def test_ages_of_shops_by_share():
    assert value("reconciler_shop_age_seconds", quantile="0.5") == 3600
    assert value("reconciler_shop_age_seconds", quantile="0.9") == 3600
    assert value("reconciler_shop_age_seconds", quantile="1.0") == 86_400
    assert value("reconciler_shop_age_seconds_count") == 10
    assert value("reconciler_shop_age_seconds_sum") == 86_400 + 8 * 3600 + 1800
    assert (value("reconciler_shops", state="compared"), value("reconciler_shops", state="unread")) == (9, 1)


def test_counters_and_histograms_of_the_store():
    assert value("reconciler_looks_total", scope="complete") == 3
    assert value("reconciler_looks_total", scope="partial") == 0
    assert value("reconciler_finding_events_total", event="opened") == 4
    assert value("reconciler_finding_events_total", event="resolved") == 0
    assert value("reconciler_look_seconds_bucket", le="1") == 0
    assert value("reconciler_look_seconds_bucket", le="7200") == 2
    assert value("reconciler_look_seconds_bucket", le="+Inf") == value("reconciler_look_seconds_count") == 3
    assert value("reconciler_look_seconds_sum") == 9000.5
    assert value("reconciler_last_complete_look_timestamp_seconds") == 1_775_095_200


def test_alerts_by_channel():
    assert value("reconciler_alerts_total", channel="ops", outcome="sent") == 5
    assert value("reconciler_alerts_total", channel="mail", outcome="failed") == 0
    assert value("reconciler_alerts_waiting", channel="ops", state="queued") == 2
    assert value("reconciler_alerts_waiting", channel="ops", state="failed") == 1


def test_nothing_names_a_shop_or_has_a_timestamp():
    shown = text()
    assert not re.search("kyoto|uji|nara|A1EXAMPLE", shown)
    assert all(re.fullmatch(r"\w+\{.*\} \S+", line) for line in shown.splitlines() if not line.startswith("#"))
    assert shown.endswith("\n")


def test_a_store_without_looks_has_zeros_and_no_ages():
    shown = render_metrics(measure_drift(FLEET, (), StoredMetrics(), NOW))
    assert "reconciler_shop_age_seconds{" not in shown
    assert "_timestamp_seconds{" not in shown
    samples = [line.rsplit(" ", 1)[1] for line in shown.splitlines() if not line.startswith("#")]
    assert set(samples) == {"0.0"}


def test_prometheus_accepts_the_names_and_the_form():
    demand_promtool()
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text(), capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
