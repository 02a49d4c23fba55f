"""What is told of a code beside its title."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.diagnostics.messages import Message


@dataclass(frozen=True, slots=True)
class Explanation:
    """`example` is a message that carries the code, with values such as it is filled with. `mend` is for any finding of the code;
    the finding's own way on knows more of its case.
    """

    example: Message
    fix: Message
