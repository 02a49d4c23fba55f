"""`reconciler ipn`: what operators see and do, in every format, and what is refused. The round trip is in tests/docs."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import Completion, InboxMessage, MessageStatus, PendingMail, ReceivedMessage
from reconciler.ports.payments import ObjectKind, ObjectState, PaymentObject, Source
from reconciler.ports.quarantine import RejectedMessage
from reconciler.wiring import backends, session
from reconciler.wiring.payments import payment_adapters
from reconciler.wiring.schemas import schemas
from tests.adapters.store.fakes import ManualClock
from tests.cli.conftest import Run
from tests.support.sns_signer import CAPTURE, NOW, REFERENCE

SHOP = ShopKey("kyoto-tea")
PRIVATE = b"a buyer's address"
ORDER = {"orderNo": "100000020732", "shopKey": SHOP, "amazonOrderReferenceId": REFERENCE, "totalAmount": "1000"}
SETTINGS = """\
embedded: {seed: seed.json}
ipn:
  topics: ["arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}"]
  certificates: pinned
"""
SIMULATE = ("ipn", "simulate", "--shop", SHOP, "--order", "100000020732", "--to", "http://127.0.0.1:1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shops = [{"shopKey": SHOP, "amazonSettings": {"sellerId": "A1EXAMPLE234567"}}, {"shopKey": "uji-cups"}]
    (tmp_path / "seed.json").write_text(json.dumps({"shops": shops, "orders": [ORDER]}))
    (tmp_path / "reconciler.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def filled(folder: Path) -> Path:
    """Three messages: one paid, one that waits, one parked; two refusals; a mail."""

    async def fill() -> None:
        store = open_store(folder / ".reconciler" / "inbox.db")
        inbox, desk = StoreInbox(store), StoreWorkQueue(store, ManualClock())
        for number in (1, 2, 3):
            await inbox.keep(arrival(number))
        done = Completion(status=MessageStatus.DONE, reason="paid", at=NOW, order="100000020732")
        mail = PendingMail(event="e", shop=SHOP, to="private@shop.example", subject="s", text="t")
        aside = Completion(
            status=MessageStatus.PARKED, reason="unknown-order", at=NOW, next_try=NOW + timedelta(minutes=1)
        )
        await desk.complete(1, replace(done, known=captured()))
        await desk.complete(3, aside)
        await desk.record_fact(None, mail)
        await inbox.quarantine(RejectedMessage(received=NOW, shop=SHOP, reason="bad-signature", body=PRIVATE))
        late = NOW + timedelta(seconds=1)
        await inbox.quarantine(RejectedMessage(received=late, shop=None, reason="too-old", body=PRIVATE.ljust(70_000)))
        store.close()

    anyio.run(fill)
    return folder


def captured() -> ObjectState:
    what = PaymentObject(
        kind=ObjectKind.CAPTURE,
        id=CAPTURE,
        reference=REFERENCE,
        state="Completed",
        reason="SomeCode",
        updated=NOW,
        amount=Decimal(1000),
        currency="JPY",
    )
    return ObjectState(shop=SHOP, what=what, order="100000020732", source=Source.NOTICE)


def arrival(number: int) -> ReceivedMessage:
    return ReceivedMessage(
        message_id=f"00000000-0000-4000-8000-{number:012d}",
        shop=SHOP if number < 3 else ShopKey("uji-cups"),
        published=NOW,
        received=NOW + timedelta(seconds=number),
        kind="PaymentCapture",
        object_id=CAPTURE,
        lane=REFERENCE,
        status=MessageStatus.WAITING,
        body=PRIVATE,
    )


def entry(folder: Path, number: int) -> InboxMessage:
    async def read() -> InboxMessage | None:
        store = open_store(folder / ".reconciler" / "inbox.db")
        found = await StoreInboxAdmin(store).entry(number)
        store.close()
        return found

    found = anyio.run(read)
    assert found is not None
    return found


def rows(run: Run, *words: str) -> list[dict[str, Any]]:
    result = run("ipn", *words, "-o", "json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    jsonschema.validate(document, schemas()[document["format"].removeprefix("reconciler/")]())
    listed: list[dict[str, Any]] = document["rows"]
    return listed


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (("list",), "No notification was received.\n"),
        (("stats",), "No notification was received.\n"),
        (("refused",), "No copy of a refused message is stored.\n"),
    ],
)
def test_looking_makes_no_inbox(folder: Path, run: Run, words: tuple[str, ...], reported: str) -> None:
    result = run("ipn", *words)
    assert (result.exit_code, result.stdout) == (0, reported)
    assert not (folder / ".reconciler").exists()


LOOKING = [("list",), ("show", "1"), ("stats",), ("refused",)]


@pytest.mark.parametrize("words", LOOKING, ids=lambda words: words[0])
def test_looking_writes_nothing(filled: Path, run: Run, words: tuple[str, ...]) -> None:
    inbox = filled / ".reconciler" / "inbox.db"
    before = (sorted(inbox.parent.iterdir()), inbox.read_bytes())
    assert run("ipn", *words).exit_code == 0
    assert (sorted(inbox.parent.iterdir()), inbox.read_bytes()) == before


@pytest.mark.parametrize("words", LOOKING, ids=lambda words: words[0])
def test_looking_migrates_nothing(folder: Path, run: Run, words: tuple[str, ...]) -> None:
    """Also what no sidecar has made its tables in yet."""
    (folder / ".reconciler").mkdir()
    (folder / ".reconciler" / "inbox.db").touch()
    result = run("ipn", *words)
    assert result.exit_code == 1
    assert "has no inbox: no sidecar has used" in result.stderr
    assert (folder / ".reconciler" / "inbox.db").stat().st_size == 0


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ((), ["too-old", "bad-signature"]),
        (("--limit", "1"), ["too-old"]),
        (("--shop", SHOP), ["bad-signature"]),
        (("--reason", "too-old"), ["too-old"]),
        (("--reason", "too-old", "--shop", SHOP), []),
    ],
)
def test_copies_of_what_was_refused(filled: Path, run: Run, words: tuple[str, ...], reasons: list[str]) -> None:
    assert [row["reason"] for row in rows(run, "refused", *words)] == reasons


def test_a_copy_is_listed_and_not_shown(filled: Path, run: Run) -> None:
    newest, oldest = rows(run, "refused")
    assert newest | {"number": 0} == {
        "number": 0,
        "received": "2026-11-23T03:00:01Z",
        "shop": None,
        "reason": "too-old",
        **dict.fromkeys(["seller", "kind", "topic", "source", "message_id"]),
        "size": 70_000,
        "kept_bytes": 65_536,
    }
    assert (oldest["shop"], oldest["size"], oldest["kept_bytes"]) == (SHOP, len(PRIVATE), len(PRIVATE))


def test_a_reason_for_which_no_copy_is_kept_says_where_the_reasons_are(filled: Path, run: Run) -> None:
    reported = run("ipn", "refused", "--reason", "bad-xml").stdout
    assert reported == "No such copy; `reconciler ipn stats` counts the stored copies by reason.\n"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ((), [3, 2, 1]),
        (("--limit", "1"), [3]),
        (("--shop", "uji-cups"), [3]),
        (("--standing", "waiting"), [2]),
        (("--reason", "paid"), [1]),
        (("--find", "100000020732"), [1]),
        (("--find", REFERENCE, "--standing", "parked"), [3]),
        (("--find", "%"), []),
        (("--reason", "SomeCode"), [1]),
        (("--kind", "PaymentCapture", "--limit", "2"), [3, 2]),
        (("--kind", "CHARGEBACK"), []),
        (("--since", "2026-11-23T03:00:02Z"), [3, 2]),
        (("--since", "2026-11-23", "--until", "2026-11-23T03:00:02Z"), [1]),
        (("--until", "2026-11-23"), []),
        (("--before", "3"), [2, 1]),
        (("--before", "3", "--limit", "1"), [2]),
        (("--before", "1"), []),
    ],
)
def test_the_list_is_filtered(filled: Path, run: Run, words: tuple[str, ...], numbers: list[int]) -> None:
    assert [row["number"] for row in rows(run, "list", *words)] == numbers


@pytest.mark.parametrize("words", [("list",), ("refused",)], ids=lambda words: words[0])
def test_the_command_that_a_page_names_shows_the_next_one(filled: Path, run: Run, words: tuple[str, ...]) -> None:
    whole = [row["number"] for row in rows(run, *words)]
    pages: list[int] = []
    call = [*words, "--limit", "1", "--since", "2026-11-22"] if words == ("list",) else [*words, "--limit", "1"]
    for count in range(len(whole) - 1, -1, -1):
        pages += [row["number"] for row in rows(run, *call)]
        said = run("ipn", *call).stderr.replace("\n", " ")
        assert (f"Older rows that match: {count}." in said) is (count > 0)
        if count:
            call = shlex.split(said.split("`")[1])[2:]
    assert pages == whole


def test_the_next_page_has_the_filters_of_this_one(filled: Path, run: Run) -> None:
    call = ("--find", REFERENCE, "--since", "2026-11-23T01:00", "--limit", "2", "--kind", "PaymentCapture")
    said = run("ipn", "list", *call, COLUMNS="300").stderr
    assert said == (
        f"Older rows that match: 1. Next page: `reconciler ipn list --kind PaymentCapture --find {REFERENCE}"
        " --since 2026-11-23T01:00:00Z --before 2 --limit 2`\n"
    )


def test_one_is_shown_whole_and_nothing_that_was_posted(filled: Path, run: Run) -> None:
    [shown] = rows(run, "show", "1")
    assert (shown["reason"], shown["order"], shown["size"]) == ("paid", "100000020732", len(PRIVATE))
    for output in ("text", "json", "markdown"):
        reported = "".join(run("ipn", *words, "-o", output).output for words in LOOKING)
        assert CAPTURE in reported
        for private in ("buyer", "private@"):
            assert private not in reported


def test_what_amazon_said_is_shown_with_its_meaning(filled: Path, run: Run) -> None:
    [shown] = rows(run, "show", "1")
    assert (shown["amazon_state"], shown["reason_code"], shown["amount"]) == (
        "Completed",
        "SomeCode",
        "1000 JPY",
    )
    assert shown["meaning"] == "the money was captured"
    assert shown["objects"] == f"{CAPTURE} capture Completed SomeCode 1000 JPY (notice)"
    assert "売上請求が完了しました" in run("ipn", "show", "1", "--lang", "ja").stdout


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-11-23 03:00"])
def test_a_time_of_another_form_is_refused(filled: Path, run: Run, moment: str) -> None:
    done = run("ipn", "list", "--since", moment)
    assert (done.exit_code, "--since" in done.stderr) == (1, True)


def test_a_list_without_a_match_says_so(filled: Path, run: Run) -> None:
    assert run("ipn", "list", "--kind", "PaymentRefund").stdout == "No notification matches.\n"


def test_counts(filled: Path, run: Run) -> None:
    counted = {(row["what"], row["which"]): (row["count"], row["at"]) for row in rows(run, "stats")}
    assert counted["notifications", "waiting"] == (1, None)
    assert counted["parked", "unknown-order"] == (1, None)
    assert counted["refused", "bad-signature"] == (1, None)
    assert counted["mails", "owed"] == (1, None)
    assert counted["oldest-waiting", None] == (None, "2026-11-23T03:00:02Z")
    assert counted["last-received", SHOP] == (None, "2026-11-23T03:00:02Z")


def test_counts_are_shown_in_the_readers_language(filled: Path, run: Run) -> None:
    """Only what is given to `ipn list` again stays as it is."""
    reported = {line.split()[0] for line in run("--lang", "ja", "ipn", "stats").stdout.splitlines()}
    assert reported.isdisjoint({"notifications", "parked", "refused", "mails", "oldest", "last"})
    assert "last received" in run("ipn", "stats").stdout


def test_replaying_and_putting_aside(filled: Path, run: Run) -> None:
    replayed = run("ipn", "replay", "1", "3", "-o", "json")
    document = json.loads(replayed.stdout)
    jsonschema.Draft202012Validator(schemas()["changed-notifications"]()).validate(document)
    assert (replayed.exit_code, document["rows"]) == (0, [{"number": n, "status": "waiting"} for n in (1, 3)])
    assert [entry(filled, number).status for number in (1, 3)] == [MessageStatus.WAITING] * 2
    assert run("ipn", "park", "2").exit_code == 0
    parked = entry(filled, 2)
    assert (parked.status, parked.reason, parked.next_try) == (MessageStatus.PARKED, "parked-by-hand", None)


def test_notifications_are_replayed_by_reason(filled: Path, run: Run) -> None:
    checked = run("ipn", "replay", "--reason", "unknown-order", "--check")
    assert "Would be processed again: 1. Nothing was changed" in checked.stderr
    assert entry(filled, 3).status is MessageStatus.PARKED
    for selected in (("--shop", SHOP), ("--standing", "done"), ("--before", "3")):
        done = run("ipn", "replay", "--reason", "unknown-order", *selected)
        assert (done.exit_code, done.stdout) == (0, "No notification matches.\n")
    assert rows(run, "replay", "--reason", "unknown-order") == [{"number": 3, "status": "waiting"}]
    assert [entry(filled, number).status for number in (1, 3)] == [MessageStatus.DONE, MessageStatus.WAITING]
    assert rows(run, "replay", "--reason", "unknown-order") == []


def test_a_replay_by_reason_is_bounded_and_says_how_to_continue(filled: Path, run: Run) -> None:
    assert run("ipn", "park", "2", "3").exit_code == 0
    first = run("ipn", "replay", "--reason", "parked-by-hand", "--limit", "1")
    assert "Older rows that match: 1. Next page: `reconciler ipn replay" in first.stderr
    assert [entry(filled, number).status for number in (2, 3)] == [MessageStatus.PARKED, MessageStatus.WAITING]
    following = shlex.split(first.stderr.replace("\n", " ").split("`")[1])[1:]
    assert run(*following).exit_code == 0
    assert entry(filled, 2).status is MessageStatus.WAITING


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        ((), "Name the notifications to replay: numbers, or --reason"),
        (("1", "--reason", "paid"), "Name the notifications to replay: numbers, or --reason"),
        (("--shop", SHOP), "Name the notifications to replay: numbers, or --reason"),
        (("1", "--check"), "leave them out with numbers"),
    ],
)
def test_which_notifications_are_replayed_is_said_in_one_way(
    filled: Path, run: Run, words: tuple[str, ...], reported: str
) -> None:
    result = run("ipn", "replay", *words)
    assert result.exit_code == 1
    assert reported in result.stderr.replace("\n", " ")
    assert entry(filled, 1).status is MessageStatus.DONE


def test_what_cannot_be_moved_is_reported_and_the_rest_is_moved(filled: Path, run: Run) -> None:
    result = run("ipn", "park", "1", "2", "9")
    assert result.exit_code == 1
    assert "[I102]" in result.stderr
    assert "1, 9" in result.stderr
    assert "2: parked until it is replayed" in result.stderr
    assert entry(filled, 2).reason == "parked-by-hand"
    shown = run("ipn", "show", "9")
    assert shown.exit_code == 1
    assert "[I102]: Unknown notification 9" in shown.stderr


def test_in_japanese(filled: Path, run: Run) -> None:
    assert "再処理するまで保留" in run("--lang", "ja", "ipn", "park", "2").stdout
    assert "番号" in run("--lang", "ja", "ipn", "list").stdout


def test_polling_by_hand(folder: Path, run: Run) -> None:
    assert run("ipn", "poll").stdout == "No unpaid order has a payment at Amazon.\n"
    seed = json.loads((folder / "seed.json").read_text())
    charge = {"chargeId": CAPTURE, "shopKey": SHOP, "chargePermissionId": REFERENCE}
    (folder / "seed.json").write_text(json.dumps(seed | {"charges": [charge]}))
    for file in (folder / ".reconciler").glob("embedded.db*"):
        file.unlink()
    [polled] = rows(run, "poll")
    assert polled == {
        "shop": SHOP,
        "order": "100000020732",
        "charge": CAPTURE,
        "reason": "paid",
        "alarm": False,
    }
    assert rows(run, "poll", SHOP) == []


def test_a_shop_that_cannot_be_polled_is_partly_done(folder: Path, run: Run) -> None:
    result = run("ipn", "poll", "nobody", SHOP)
    assert (result.exit_code, "backend-refuses" in result.stdout or "backend-unreachable" in result.stdout) == (5, True)


def test_nothing_is_simulated_at_a_real_backend(folder: Path, run: Run) -> None:
    (folder / "reconciler.yaml").write_text(SETTINGS + "backend: https://admin.platform.example/\n")
    result = run(*SIMULATE)
    assert result.exit_code == 3
    assert "[I101]" in result.stderr
    assert not (folder / "pinned").exists()


def test_the_sidecar_of_this_machine_is_expected_at_the_port_of_its_variable(folder: Path, run: Run) -> None:
    words = ("ipn", "simulate", "--shop", SHOP, "--order", "100000020732")
    result = run(*words, RECONCILER_IPN_PORT="1")
    assert result.exit_code == 4
    assert "http://127.0.0.1:1" in result.stderr


def test_nothing_is_simulated_at_a_real_sidecar(folder: Path, run: Run) -> None:
    assert run(*SIMULATE[:-1], "https://ipn.platform.example").exit_code == 3


@pytest.mark.parametrize("missing", ["certificates", "topics"])
def test_a_setting_that_is_missing(folder: Path, run: Run, missing: str) -> None:
    lines = [line for line in SETTINGS.splitlines() if missing not in line]
    (folder / "reconciler.yaml").write_text("\n".join(lines) + "\n")
    result = run(*SIMULATE)
    assert result.exit_code == 1
    assert f"ipn.{missing}" in result.stderr


@pytest.mark.parametrize(("shop", "order"), [(SHOP, "999"), ("uji-cups", "100000020732")])
def test_an_order_that_is_not_there(folder: Path, run: Run, shop: str, order: str) -> None:
    result = run("ipn", "simulate", "--shop", shop, "--order", order, "--to", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert f"error[I103]: {shop} has no order {order}" in result.stderr


def test_no_sidecar_answers(folder: Path, run: Run) -> None:
    """Nothing is left behind that a sidecar would trust."""
    result = run(*SIMULATE)
    assert result.exit_code == 4
    assert "The sidecar at http://127.0.0.1:1/amazon-pay/kyoto-tea does not answer" in result.stderr
    assert list((folder / "pinned").iterdir()) == []


@pytest.mark.parametrize("amount", ["-1", "1,000", "１０００", "1e3", "", "1.0.0"])
def test_an_amount_that_is_none(folder: Path, run: Run, amount: str) -> None:
    result = run(*SIMULATE, "--amount", amount)
    assert result.exit_code == 1
    assert "--amount" in result.stderr


def test_who_stays_connected_is_not_shut_out_by_who_comes_later(folder: Path) -> None:
    """A sidecar over the embedded backend's file renews its access token long after other commands came and went."""

    async def story() -> None:
        settings = session.load_settings(None)
        assert isinstance(settings, session.Settings)
        async with payment_adapters(settings) as one:
            tokens = one.orders._client._tokens
            first = await tokens.current()
            async with payment_adapters(settings) as two:
                assert await two.orders.by_number(SHOP, "100000020732") is not None
            async with backends.backend(settings) as other:
                assert [shop async for shop in other.shops()] == [SHOP, "uji-cups"]
            assert await tokens.replace(first) != first

    anyio.run(story)
