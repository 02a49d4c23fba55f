"""Whether a text that a person typed may be written to a file in Git, and be shown on terminals and pages.

In: a text, what it is called, how long it may be. Out: what is wrong with it, or None. The text itself is never in the answer.
"""

from __future__ import annotations

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import CONTROL_CHARACTERS, credential_kind


def written_text_fault(text: str, what: Message, longest: int) -> Message | None:
    """`longest` is in characters."""
    form = credential_kind(text)
    if form is not None:
        return msg("{what} looks like {credential}", what=what, credential=form)
    if not text.strip():
        return msg("{what} is empty", what=what)
    if CONTROL_CHARACTERS.search(text):
        return msg("{what} contains a control character", what=what)
    if len(text) > longest:
        return msg("{what} has {count} characters", what=what, count=len(text))
    return None
