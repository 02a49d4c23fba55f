"""Each row of the table of effects, from signed bytes to what an operator and the shop read of it, in both APIs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.core.results.table_result import NamedCell, TableResult
from reconciler.ipn.admin import show_notification
from reconciler.ipn.process.effects import ROWS
from reconciler.ipn.process.mail_template import MailTemplate, default_template
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.inbox_admin import InboxFilter, MessageDetails
from reconciler.ports.payments import ObjectKind
from reconciler.views.i18n import language
from tests.ipn.effect_cases import AUTHORIZED_BEFORE, NUMBER, EffectCase, effect_cases
from tests.ipn.receiver_harness import FrontDesk, open_desk
from tests.ipn.worker_harness import BackOffice, Recorder, open_office, without_mail
from tests.support.sns_signer import NOW, v1_message

pytestmark = pytest.mark.anyio

CASES = list(effect_cases())


class CountingRecorder(Recorder):
    """A recorder that counts as the sidecar does."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = Metrics()

    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None:
        self.metrics.settled(standing, reason, lag)
        super().settled(standing, reason, lag)

    def alarmed(self, reason: str) -> None:
        self.metrics.alarmed(reason)
        super().alarmed(reason)


@dataclass
class Sidecar:
    """Receiver and worker over one inbox, and what operators see of it."""

    front: FrontDesk
    office: BackOffice
    watch: CountingRecorder

    async def post(self, message: str) -> None:
        answer = await self.front.post(self.front.signer.body(message))
        assert answer.status_code == 200
        before = len(self.watch.ends)
        async with self.office.working():
            self.office.bell.set()
            await self.watch.until(self.watch.ends, before + 1)

    async def details(self, number: int) -> MessageDetails | None:
        entry = await self.office.catalogue.entry(number)
        assert entry is not None
        captures, objects = await self.office.catalogue.known(entry.arrival.shop, entry.arrival.lane)
        return MessageDetails(entry=entry, size=len(entry.arrival.body), captures=captures, objects=objects)

    async def show(self, number: int = 1) -> dict[str, Any]:
        shown = await show_notification(self, number)  # type: ignore[arg-type]  # of the inbox, only the details are asked
        assert isinstance(shown, TableResult)
        return dict(zip((key for key, _ in shown.columns), shown.rows[0], strict=True))

    async def found(self, **wanted: Any) -> list[int]:
        return [entry.number for entry in await self.office.catalogue.entries(InboxFilter(**wanted))]

    def counted(self, name: str, **labels: str) -> float:
        families = text_string_to_metric_families(self.watch.metrics.text().decode())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


@pytest.fixture
async def sidecar(tmp_path: Path) -> AsyncIterator[Sidecar]:
    async with open_office(tmp_path, amazons_time=lambda: NOW) as office:
        office.watch = watch = CountingRecorder()
        office.letter = MailTemplate(
            subject="Amazonペイメント処理失敗通知", template=default_template(), translate=language("ja").translate
        )
        front = open_desk(tmp_path)
        yield Sidecar(front, office, watch)
        front.store.close()


def processed(log: StringIO) -> dict[str, Any]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    [line] = [line for line in lines if line["event"] == "processed"]
    return line


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_each_state_has_the_effect_of_the_table(sidecar: Sidecar, log: StringIO, case: EffectCase) -> None:
    office, row = sidecar.office, case.row
    office.world.add_orders([case.order()])
    if case.lapsing:
        office.clock.advance(days=AUTHORIZED_BEFORE.days if case.newer else 0)
    await sidecar.post(case.message(office.world))

    [entry] = await office.entries()
    assert (entry.status, entry.reason, entry.order) == (MessageStatus.DONE, row.outcome, NUMBER)
    paid = office.order(NUMBER)["paymentStatus"] == "RECEIVED"
    assert paid is (row.pays or case.paid)

    line = processed(log)
    assert (line["reason"], line["alarm"], line["order"]) == (row.outcome, row.alarms, NUMBER)
    assert (line["level"], line["state"]) == ("warning" if row.alarms else "info", case.state)
    assert sidecar.counted("reconciler_ipn_settled_total", reason=row.outcome) == 1
    assert sidecar.counted("reconciler_ipn_alarms_total", reason=row.outcome) == row.alarms

    shown = await sidecar.show()
    assert isinstance(shown["meaning"], NamedCell)
    assert (shown["amazon_state"], shown["meaning"].title, shown["order"]) == (case.state, row.text, NUMBER)
    assert case.code is None or shown["reason_code"] == case.code
    assert await sidecar.found(words=NUMBER, kind=case.notice, reason=row.outcome) == [1]
    assert case.code is None or await sidecar.found(words=case.reference, reason=case.code) == [1]

    mails = await office.mails()
    assert len(mails) == row.mails
    for mail in mails:
        assert (mail.to, mail.order) == ("amazon-pay@kyoto-tea.example", NUMBER)
        assert (mail.subject == "Amazonペイメント処理失敗通知") is (row.outcome is ProcessingOutcome.DECLINED)
        for word in (NUMBER, case.state, case.reference):
            assert word in mail.text
        if row.outcome is not ProcessingOutcome.DECLINED:
            assert language("ja").translate(row.text) in mail.text


def test_each_row_has_a_case() -> None:
    assert {id(case.row) for case in CASES} == {id(row) for row in ROWS}


async def test_a_chargeback_names_order_amount_and_deadline_in_both_apis(sidecar: Sidecar) -> None:
    chargebacks = [case for case in CASES if case.row.outcome is ProcessingOutcome.CHARGEBACK and case.row.mails]
    older, newer = chargebacks[0], next(case for case in chargebacks if case.newer)
    sidecar.office.world.add_orders([older.order()])
    for number, case in enumerate((older, newer), 1):
        await sidecar.post(case.message(sidecar.office.world))
        shown = await sidecar.show(number)
        amount, _, currency = str(shown["amount"]).partition(" ")
        assert (float(amount), currency) == (1000.0, "JPY")
        assert str(shown["deadline"]).startswith("2026-12-04T03:00:00")
    for mail in await sidecar.office.mails():
        assert "期限: 2026-12-04 12:00:00 (JST)" in mail.text


async def test_a_repetition_is_no_second_mail(sidecar: Sidecar) -> None:
    case = next(case for case in CASES if case.row.outcome is ProcessingOutcome.REFUND_DECLINED)
    sidecar.office.world.add_orders([case.order()])
    for _ in range(2):
        await sidecar.post(case.message(sidecar.office.world))
    assert len(await sidecar.office.mails()) == 1
    assert sidecar.watch.alarms == ["refund-declined"] * 2


async def test_what_nothing_is_known_of_has_its_reason(sidecar: Sidecar) -> None:
    for kind in ("ProviderCredit", "ProviderCreditReversal", "SolutionProviderEvent"):
        await sidecar.post(v1_message(kind, "<x/>"))
    await sidecar.post(v1_message("SomethingNew", "<x/>"))
    assert [reason for _, reason in sidecar.watch.ends] == ["not-used"] * 3 + ["unknown-kind"]
    assert sidecar.watch.alarms == ["unknown-kind"]


async def test_without_an_address_the_alarm_remains(sidecar: Sidecar) -> None:
    case = next(case for case in CASES if case.row.kind is ObjectKind.CHARGEBACK and case.row.mails)
    without_mail(sidecar.office)
    sidecar.office.world.add_orders([case.order()])
    await sidecar.post(case.message(sidecar.office.world))
    assert (sidecar.watch.alarms, await sidecar.office.mails()) == (["chargeback"], [])
