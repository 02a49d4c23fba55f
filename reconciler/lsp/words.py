"""Sentences of the language server, in the language that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import dumps
from reconciler.lib.frozen_class import frozen
from reconciler.views.i18n import language
from reconciler.views.i18n.local_times import local_time

if TYPE_CHECKING:
    from reconciler.core.model.layers import Leaf
    from reconciler.views.i18n import Language

_LONGEST: Final = 60
NOT_SET: Final = msg("(not set)")


@frozen(kw_only=False)
class Words:
    code: str

    @property
    def language(self) -> Language:
        return language(self.code)

    def say(self, text: Message) -> str:
        return self.language.translate(text)

    def time(self, moment: str) -> str:
        return local_time(moment, self.language)

    def value(self, value: Leaf | None) -> str:
        """On one line; a long text is cut."""
        if value is None:
            return self.say(NOT_SET)
        shown = dumps(value)
        return f"`{shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '...'}`"
