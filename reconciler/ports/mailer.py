"""Sending one mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`message_id` is the same for each attempt at this mail, so that a duplicate can be recognised."""

    message_id: str
    to: str
    sender_name: str
    sender: str
    subject: str
    text: str


class MailUnavailable(Exception):
    """Not sent, certainly; it may go later."""


class MailRefused(Exception):
    """Not sent, and this mail never will be: its address or content is refused permanently."""


class MailUncertain(Exception):
    """The text was handed over and no answer came: it may have been sent."""


class Mailer(Protocol):
    async def send(self, mail: Mail, before_text: Callable[[], Awaitable[None]]) -> None:
        """`before_text` is awaited once the server took sender and receiver, and before the text leaves.

        Raises MailUnavailable, MailRefused, MailUncertain.
        """
        ...
