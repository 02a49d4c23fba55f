"""The story of a new manifest: not where there is one, judged before it is written, and with what is still to be filled in."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.readiness import missing_prerequisites
from reconciler.core.importing.table_rows import ManifestDraft
from reconciler.core.model.state import Desired
from reconciler.core.results.authoring import NewManifestResult
from reconciler.core.values import Origin
from reconciler.ports.manifest_editing import FileWriter, ManifestDrafter
from reconciler.workflows.fmt import file_edit


def new(draft: ManifestDraft, source: str | None, drafts: ManifestDrafter, writer: FileWriter) -> NewManifestResult:
    """Raises SetupError where the source is not in order or the file cannot be written."""
    there = drafts.existing_file(draft)
    if there is not None:
        return NewManifestResult(shop=draft.shop, findings=(_already(draft, there),))
    drafted = drafts.scaffold(draft, source)
    if drafted.desired is None or drafted.change is None:
        return NewManifestResult(shop=draft.shop, findings=drafted.findings)
    writer.write((drafted.change,))
    news = file_edit(drafted.change)
    return NewManifestResult(
        shop=draft.shop, news=news, findings=tuple(_to_fill_in(drafted.desired, news.file, news.after))
    )


def _to_fill_in(wish: Desired, file: str, text: str) -> tuple[Diagnostic, ...]:
    """Each at the line that stands ready for it."""
    lines = text.splitlines()
    return tuple(replace(finding, origin=_ready(finding, file, lines)) for finding in missing_prerequisites(wish))


def _ready(finding: Diagnostic, file: str, lines: list[str]) -> Origin:
    key = f"{(finding.subject or '').rpartition('.')[2]}:"
    ready = (at for at, line in enumerate(lines) if line.lstrip().startswith("#") and key in line)
    at = next(ready, None)
    return Origin(file) if at is None else Origin(file, at + 1, lines[at].index("#") + 1)


def _already(draft: ManifestDraft, there: str) -> Diagnostic:
    return diagnostic(
        codes.ALREADY_THERE,
        msg("The shop {shop} has a manifest already", shop=draft.shop),
        expected=msg("a shop without one"),
        hint=msg("Edit that file, or delete it first"),
        shop=draft.shop,
        origin=Origin(there),
    )
