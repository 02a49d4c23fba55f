"""Moments for people: in Japanese texts the time in Japan, in English texts the local time with its offset. Machines read UTC.

In: moments as `lib/utc.py` writes them, alone or as arguments of messages. Out: strings; messages whose moments are local.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.core.diagnostics.messages import Message, MessageArg
from reconciler.views.i18n import Language

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_JAPAN: Final = "Asia/Tokyo"


def is_moment(value: object) -> bool:
    return isinstance(value, str) and len(value) == 20 and _MOMENT.fullmatch(value) is not None


def local_time(moment: str, language: Language, *, seconds: bool = False) -> str:
    """`2026-11-28 15:24`, in English with the offset: `2026-11-28 15:24+09:00`. Unchanged where it is no moment."""
    if not is_moment(moment):
        return moment
    try:
        utc = datetime.fromisoformat(moment)
        japanese = language.code == "ja"
        local = utc.astimezone(ZoneInfo(_JAPAN)).replace(tzinfo=None) if japanese else utc.astimezone()
    except (ValueError, OverflowError):  # no day of the calendar, or one at its very ends
        return moment
    return local.isoformat(sep=" ", timespec="seconds" if seconds else "minutes")


def with_local_times(text: Message, language: Language) -> Message:
    """The message with local times in the place of its moments."""
    if not any(isinstance(value, Message) or is_moment(value) for _, value in text.arguments):
        return text
    return Message(text.template, tuple((name, _localized(value, language)) for name, value in text.arguments))


def local_arguments(arguments: Mapping[str, MessageArg], language: Language) -> dict[str, MessageArg]:
    return {name: local_time(value, language) if isinstance(value, str) else value for name, value in arguments.items()}


def _localized(value: MessageArg | Message, language: Language) -> MessageArg | Message:
    if isinstance(value, Message):
        return with_local_times(value, language)
    return local_time(value, language) if isinstance(value, str) else value
