"""A real SMTP server on loopback whose behaviour each test sets, and that keeps accepted mails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

TAKEN = "250 taken"


@dataclass
class PostOffice:
    """`rcpt` and `data` answer a mail, instead of which `LOSE` closes the connection and `HANG` never answers; after the text was
    read in the case of `data`. `before_data` is called then. `read` are the Message-ID and the receiver of each text that was
    read and not refused: they may have been delivered. `rcpts` are answers to the first receivers, instead of `rcpt`.
    """

    rcpt: str = TAKEN
    rcpts: list[str] = field(default_factory=list)
    data: str = TAKEN
    sender: str = TAKEN
    taken: list[EmailMessage] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    before_data: Callable[[], None] = lambda: None
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _s: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender

    async def handle_RCPT(self, server: SMTP, _s: Session, envelope: Envelope, address: str, _o: list[str]) -> str:  # noqa: N802 - as above
        if await self._without_answer(server, self.rcpt):
            return TAKEN
        said = self.rcpts.pop(0) if self.rcpts else self.rcpt
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.before_data()
        if not self.data.startswith(("4", "5")):
            self._note(envelope)
        if await self._without_answer(server, self.data):
            return TAKEN
        if self.data.startswith("2"):
            assert isinstance(envelope.content, bytes)
            assert envelope.mail_from is not None
            self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return self.data

    def _note(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        name = message_from_bytes(envelope.content, policy=default)["Message-ID"]
        self.read.extend((name, receiver) for receiver in envelope.rcpt_tos)

    async def _without_answer(self, server: SMTP, word: str) -> bool:
        """A server that hangs does so until its client goes."""
        if word == HANG:
            await asyncio.Event().wait()
        if word == LOSE:
            assert server.transport is not None
            server.transport.close()
        return word == LOSE

    def login(self, _server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
        pair = (data.login, data.password)  # type: ignore[attr-defined]
        self.logins.append(pair)
        return AuthResult(success=pair == (b"shop", b"a-password"), handled=False)


LOSE = "lose"
HANG = "hang"


@contextmanager
def in_a_thread(office: PostOffice) -> Iterator[PostOffice]:
    """For a client that blocks this thread."""
    started, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        async with opened(office):
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(60)
        yield office
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@asynccontextmanager
async def opened(office: PostOffice, *, login: bool = False) -> AsyncIterator[PostOffice]:
    def made() -> SMTP:
        words = {"authenticator": office.login, "auth_require_tls": False} if login else {}
        return SMTP(office, hostname="loopback", ident="test", enable_SMTPUTF8=False, **words)  # type: ignore[arg-type]

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
