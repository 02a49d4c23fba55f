"""The use case `fmt`: check each file, and write those that are not formatted.

A file that cannot be read is reported and skipped; the others are still written. With `--shard`, files are moved instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.authoring.format_result import FormatResult, ShardResult
from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.ports.files.file_changes import FileChange
    from reconciler.workflows.session import Session


@frozen
class FormatRequest:
    """`files` are paths, shop keys or patterns; all files without any. `check`: write nothing."""

    files: tuple[str, ...] = ()
    check: bool = False


def format_manifests(session: Session, request: FormatRequest) -> FormatResult:
    """Raises SetupError where the files cannot be written."""
    seen = tuple(session.manifest_files.formatter().format(request.files))
    changes = tuple(each.change for each in seen if each.change is not None)
    if not request.check:
        session.manifest_files.writer().write(changes)
    return FormatResult(
        files=tuple(map(file_edit, changes)),
        unchanged=sum(each.change is None and not each.findings for each in seen),
        diagnostics=sort_diagnostics(finding for each in seen for finding in each.findings),
        check=request.check,
    )


def shard_manifests(session: Session, request: FormatRequest) -> ShardResult:
    """Raises SetupError where a file cannot be moved. A shop with two files keeps both where they are."""
    sharder = session.manifest_files.sharder()
    planned = sharder.plan()
    if not request.check:
        sharder.move(planned.moves)
    return ShardResult(
        moves=planned.moves,
        unchanged=planned.unchanged,
        diagnostics=sort_diagnostics(planned.findings),
        check=request.check,
    )


def file_edit(change: FileChange) -> FileEdit:
    before = None if change.before is None else change.before.decode()
    return FileEdit(file=change.display_path, before=before, after=change.after.decode())
