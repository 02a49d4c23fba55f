"""The files of `-o KIND=FILE`: each is replaced whole, and one that cannot be written stops none of the others.

In: one result. Out: a diagnostic for each file that was not written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.shell.typed_secrets import hide_words, typed_secrets
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.ports import SetupError
from reconciler.views.formats.registry import FORMATS
from reconciler.views.render import render_aside, render_pieces
from reconciler.wiring.terminal_files import write_output

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext


def write_files(result: CommandResult, files: Mapping[Path, str], context: RenderContext) -> tuple[Diagnostic, ...]:
    """One after the other, so that only one document is in memory, and of a large one only a piece."""
    return tuple(
        unwritten
        for file, kind in files.items()
        if (unwritten := _write(file, _document(result, kind, context))) is not None
    )


def _document(result: CommandResult, kind: str, context: RenderContext) -> Iterator[str]:
    """With what is said beside the result. A secret is in one value, and no value is divided."""
    chosen = context if FORMATS[kind].sourced else replace(context, sources={})
    secrets = typed_secrets()
    if FORMATS[kind].byte_mark:
        yield "\ufeff"
    yield hide_words(render_aside(result, kind, chosen), secrets)
    for piece in render_pieces(result, kind, chosen):
        yield hide_words(piece, secrets)


def _write(file: Path, pieces: Iterable[str]) -> Diagnostic | None:
    try:
        write_output(file, pieces)
    except SetupError as error:
        return diagnostic(error.code, error.text, hint=error.hint)
    return None
