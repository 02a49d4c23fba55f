"""The files of `-o KIND=FILE`: each is replaced whole, and one that cannot be written stops none of the others.

In: one result. Out: a diagnostic for each file that was not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.shell.typed_secrets import hide_words, typed_secrets
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.ports import SetupError
from reconciler.views.formats.registry import FORMATS
from reconciler.views.render import render_aside, render_result
from reconciler.wiring.terminal_files import write_output

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext


def write_files(result: CommandResult, files: Mapping[Path, str], context: RenderContext) -> tuple[Diagnostic, ...]:
    """One after the other, so that only one document is in memory."""
    return tuple(
        unwritten
        for file, kind in files.items()
        if (unwritten := _write(file, _document(result, kind, context))) is not None
    )


def _document(result: CommandResult, kind: str, context: RenderContext) -> str:
    """With what is said beside the result."""
    chosen = context if FORMATS[kind].sourced else replace(context, sources={})
    text = f"{render_aside(result, kind, chosen)}{render_result(result, kind, chosen)}"
    return hide_words(text, typed_secrets())


def _write(file: Path, text: str) -> Diagnostic | None:
    try:
        write_output(file, text)
    except SetupError as error:
        return diagnostic(error.code, error.text, hint=error.hint)
    return None
