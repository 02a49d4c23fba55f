"""The explanation of a code beside its title: an example and what to do."""

from __future__ import annotations

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False)
class Explanation:
    """`example` is a message with the code, filled with typical values. `fix` holds for every diagnostic of the code; the hint
    of a diagnostic knows more about its case.
    """

    example: Message
    fix: Message


def field_name(title: str, key: str = "") -> Message:
    """The name of a field in an example, as `FieldRef` and `Policy` name it."""
    name = Message(title)
    return msg("{title} (`{key}`)", title=name, key=key) if key else name
