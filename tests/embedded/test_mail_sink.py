"""The mailbox of the served backend: which mails it takes, what it keeps of them, and whose they are."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

import anyio
import pytest
from fastapi import FastAPI

from reconciler.embedded.mail_sink import MOST_BYTES, MOST_RECIPIENTS, read_mail
from reconciler.embedded.resources.received_mails import KEPT, ReceivedMail, mails_of, store_mail
from tests.embedded.harness import KOBE, NARA, OSAKA

OSAKA_MAIL = "pay@osaka-books.example"
STRANGER = "somebody@mail.example"


@pytest.fixture
def app(start: Callable[..., FastAPI]) -> Iterator[FastAPI]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield start(pages=True, mail_listener=listener)


@pytest.fixture
def submit(app: FastAPI) -> Callable[[Callable[[smtplib.SMTP], object]], object]:
    """Runs the server for as long as a client has something to say."""

    def converse(client: Callable[[smtplib.SMTP], object]) -> object:
        port = app.state.services.config.mail_listener.getsockname()[1]

        def talk() -> object:
            with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
                return client(server)

        async def both() -> object:
            async with app.router.lifespan_context(app):
                return await anyio.to_thread.run_sync(talk)

        return anyio.run(both)

    return converse


def mail(text: str, *, to: str = OSAKA_MAIL, subject: str = "Amazonペイメント処理失敗通知") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = "FutureShop2 Amazonセラーセントラル通知 <noreply@system.future-shop.net>"
    made["To"] = to
    made["Subject"] = subject
    made.set_content(text, charset="utf-8", cte="base64")
    return made


def stored(app: FastAPI, shop: str) -> list[tuple[str, str, str]]:
    with app.state.services.reading() as connection:
        return [(row["recipient"], row["subject"], row["body"]) for row in mails_of(connection, shop)]


def test_a_mail_is_received_and_belongs_to_the_shop_that_it_names(app: FastAPI, submit) -> None:
    submit(lambda server: server.send_message(mail("店舗キー: nara-deer\n受注番号: 100000000001\n", to=STRANGER)))
    assert stored(app, NARA) == [
        (STRANGER, "Amazonペイメント処理失敗通知", "店舗キー: nara-deer\n受注番号: 100000000001\n")
    ]
    assert stored(app, OSAKA) == []


def test_a_mail_that_names_no_shop_belongs_to_the_owner_of_the_address(app: FastAPI, submit) -> None:
    submit(lambda server: [server.send_message(mail(text)) for text in ("一つ目", "店舗キー: nobody")])
    assert [body for _, _, body in stored(app, OSAKA)] == ["店舗キー: nobody\n", "一つ目\n"]
    assert stored(app, KOBE) == []


def test_a_mail_that_is_too_large_is_refused(app: FastAPI, submit) -> None:
    with pytest.raises(smtplib.SMTPException):
        submit(lambda server: server.send_message(mail("x" * MOST_BYTES)))
    assert stored(app, OSAKA) == []


def test_recipients_beyond_the_limit_are_refused(app: FastAPI, submit) -> None:
    many = [f"{number}@mail.example" for number in range(MOST_RECIPIENTS + 3)]
    refused = submit(lambda server: server.sendmail("a@mail.example", many, mail("店舗キー: osaka-books").as_bytes()))
    assert len(refused) == 3  # type: ignore[arg-type]
    assert len(stored(app, OSAKA)) == MOST_RECIPIENTS


def test_only_the_newest_mails_are_kept(app: FastAPI) -> None:
    services = app.state.services
    with services.database.writing() as connection:
        for number in range(KEPT + 5):
            made = ReceivedMail(sender_name="", sender="", recipient=OSAKA_MAIL, subject=str(number), body="")
            store_mail(connection, made, "2026-04-01T09:00:00")
    newest = [subject for _, subject, _ in stored(app, OSAKA)]
    assert (newest[0], len(newest)) == (str(KEPT + 4), 100)
    with services.reading() as connection:
        assert connection.exec_driver_sql("select count(*), min(subject + 0) from received_mails").one() == (KEPT, 5)


@pytest.mark.parametrize(
    ("content", "subject", "body"),
    [
        (b"", "", ""),
        (b"Subject: =?utf-8?b?6YCa55+l?=\r\n\r\nhello\r\n", "通知", "hello\n"),
        (b"Subject: =?klingon?b?//8=?=\r\n\r\nx", None, "x"),
        (b"Subject: a\r\n b\x00c\x1b[31m\r\n\r\ny\x00\x1b[0m", "a bc[31m", "y[0m"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nz", "", None),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", "", None),
        (b"From: <<<>>>@@\r\nSubject: \xff\xfe\r\n\r\n\xff", None, None),
        (b"Subject: " + b"s" * 5000 + b"\r\n\r\n" + b"b" * 50_000, "s" * 200, "b" * 20_000),
    ],
)
def test_whatever_a_mail_holds_becomes_text(content: bytes, subject: str | None, body: str | None) -> None:
    found = read_mail(content, "sender@mail.example", OSAKA_MAIL)
    assert subject in (None, found.subject)
    assert body in (None, found.body)
    for text in (found.subject, found.body, found.sender, found.sender_name):
        text.encode()
        assert "\x00" not in text
