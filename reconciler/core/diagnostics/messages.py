"""A sentence for people: an English template and the values that go into it.

The core says *what* is to be told; a view says it in a language. The template is the message id of the
catalogues (gettext), so it must be a literal where `Message(...)` is written: the extractor reads it there.
Values are formatted by the view; a `Secret` among them is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.core.values import SealedSecret, Secret

MessageArg = str | int


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """`template` holds `{name}` places; `arguments` is sorted by name, so that equal texts are equal values."""

    template: str
    arguments: tuple[tuple[str, MessageArg | Message], ...] = ()

    def __str__(self) -> str:
        """In English, the source language: what machine formats carry."""
        return self.render(lambda template: template)

    def render(self, translate: Callable[[str], str]) -> str:
        """In the language of `translate`, which maps a template to a template."""
        values = {
            name: value.render(translate) if isinstance(value, Message) else value for name, value in self.arguments
        }
        return translate(self.template).format(**values)


def msg(template: str, /, **arguments: MessageArg | Message) -> Message:
    """A text from a literal template. Extracted for translation under this name."""
    for name, value in arguments.items():
        if isinstance(value, Secret | SealedSecret):
            raise TypeError(f"the text argument {name} is a secret")
    return Message(template, tuple(sorted(arguments.items())))
