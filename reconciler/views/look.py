"""What a view for people is told about its reader: language, and whether colours are wanted. Values are put into words here.

In: scalars and texts of the core. Out: strings that are safe on a terminal. A secret comes out as words, whatever it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.core.texts import Argument, Text, say
from reconciler.core.values import ABSENT, UNSET, Digested, Scalar, SealedSecret, Secret, SecretRef, Unset
from reconciler.views.cells import quoted, visible
from reconciler.views.messages import Language
from reconciler.views.paint import Style, paint

Showable = Scalar | Unset | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    language: Language
    colour: bool = False

    def tell(self, text: Text) -> str:
        return visible(self.language.tell(text))

    def plural(self, one: str, many: str, count: int, /, **arguments: Argument) -> str:
        return visible(self.language.plural(one, many, count, **arguments))

    def paint(self, text: str, style: Style | None) -> str:
        return paint(text, style, colour=self.colour)

    def value(self, value: Showable) -> str:
        """As a manifest writes it where it can be written there; in words where it cannot."""
        match value:
            case bool():
                return "true" if value else "false"
            case Secret() | SealedSecret() | SecretRef() | Digested():
                return self.tell(say("(sensitive value)"))
            case Enum() if value is ABSENT:
                return self.tell(say("(not set)"))
            case Enum() if value is UNSET:
                return self.tell(say("(not known)"))
            case Enum():
                return str(value.value)
            case str():
                return quoted(value)
            case _:
                return ", ".join(quoted(item) for item in value) or self.tell(say("(none)"))
