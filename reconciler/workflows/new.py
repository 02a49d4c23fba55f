"""The story of a new manifest: not where there is one, judged before it is written, and with what is still to be filled in."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import say
from reconciler.core.importing.readiness import lacking
from reconciler.core.importing.table_rows import Draft
from reconciler.core.model.state import Desired
from reconciler.core.results.authoring import Begun
from reconciler.core.values import Origin
from reconciler.ports.manifest_editing import Drafts, FileWriter
from reconciler.workflows.fmt import news_of


def new(draft: Draft, source: str | None, drafts: Drafts, writer: FileWriter) -> Begun:
    """Raises Unusable where the source is not in order or the file cannot be written."""
    there = drafts.there(draft)
    if there is not None:
        return Begun(shop=draft.shop, findings=(_already(draft, there),))
    drafted = drafts.begun(draft, source)
    if drafted.desired is None or drafted.change is None:
        return Begun(shop=draft.shop, findings=drafted.findings)
    writer.write((drafted.change,))
    news = news_of(drafted.change)
    return Begun(shop=draft.shop, news=news, findings=tuple(_to_fill_in(drafted.desired, news.file, news.after)))


def _to_fill_in(wish: Desired, file: str, text: str) -> tuple[Diagnostic, ...]:
    """Each at the line that stands ready for it."""
    lines = text.splitlines()
    return tuple(replace(finding, origin=_ready(finding, file, lines)) for finding in lacking(wish))


def _ready(finding: Diagnostic, file: str, lines: list[str]) -> Origin:
    key = f"{(finding.subject or '').rpartition('.')[2]}:"
    ready = (at for at, line in enumerate(lines) if line.lstrip().startswith("#") and key in line)
    at = next(ready, None)
    return Origin(file) if at is None else Origin(file, at + 1, lines[at].index("#") + 1)


def _already(draft: Draft, there: str) -> Diagnostic:
    return found(
        codes.ALREADY_THERE,
        say("The shop {shop} has a manifest already", shop=draft.shop),
        expected=say("a shop without one"),
        way_on=say("Edit that file, or delete it first"),
        shop=draft.shop,
        origin=Origin(there),
    )
