"""G. Replay: a repeated message, from Amazon or an attacker, is stored once, for as long as Amazon may retry."""

from datetime import timedelta

import anyio
import pytest

from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.ports.inbox import MessageStatus
from tests.ipn.receiver_harness import SHOP, FrontDesk, open_desk
from tests.support.sns_signer import CAPTURE, NOW, REFERENCE, Signer, as_body, capture_message

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("log")]

DAY = timedelta(days=1)


def outcomes(desk) -> dict[str, float]:
    return desk.counted("received_total")


async def test_g_a_genuine_message_is_kept_with_what_the_worker_needs(desk):
    body = desk.signer.body(capture_message(), message_id="0a5c0000-0000-4000-8000-000000000001")
    answer = await desk.post(body)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    entry = await desk.catalogue.entry(1)
    kept = entry.arrival
    assert (kept.message_id, kept.shop, kept.published, kept.received) == (
        "0a5c0000-0000-4000-8000-000000000001", SHOP, NOW, NOW,
    )  # fmt: skip
    assert (kept.kind, kept.object_id, kept.lane, kept.body) == ("PaymentCapture", CAPTURE, REFERENCE, body)
    assert (entry.status, desk.rung) == (MessageStatus.WAITING, 1)


async def test_g_the_same_post_twice_is_kept_once_and_acknowledged_twice(desk):
    body = desk.signer.body(capture_message())
    assert [(await desk.post(body)).status_code for _ in range(2)] == [200, 200]
    assert len(await desk.entries()) == 1
    assert desk.rung == 1
    assert outcomes(desk) == {
        '{outcome="stored",status="200"}': 1,
        '{outcome="duplicate",status="200"}': 1,
    }


async def test_g_fifty_at_once_are_kept_once(desk):
    body = desk.signer.body(capture_message())
    statuses = []

    async def one() -> None:
        statuses.append((await desk.post(body)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(one)
    assert statuses == [200] * 50
    assert len(await desk.entries()) == 1
    assert desk.rung == 1


async def test_g_after_a_restart_it_is_still_known(desk, tmp_path):
    body = desk.signer.body(capture_message())
    await desk.post(body)
    again = open_desk(tmp_path, signer=desk.signer)
    assert (await again.post(body)).status_code == 200
    assert len(await again.entries()) == 1
    assert again.rung == 0
    again.store.close()


@pytest.mark.parametrize(("age", "status"), [(13 * DAY, 200), (21 * DAY, 200), (22 * DAY, 503), (400 * DAY, 503)])
async def test_g_amazon_retries_for_two_weeks_and_no_one_for_a_year(desk, age, status):
    body = desk.signer.body(capture_message())
    desk.clock.advance(age.total_seconds())
    assert (await desk.post(body)).status_code == status
    assert desk.refused() == ([] if status == 200 else ["too-old"])


async def test_g_thirteen_days_after_it_was_kept_and_pruned_it_is_known_all_the_same(desk):
    body = desk.signer.body(capture_message())
    await desk.post(body)
    for _ in range(13):
        desk.clock.advance(DAY.total_seconds())
        await StoreInbox(desk.store).prune(desk.clock.now() - 22 * DAY)
    assert (await desk.post(body)).status_code == 200
    assert '{outcome="duplicate",status="200"}' in outcomes(desk)


@pytest.mark.parametrize(("ahead", "status"), [(4 * 60, 200), (10 * 60, 503)])
async def test_g_a_message_from_the_future_gets_a_retry_since_the_wrong_clock_may_be_ours(desk, ahead, status):
    body = desk.signer.body(capture_message(), published=NOW + timedelta(seconds=ahead))
    assert (await desk.post(body)).status_code == status
    assert desk.refused() == []
    desk.clock.advance(ahead)
    assert (await desk.post(body)).status_code == 200


async def test_g_the_same_notice_under_a_new_message_id_is_another_message_in_the_same_lane(desk):
    """Amazon re-publishes for 14 days, longer than SNS retries; the worker detects duplicates."""
    notice = capture_message()
    for _ in range(2):
        assert (await desk.post(desk.signer.body(notice))).status_code == 200
    assert [entry.arrival.lane for entry in await desk.entries()] == [REFERENCE] * 2


async def test_g_the_same_message_id_with_other_content_is_refused_and_a_copy_kept(desk):
    message_id = "0a5c0000-0000-4000-8000-000000000001"
    await desk.post(desk.signer.body(capture_message(amount="1000"), message_id=message_id))
    assert (await desk.post(desk.signer.body(capture_message(amount="9000"), message_id=message_id))).status_code == 403
    assert desk.refused() == ["clash"]
    assert len(await desk.entries()) == 1


async def test_g_one_message_signed_again_in_another_spelling_is_a_duplicate(tmp_path):
    """A retry may come after a rotation of the key: what was signed counts, not how it was signed or written."""
    old, new = Signer(), Signer(mark=1, which=1)
    desk = FrontDesk(store=(opened := open_desk(tmp_path)).store, signer=old)
    desk.keys.pems[new.url] = new.pem
    fields = old.notification(capture_message())
    again = new.signed({name: value for name, value in reversed(fields.items()) if name != "Signature"}, "2")
    assert (await desk.post(as_body(fields))).status_code == 200
    assert (await desk.post(as_body(again))).status_code == 200
    assert outcomes(desk)['{outcome="duplicate",status="200"}'] == 1
    opened.store.close()


async def test_g_samples_and_unused_kinds_are_stored_and_not_processed(desk):
    sample = capture_message(IsSample=True)
    await desk.post(desk.signer.body(sample))
    await desk.post(as_body(desk.signer.confirmation()))
    await desk.post(as_body(desk.signer.confirmation(kind="UnsubscribeConfirmation")))
    assert [(entry.arrival.kind, entry.status) for entry in await desk.entries()] == [
        ("PaymentCapture", MessageStatus.SAMPLE),
        ("SubscriptionConfirmation", MessageStatus.UNUSED),
        ("UnsubscribeConfirmation", MessageStatus.UNUSED),
    ]
    assert desk.rung == 0


async def test_g_what_is_amazons_and_not_understood_is_kept_for_a_person(desk):
    """Verified, so it is Amazon's; that we cannot read it is no reason to have it forgotten."""
    unknown = capture_message(Version="2031-01-01")
    broken = capture_message(amount="1e3")
    for message in (unknown, broken, "not even JSON"):
        assert (await desk.post(desk.signer.body(message))).status_code == 200
    assert [(entry.arrival.kind, entry.status) for entry in await desk.entries()] == [
        ("unreadable", MessageStatus.WAITING),
        ("PaymentCapture", MessageStatus.WAITING),
        ("unreadable", MessageStatus.WAITING),
    ]


async def test_g_what_cannot_be_read_and_is_another_sellers_is_refused(desk):
    body = desk.signer.body(capture_message(amount="1e3", SellerId="A9SOMEBODYELSE"))
    assert (await desk.post(body)).status_code == 403
    assert desk.refused() == ["other-seller"]
