"""A sentence for people: an English template and the values that go into it.

The core chooses the message; a view renders it in a language. The template is the message id of the catalogues (gettext), so it
must be a literal argument of `msg()`, where the extractor reads it. Values are formatted by the view; a `Secret` is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from reconciler.core.values import SealedSecret, Secret
from reconciler.lib.frozen_class import frozen

MessageArg = str | int
Fill = Callable[[str, Mapping[str, MessageArg]], str]


@frozen(kw_only=False, order=True)
class Message:
    """`template` has `{name}` placeholders; `arguments` is sorted by name, so that equal messages compare equal."""

    template: str
    arguments: tuple[tuple[str, MessageArg | Message], ...] = ()

    def __str__(self) -> str:
        """In English, the source language: what machine formats carry."""
        return self.render(lambda template: template)

    def render(self, translate: Callable[[str], str], fill: Fill = str.format_map) -> str:
        """In the language of `translate`, which maps a template to a template; `fill` puts the values into it."""
        values = {
            name: value.render(translate, fill) if isinstance(value, Message) else value
            for name, value in self.arguments
        }
        return fill(translate(self.template), values)


def msg(template: str, /, **arguments: MessageArg | Message) -> Message:
    """A message from a literal template. Calls with this name are extracted for translation."""
    for name, value in arguments.items():
        if isinstance(value, Secret | SealedSecret):
            raise TypeError(f"the text argument {name} is a secret")
    return Message(template, tuple(sorted(arguments.items())))


def msg_list(texts: Sequence[Message]) -> Message:
    """The texts with commas between them, as the language writes a list; empty for none."""
    return reduce(lambda left, right: msg("{left}, {right}", left=left, right=right), texts) if texts else Message("")
