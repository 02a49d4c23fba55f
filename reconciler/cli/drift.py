"""`reconciler drift`: does the backend still stand as Git says? Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, _
from reconciler.cli.options import affected, reporting, selecting
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.drift import Drift
    from reconciler.core.exits import Verdict
    from reconciler.core.selection import Selection
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="drift",
    short_help=_("Show where the backend stands otherwise than Git says."),
    help=_(
        "Compare the live backend with the manifests of the shops named, or of all, field by field, and show what differs."
    )
    + "\n\n"
    + _("Nothing is written."),
)
@selecting
@affected
@reporting
def command(*, terminal: Terminal, config: Path | None, selection: Selection) -> Verdict:
    from dataclasses import replace

    from reconciler.cli.run import with_backend
    from reconciler.cli.slips import unmatched
    from reconciler.core.verdict import of_looking

    async def story(settings: Settings) -> Verdict:
        from reconciler import wiring
        from reconciler.workflows.drift import Evidence, find_drift
        from reconciler.workflows.resume import owed_reopenings

        with wiring.history(settings) as history:
            # Without a history there is no digest to compare with, and looking makes no key.
            key = None if history is None else wiring.digest_key(settings)
            async with wiring.observer(settings, terminal.heard) as backend:
                known = Evidence(
                    history=history,
                    key=key,
                    audit=wiring.audit(backend),
                    ear=wiring.ear(settings),
                    other_endpoints=frozenset(settings.sidecar.other_endpoints),
                )
                drift = await find_drift(
                    selection,
                    wiring.manifests(settings),
                    wiring.secrets(settings),
                    backend,
                    known,
                    memory=wiring.memory(settings),
                )
                log = terminal.log(backend.requests)
            left = () if history is None else history.unfinished()
        names = [shop.shop for shop in drift.shops]
        owed = [warning for warning in owed_reopenings(left) if warning.shop in names]
        drift = replace(drift, findings=(*drift.findings, *unmatched(selection, names, settings), *owed))
        terminal.findings(drift.findings)
        terminal.write(_shown(drift, terminal, log))
        return of_looking(tuple(drift.all_findings), differs=drift.differs)

    return with_backend(terminal, config, story)


def _shown(drift: Drift, terminal: Terminal, log: list[tuple[str, str, int | None]] | None) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.drift import drift_json

            return drift_json(drift, log)
        case "markdown":
            from reconciler.views.markdown.drift import drift_markdown

            return drift_markdown(drift, terminal.look())
        case _:
            from reconciler.views.text.drift import render_drift

            return render_drift(drift, terminal.look())
