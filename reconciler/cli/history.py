"""`reconciler history [SHOP]`: which runs wrote, when, by whom, from which commit. Nothing is asked of the backend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, _, option
from reconciler.cli.options import reporting
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.exits import Verdict
    from reconciler.ports import RunRecord
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="history",
    short_help=_("Show which runs wrote, when and by whom."),
    help=_("Show the runs that the journal remembers, newest first; with SHOP, those that had to do with it."),
)
@click.argument("shop", metavar="[SHOP]", required=False)
@option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help=_("How many runs at the most."))
@reporting
def command(*, terminal: Terminal, config: Path | None, shop: str | None, limit: int) -> Verdict:
    from reconciler.cli.run import guarded, with_settings
    from reconciler.cli.show import key_of

    key = key_of(shop) if shop else None

    def story(settings: Settings) -> Verdict:
        from reconciler import wiring
        from reconciler.cli.listing import show
        from reconciler.core.exits import Verdict
        from reconciler.core.texts import say
        from reconciler.views.table import Table

        with wiring.history(settings) as history:
            runs = () if history is None else history.runs(key, limit=limit)
        columns = (
            ("started", say("started")),
            ("run", say("run")),
            ("command", say("command")),
            ("actor", say("by")),
            ("commit", say("commit")),
            ("shops", say("shops")),
            ("ended", say("ended")),
            ("fingerprint", say("fingerprint")),
        )
        rows = tuple(_row(run) for run in runs)
        show(
            Table(name="history", columns=columns, rows=rows, empty=say("Nothing was ever applied from here.")),
            terminal,
        )
        return Verdict.DONE

    return with_settings(terminal, config, lambda settings: guarded(terminal, lambda: story(settings)))


def _row(run: RunRecord) -> tuple[str, ...]:
    from reconciler.core.events import ShopStarted

    info = run.info
    shops = sum(1 for recorded in run.events if isinstance(recorded.event, ShopStarted))
    ended = run.ended.strftime("%Y-%m-%dT%H:%M:%SZ") if run.ended else "-"
    return (
        info.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        info.run,
        info.command,
        f"{info.actor}@{info.host}",
        (info.commit or "-")[:12],
        str(shops),
        ended,
        info.fingerprint or "-",
    )
