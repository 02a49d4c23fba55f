"""`reconciler ipn mails`: what came of each mail, in every format, and resending what did not arrive."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import Completion, Dismissal, MailState, MessageStatus, OutboxMail, PendingMail
from reconciler.ports.mailer import MailProblem, MailReply
from reconciler.wiring.schemas import schemas
from tests.adapters.store.fakes import ManualClock
from tests.cli.commands.test_ipn import SETTINGS, SHOP, arrival
from tests.cli.conftest import Run
from tests.support.sns_signer import NOW

OTHER = ShopKey("uji-cups")
ANSWER = "5.1.1 <address>: \x1b[31mno such user"
REFUSED = MailReply(problem=MailProblem.RECEIVER_REFUSED, code=550, text=ANSWER)
LATER = MailReply(problem=MailProblem.RECEIVER_DEFERRED, code=450, text="4.2.1 come again")
LOST = MailReply(problem=MailProblem.CONNECTION_LOST)
TAKEN = MailReply(code=250, text="2.0.0 queued as 4F1")
OUTCOMES: tuple[tuple[ShopKey, MailState, MailReply], ...] = (
    (SHOP, MailState.FAILED, REFUSED),
    (SHOP, MailState.OWED, LATER),
    (OTHER, MailState.UNKNOWN, LOST),
    (OTHER, MailState.SENT, TAKEN),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "seed.json").write_text(json.dumps({"shops": [{"shopKey": SHOP}, {"shopKey": OTHER}]}))
    (tmp_path / "reconciler.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def filled(folder: Path) -> Path:
    """Four failed payments, each with its mail: refused, deferred, of unknown outcome, sent."""

    async def fill() -> None:
        store = open_store(folder / ".reconciler" / "inbox.db")
        inbox, desk, outbox = StoreInbox(store), StoreWorkQueue(store, ManualClock()), StoreOutbox(store)
        for number, (shop, state, reply) in enumerate(OUTCOMES, start=1):
            await inbox.keep(arrival(number))
            mail = PendingMail(
                event=f"capture:{number}:Declined",
                shop=shop,
                to=f"pay@{shop}.example",
                subject="s",
                text="a private text",
                order=f"order-{number}",
            )
            settled = Completion(status=MessageStatus.DONE, reason="declined", at=NOW, order=mail.order, mail=mail)
            await desk.complete(number, settled)
            again = NOW + timedelta(minutes=1) if state is MailState.OWED else None
            await outbox.mark(number, state, NOW, was=MailState.OWED, next_try=again, reply=reply)
        store.close()

    anyio.run(fill)
    return folder


def rows(run: Run, *words: str) -> list[dict[str, Any]]:
    result = run("ipn", *words, "-o", "json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    jsonschema.validate(document, schemas()[document["format"].removeprefix("reconciler/")]())
    listed: list[dict[str, Any]] = document["rows"]
    return listed


def stored(folder: Path, number: int) -> OutboxMail:
    async def read() -> OutboxMail | None:
        store = open_store(folder / ".reconciler" / "inbox.db")
        found = await StoreInboxAdmin(store).mail(number)
        store.close()
        return found

    found = anyio.run(read)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ((), [4, 3, 2, 1]),
        (("--limit", "1"), [4]),
        (("--shop", SHOP), [2, 1]),
        (("--order", "order-3"), [3]),
        (("--state", "sent"), [4]),
        (("--undelivered",), [3, 1]),
        (("--undelivered", "--shop", OTHER), [3]),
        (("--undelivered", "--state", "sent"), []),
        (("--before", "3"), [2, 1]),
        (("--undelivered", "--before", "3"), [1]),
    ],
)
def test_the_list_is_filtered(filled: Path, run: Run, words: tuple[str, ...], numbers: list[int]) -> None:
    assert [row["number"] for row in rows(run, "mails", "list", *words)] == numbers


def test_a_page_says_what_follows(filled: Path, run: Run) -> None:
    said = run("ipn", "mails", "list", "--undelivered", "--limit", "1", COLUMNS="300").stderr
    assert said == (
        "Older rows that match: 1. Next page: `reconciler ipn mails list --undelivered --before 3 --limit 1`\n"
    )
    assert run("ipn", "mails", "list", "--undelivered", "--limit", "2").stderr == ""


def test_a_row_says_what_came_of_the_mail(filled: Path, run: Run) -> None:
    assert rows(run, "mails", "list")[-1] | {"created": None} == {
        "number": 1,
        "state": "failed",
        "shop": SHOP,
        "order": "order-1",
        "to": f"pay@{SHOP}.example",
        "problem": "receiver-refused",
        "code": 550,
        "answer": ANSWER,
        "tries": 1,
        "next_try": None,
        "since": "2026-11-23T03:00:00Z",
        "created": None,
    }


def test_a_mail_is_shown_with_its_message_id_and_without_its_text(filled: Path, run: Run) -> None:
    [shown] = rows(run, "mails", "show", "3")
    assert shown["message_id"].startswith("<")
    assert (shown["state"], shown["may_be_at"], shown["event"]) == (
        "unknown",
        f"pay@{OTHER}.example",
        "capture:3:Declined",
    )
    for output in ("text", "json", "markdown"):
        reported = "".join(
            run("ipn", *words, "-o", output).output for words in (("mails", "list"), ("mails", "show", "3"))
        )
        assert "a private text" not in reported


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_a_servers_answer_forges_nothing_on_the_screen(filled: Path, run: Run, output: str) -> None:
    reported = run("ipn", "mails", "list", "-o", output).stdout
    assert "no such user" in reported
    assert "\x1b" not in reported


def test_list_and_show_say_what_came_of_the_mail_about_a_notification(filled: Path, run: Run) -> None:
    assert [row["mail"] for row in rows(run, "list")] == ["sent", "unknown", "owed", "failed"]
    [shown] = rows(run, "show", "1")
    assert (shown["mail"], shown["mail_number"]) == ("failed", 1)
    assert "refused by the receiver: 550 5.1.1" in run("ipn", "show", "1").stdout
    assert "宛先側が拒否: 550" in run("--lang", "ja", "ipn", "show", "1").stdout
    assert "unknown: connection lost before the answer" in run("ipn", "show", "3").stdout


def test_counts_name_what_did_not_arrive(filled: Path, run: Run) -> None:
    counted = {row["which"]: row["count"] for row in rows(run, "stats") if row["what"] == "mails"}
    assert counted == {"failed": 1, "owed": 1, "sent": 1, "unknown": 1}


@pytest.mark.parametrize(
    ("words", "queued"),
    [(("1",), [1]), (("2", "4", "2"), [2, 4]), (("--all",), [1, 3]), (("--shop", OTHER), [3])],
)
def test_what_is_resent_is_due_at_once(filled: Path, run: Run, words: tuple[str, ...], queued: list[int]) -> None:
    assert rows(run, "mails", "resend", *words) == [{"number": number, "state": "owed"} for number in queued]
    for number in queued:
        mail = stored(filled, number)
        assert (mail.state, mail.tries, mail.next_try, mail.doubtful) == (MailState.OWED, 0, None, ())
    for number in {1, 2, 3, 4}.difference(queued):
        assert stored(filled, number).state is OUTCOMES[number - 1][1]


def test_what_cannot_be_resent_is_reported_and_the_rest_is_resent(filled: Path, run: Run) -> None:
    result = run("ipn", "mails", "resend", "1", "9")
    assert result.exit_code == 1
    assert "[I104]: Cannot resend mail 9: not found, or being sent" in result.stderr
    assert stored(filled, 1).state is MailState.OWED
    shown = run("ipn", "mails", "show", "9")
    assert "[I104]: Unknown mail 9" in shown.stderr


@pytest.mark.parametrize("words", [(), ("1", "--all"), ("--all", "--shop", SHOP)])
def test_which_mails_are_meant_is_said_in_one_way(filled: Path, run: Run, words: tuple[str, ...]) -> None:
    result = run("ipn", "mails", "resend", *words)
    assert result.exit_code == 1
    assert "Name the mails to resend: numbers, or --all, or --shop" in result.stderr


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_dismissed_mail_is_no_alarm_and_names_who_gave_it_up_and_why(filled: Path, run: Run, number: int) -> None:
    """Also one that waits for its next attempt."""
    words = ("mails", "dismiss", str(number), "--reason", " the shop was called ")
    before = datetime.now(UTC)
    result = run("ipn", *words, "-o", "json", RECONCILER_ACTOR="oncall@platform.example")
    assert json.loads(result.stdout)["rows"] == [{"number": number, "state": "dismissed"}]
    [shown] = rows(run, "mails", "show", str(number))
    assert [shown[name] for name in ("state", "next_try", "dismissed_by", "dismissed_because")] == [
        "dismissed",
        None,
        "oncall@platform.example",
        "the shop was called",
    ]
    assert before.replace(microsecond=0) <= datetime.fromisoformat(shown["since"]) <= datetime.now(UTC)
    assert number not in [row["number"] for row in rows(run, "mails", "list", "--undelivered")]
    assert [row["number"] for row in rows(run, "mails", "list", "--state", "dismissed")] == [number]
    counted = {row["which"]: row["count"] for row in rows(run, "stats") if row["what"] == "mails"}
    assert (counted["dismissed"], counted.get(OUTCOMES[number - 1][1])) == (1, None)


async def _due_and_moved(folder: Path) -> tuple[int, int]:
    store = open_store(folder / ".reconciler" / "inbox.db")
    outbox = StoreOutbox(store)
    later = datetime.now(UTC) + timedelta(days=1)
    moved = await outbox.readdress(SHOP, f"pay@{SHOP}.example", "new@shop.example", later)
    due = await outbox.due(later, limit=10)
    store.close()
    return len(due), moved


def test_only_resend_sends_a_dismissed_mail(filled: Path, run: Run) -> None:
    """Neither time nor a new address of the shop does."""
    run("ipn", "mails", "dismiss", "1", "2", "--reason", "called")
    assert anyio.run(_due_and_moved, filled) == (0, 0)
    assert rows(run, "mails", "resend", "--all") == [{"number": 3, "state": "owed"}]
    assert rows(run, "mails", "resend", "1") == [{"number": 1, "state": "owed"}]
    [shown] = rows(run, "mails", "show", "1")
    assert (shown["state"], shown["dismissed_by"], shown["dismissed_because"]) == ("owed", None, None)


def test_what_cannot_be_dismissed_is_reported_and_the_rest_is_dismissed(filled: Path, run: Run) -> None:
    result = run("ipn", "mails", "dismiss", "1", "4", "9", "--reason", "called")
    assert result.exit_code == 1
    assert "[I104]: Cannot dismiss mail 4, 9: not found, sent, being sent, or already dismissed" in result.stderr
    assert [stored(filled, number).state for number in (1, 4)] == [MailState.DISMISSED, MailState.SENT]
    assert "Cannot dismiss mail 1" in run("ipn", "mails", "dismiss", "1", "--reason", "again").stderr
    assert stored(filled, 1).dismissal == Dismissal(by=getpass.getuser(), reason="called")


@pytest.mark.parametrize("words", [(), ("--reason", " ")])
def test_a_dismissal_needs_a_reason(filled: Path, run: Run, words: tuple[str, ...]) -> None:
    assert run("ipn", "mails", "dismiss", "1", *words).exit_code == 1
    assert stored(filled, 1).state is MailState.FAILED


def test_where_nothing_was_received_nothing_is_made(folder: Path, run: Run) -> None:
    assert run("ipn", "mails", "list").stdout == "No mail was due.\n"
    assert run("ipn", "mails", "resend", "--all").stdout == "No undelivered mail\n"
    assert not (folder / ".reconciler").exists()
