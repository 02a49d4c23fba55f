"""What the sidecar counts, for Prometheus: words of closed lists and numbers. From outside come only topics and SellerIds that
Amazon SNS signed, of a bounded number of refused messages.

A separate registry. Events of this process are counted; statistics of the inbox are read regularly. Where the labels are words of
closed lists, each series starts with 0 (`zero_samples.py`), so that the first event is an increase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from reconciler.ipn.telemetry.zero_samples import KEPT_REASONS, ZERO_SAMPLES
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.inbox import MailState, MessageStatus
from reconciler.ports.inbox_admin import InboxStats
from reconciler.ports.mailer import MailProblem
from reconciler.ports.quarantine import CopySource
from reconciler.ports.signing_keys import KeyUnavailable, SigningKeys

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter

_ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
_LAG_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 1800, 3600, 21600, 86400)


class Metrics:
    """Implements ipn.watch.Watch as well."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers: dict[tuple[str, int], Counter] = {}
        self._count_reception()
        self._count_processing()
        self._measure_inbox()

    def _count_reception(self) -> None:
        self._received = self._counter("received", "Requests by outcome and HTTP status", "outcome", "status")
        self._verified = self._counter("verified", "Messages with a valid signature")
        self._answering = self._histogram("answer_seconds", "Time from request to response", _ANSWER_SECONDS)
        self._fetches = self._counter("certificate_fetches", "Certificates fetched, by outcome", "outcome")
        self._files = self._counter(
            "certificate_files", "Files of kept certificates, by what became of them", "outcome"
        )
        self._pinned_end = self._gauge(
            "certificate_end_timestamp_seconds",
            "When the last of the pinned certificates ends; 0 if there is none, absent if none are pinned",
            "source",
        )
        self._refused_signed = self._counter(
            "refused_signed", "Refused messages with a valid signature, by reason and source", "reason", "source"
        )

    def _count_processing(self) -> None:
        self._settled = self._counter("settled", "Messages processed, by status and reason", "status", "reason")
        self._lag = self._histogram("lag_seconds", "Time from reception to processing", _LAG_SECONDS)
        self._alarms = self._counter("alarms", "Events that a person should check, by reason", "reason")
        self._mailed = self._counter("mails", "Mails by state", "state")
        self._mail_problems = self._counter(
            "mail_problems",
            "Mails that could not be sent, by the state they came to and by problem",
            "state",
            "problem",
        )
        self._polled = self._counter("polled", "Orders compared with Amazon, by outcome", "outcome")
        self._leads = self._gauge("leads", "1 if this process processes the inbox, 0 if it is on standby")
        self._restarts = self._counter("restarts", "Background tasks restarted after a failure", "task")

    def _measure_inbox(self) -> None:
        self._messages = self._gauge("messages", "Messages in the inbox, by status", "status")
        self._parked = self._gauge("parked", "Parked messages, by reason", "reason")
        self._oldest = self._gauge(
            "oldest_waiting_seconds", "Age of the oldest unprocessed message; 0 if there is none"
        )
        self._waiting_since = self._gauge(
            "shop_waiting_since_timestamp_seconds",
            "When the oldest unprocessed message of the shop was stored; absent if there is none",
            "shop",
        )
        self._last_received = self._gauge(
            "shop_last_received_timestamp_seconds", "When the last message of the shop was stored", "shop"
        )
        self._last_processed = self._gauge(
            "shop_last_processed_timestamp_seconds", "When a message of the shop was last processed", "shop"
        )
        self._outbox = self._gauge("outbox", "Mails in the outbox, by state", "state")
        self._quarantine = self._gauge("quarantine", "Stored copies of refused messages, by reason", "reason")
        self._topics = self._gauge(
            "refused_topics",
            "Stored copies with a valid signature, of at most 50 topics",
            "topic", "seller", "source",
        )  # fmt: skip

    def count_answer(self, outcome: str, status: int, seconds: float) -> None:
        counter = self._answers.get((outcome, status))
        if counter is None:
            counter = self._answers[outcome, status] = self._received.labels(outcome, str(status))
        counter.inc()
        self._answering.observe(seconds)

    def malformed(self) -> None:
        self._received.labels("malformed", "400").inc()

    def verified(self) -> None:
        self._verified.inc()

    def refused_signed(self, reason: str, source: CopySource) -> None:
        self._refused_signed.labels(str(reason), source.value).inc()

    def fetched(self, outcome: str) -> None:
        self._fetches.labels(outcome).inc()

    def pinned_end(self, end: datetime | None) -> None:
        """Of the certificate that ends last; None: there is none."""
        self._pinned_end.labels("pinned").set(0 if end is None else end.timestamp())

    def certificate_file(self, outcome: str) -> None:
        self._files.labels(outcome).inc()

    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None:
        self._settled.labels(standing.value, reason).inc()
        self._lag.observe(lag)

    def alarmed(self, reason: str) -> None:
        self._alarms.labels(reason).inc()

    def mailed(self, state: MailState, problem: MailProblem | None = None) -> None:
        self._mailed.labels(state.value).inc()
        if problem is not None:
            self._mail_problems.labels(state.value, problem.value).inc()

    def polled(self, outcome: str) -> None:
        self._polled.labels(outcome).inc()

    def leads(self, leads: bool) -> None:
        self._leads.set(leads)

    def expect_task(self, task: str) -> None:
        """That can be restarted."""
        self._restarts.labels(task)

    def restarted(self, task: str) -> None:
        self._restarts.labels(task).inc()

    def set_inbox_gauges(self, counts: InboxStats, now: datetime) -> None:
        _set(self._messages, {standing.value: counts.messages.get(standing, 0) for standing in MessageStatus})
        _set(self._parked, dict.fromkeys(map(str, ProcessingOutcome), 0) | dict(counts.parked))
        _set(self._outbox, {state.value: counts.mails.get(state, 0) for state in MailState})
        _set(self._quarantine, dict.fromkeys(KEPT_REASONS, 0) | dict(counts.refused))
        self._topics.clear()
        for each in counts.refused_topics:
            self._topics.labels(each.topic, each.seller or "", each.source.value).set(each.copies)
        _set(self._waiting_since, {shop: at.timestamp() for shop, at in counts.waiting_since.items()})
        _set(self._last_received, {shop: at.timestamp() for shop, at in counts.last_received.items()})
        _set(self._last_processed, {shop: at.timestamp() for shop, at in counts.last_processed.items()})
        oldest = counts.oldest_waiting
        self._oldest.set(0 if oldest is None else max((now - oldest).total_seconds(), 0))

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        counter = Counter(f"reconciler_ipn_{name}", documentation, labels, registry=self._registry)
        for values in ZERO_SAMPLES.get(name, ()):
            counter.labels(*values)
        return counter

    def _gauge(self, name: str, documentation: str, *labels: str) -> Gauge:
        return Gauge(f"reconciler_ipn_{name}", documentation, labels, registry=self._registry)

    def _histogram(self, name: str, documentation: str, buckets: Sequence[float]) -> Histogram:
        return Histogram(f"reconciler_ipn_{name}", documentation, buckets=buckets, registry=self._registry)


def _set(gauge: Gauge, values: Mapping[str, float]) -> None:
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)


class CountedKeys:
    """Implements ports.SigningKeys over another one, and counts what comes of it."""

    def __init__(self, keys: SigningKeys, metrics: Metrics) -> None:
        self._keys = keys
        self._metrics = metrics

    async def pem(self, url: str) -> bytes:
        try:
            content = await self._keys.pem(url)
        except KeyUnavailable as error:
            self._metrics.fetched(error.reason)
            raise
        self._metrics.fetched("got")
        return content
