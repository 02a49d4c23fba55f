"""What can be fixed in an open file, one place at a time and all together.

In: the bytes of a file, and the document that it should be. Out: changes of its text. The rules are those of
`validate --fix`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.editing.find_fixes import TextFix, find_fixes
from reconciler.adapters.manifests.editing.fixer import fix_file
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports.editor.live_fleet import ProposedFix
from reconciler.ports.editor.text_places import TextChange, TextPlace, TextSpan, changed_text

_MOST: Final = 50
"""Places that are proposed one by one; a file with more is fixed as a whole."""


def fixes_of(parsed: Parsed, data: bytes, model: type[Document]) -> Iterator[ProposedFix]:
    text = data.decode()
    if parsed.readable:
        for number, fix in enumerate(find_fixes(parsed, data, model)):
            if number < _MOST:
                yield _single(fix, text)
    fixed, made = fix_file(data, parsed.file, model)
    if len(made) > 1:
        whole = msg("Fix everything that is safe to fix in this file ({count})", count=len(made))
        yield ProposedFix(text=whole, changes=changed_text(text, fixed.decode()))


def _single(fix: TextFix, text: str) -> ProposedFix:
    start = TextPlace(fix.fix.origin.line - 1, fix.fix.origin.column - 1)
    span = TextSpan(start, TextPlace(start.line, start.character + fix.end - fix.start))
    change = TextChange(span, fix.fix.after)
    said = _said(text[fix.start : fix.end], fix.fix.after)
    return ProposedFix(text=said, changes=(change,), kind=fix.fix.kind, span=span)


def _said(before: str, after: str) -> Message:
    return msg("Replace `{before}` with `{after}`", before=before, after=after)
