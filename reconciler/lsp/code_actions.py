"""Fixes and adoptions as code actions: each an edit of the open file that keeps comments and everything else.

In: what is proposed. Out: code actions for a range. A value is adopted at the line of its field; all values that the last look
found different are offered at the line of `shop`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lsprotocol import types

from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen
from reconciler.lsp.positions import Positions
from reconciler.lsp.words import Words
from reconciler.ports.editor.live_fleet import ProposedFix
from reconciler.ports.editor.text_places import TextChange, TextSpan
from reconciler.workflows.editor.last_look import SeenValue


@frozen
class OpenDocument:
    """`version` is the one that edits are for."""

    uri: str
    version: int | None
    positions: Positions

    def edit(self, changes: Sequence[TextChange]) -> types.WorkspaceEdit:
        edits = [types.TextEdit(range=self.positions.range_of(each.span), new_text=each.text) for each in changes]
        return types.WorkspaceEdit(changes={self.uri: list(edits)})


@frozen
class Adoption:
    """`changes` bring the live value into the file."""

    seen: SeenValue
    changes: Sequence[TextChange]


def fix_actions(
    fixes: Sequence[ProposedFix],
    around: TextSpan,
    shown: Sequence[types.Diagnostic],
    document: OpenDocument,
    words: Words,
) -> Iterator[types.CodeAction]:
    """`shown` are the diagnostics of the range, as the client sent them."""
    singles = [fix for fix in fixes if fix.span is not None and fix.span.shares_line(around)]
    for fix in singles:
        assert fix.span is not None
        place = document.positions.range_of(fix.span)
        yield types.CodeAction(
            title=words.say(fix.text),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[each for each in shown if _overlap(each.range, place)] or None,
            edit=document.edit(fix.changes),
            is_preferred=len(singles) == 1,
        )
    for fix in fixes:
        if fix.span is None:
            kind = types.CodeActionKind.SourceFixAll
            yield types.CodeAction(title=words.say(fix.text), kind=kind, edit=document.edit(fix.changes))


def _overlap(one: types.Range, other: types.Range) -> bool:
    def starts(of: types.Range) -> tuple[int, int]:
        return of.start.line, of.start.character

    def ends(of: types.Range) -> tuple[int, int]:
        return of.end.line, of.end.character

    return starts(one) <= ends(other) and starts(other) <= ends(one)


def adopt_actions(adoptions: Sequence[Adoption], document: OpenDocument, words: Words) -> Iterator[types.CodeAction]:
    for each in adoptions:
        seen = each.seen
        title = msg(
            "Adopt the live value {value} of `{place}` (last look {time})",
            value=words.value(seen.value),
            place=seen.place,
            time=words.time(seen.at),
        )
        yield types.CodeAction(
            title=words.say(title), kind=types.CodeActionKind.QuickFix, edit=document.edit(each.changes)
        )


def places_asked(on_lines: Mapping[str, TextSpan], managed: Sequence[str]) -> tuple[str, ...]:
    """The fields on the lines; on the line of `shop`, all that are managed."""
    return tuple(managed) if "shop" in on_lines else tuple(place for place in on_lines if place != "shop")
