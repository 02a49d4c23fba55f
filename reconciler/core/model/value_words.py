"""What the values of a field are called: in English as a manifest writes them, in Japanese in the words of the admin screens.

In: a value and the words of its field. Out: messages. Which words a field has is part of its policy (`core/model/kinds`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ApiStatus, CommerceCreator, Registration, StorefrontStatus
from reconciler.lib.frozen_class import frozen

Named = bool | StrEnum
"""What has words: the values of a closed set."""


@frozen(kw_only=False)
class ValueWords:
    """The word of each value, by its English meaning; the catalogue translates it into the word on the screen."""

    pairs: tuple[tuple[Named, Message], ...] = ()

    def word(self, value: object) -> Message | None:
        return next((word for each, word in self.pairs if each is value), None)


def value_name(value: Named, words: ValueWords) -> Message:
    """For texts: what a manifest writes, or in Japanese the word. The catalogue chooses."""
    word = words.word(value)
    return msg("{value}", value=written(value)) if word is None else msg("{typed}", typed=written(value), word=word)


def value_to_type(value: Named, words: ValueWords) -> Message:
    """For a value that readers copy into a manifest: in Japanese the word with what a manifest writes beside it."""
    word = words.word(value)
    return msg("{value}", value=written(value)) if word is None else msg("{written}", written=written(value), word=word)


def written(value: Named) -> str:
    if isinstance(value, StrEnum):
        return str(value.value)
    return "true" if value else "false"


NO_WORDS: Final = ValueWords()
USE: Final = ValueWords(((True, msg("use")), (False, msg("do not use"))))
DISPLAY: Final = ValueWords(((True, msg("displayed")), (False, msg("not displayed"))))
OUTPUT: Final = ValueWords(((True, msg("included in pages")), (False, msg("not included in pages"))))
APPLICATION: Final = ValueWords(((True, msg("applied for")), (False, msg("not applied for"))))
CONTRACT: Final = ValueWords(((True, msg("contract signed")), (False, msg("no contract"))))
OPENING: Final = ValueWords(((StorefrontStatus.OPEN, msg("shop open")), (StorefrontStatus.CLOSED, msg("shop closed"))))
REGISTRATION: Final = ValueWords(
    ((Registration.REGISTERED, msg("registered")), (Registration.ABSENT, msg("not registered")))
)
SHOP_MODE: Final = ValueWords(
    (
        (CommerceCreator.DISABLED, msg("mode disabled")),
        (CommerceCreator.ENABLED, msg("mode enabled")),
        (CommerceCreator.RUNNING, msg("in operation (migrated)")),
    )
)
API_STATUS: Final = ValueWords(
    (
        (ApiStatus.UNCHECKED, msg("not checked yet")),
        (ApiStatus.VALID, msg("accepted by Amazon")),
        (ApiStatus.ERROR, msg("error")),
    )
)
