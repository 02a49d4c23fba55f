"""`reconciler history [SHOP]`: which runs wrote, when, by whom, from which commit. Nothing is asked of the backend."""

from __future__ import annotations

from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.completions import complete_shops
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.runs.run_summary import RunSummary
    from reconciler.core.values import ShopKey
    from reconciler.ports import RunRow
    from reconciler.views.tables.history import Deeds
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="history",
    short_help=_("Show which runs wrote, when and by whom."),
    help=_("Show the runs that the journal remembers, newest first; with SHOP, those that had to do with it."),
)
@click.argument("shop", metavar="[SHOP]", required=False, shell_complete=complete_shops)
@option(
    "--steps", is_flag=True, help=_("With SHOP: what each run did there, step by step, and the backend's request ids.")
)
@option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help=_("How many runs at the most."))
@output_options
def command(*, terminal: Terminal, config: Path | None, shop: str | None, steps: bool, limit: int) -> ExitCode:
    from reconciler.cli.commands.show import parse_shop_key
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings

    if steps and shop is None:
        raise click.UsageError(gettext(_("--steps goes with a shop: reconciler history SHOP --steps")))

    key = parse_shop_key(shop) if shop else None

    def story(settings: Settings) -> ExitCode:
        from reconciler import wiring
        from reconciler.core.diagnostics.exit_codes import ExitCode

        with wiring.history(settings) as history:
            runs = [] if history is None else [_told(run) for run in history.runs(key, limit=limit)]
            if steps and history is not None and key is not None:
                did = [(run, history.step_records(run.run, key)) for run in runs]
                terminal.write(_steps_shown(did, key, terminal))
                return ExitCode.DONE
        terminal.write(_shown(runs, key, terminal))
        return ExitCode.DONE

    return with_settings(terminal, config, lambda settings: handle_errors(terminal, lambda: story(settings)))


def _shown(runs: Sequence[RunSummary], shop: ShopKey | None, terminal: Terminal) -> str:
    from reconciler.core.diagnostics.messages import msg
    from reconciler.views.json.history import history_json
    from reconciler.views.tables.history import history_full, history_terminal
    from reconciler.views.tables.table import render_table, table_markdown

    empty = msg("No run had to do with {shop}.", shop=shop) if shop else msg("Nothing was ever applied from here.")
    look = terminal.render_context()
    match terminal.output:
        case "json":
            return history_json(runs)
        case "markdown":
            return table_markdown(history_full(runs, look, empty), look)
        case _:
            return render_table(history_terminal(runs, look, empty), look)


def _steps_shown(runs: Deeds, shop: ShopKey, terminal: Terminal) -> str:
    from reconciler.core.diagnostics.messages import msg
    from reconciler.views.json.history import history_steps_json
    from reconciler.views.tables.history import steps_short, steps_whole
    from reconciler.views.tables.table import render_table, table_markdown

    empty, look = msg("No run had to do with {shop}.", shop=shop), terminal.render_context()
    match terminal.output:
        case "json":
            return history_steps_json(runs)
        case "markdown":
            return table_markdown(steps_whole(runs, look, empty), look)
        case _:
            return render_table(steps_short(runs, look, empty), look)


def _told(record: RunRow) -> RunSummary:
    from reconciler.core.runs.run_summary import RunSummary

    info = record.info
    return RunSummary(
        run=info.run,
        command=info.command,
        actor=info.actor,
        host=info.host,
        started=_utc(info.started),
        ended=_utc(record.ended) if record.ended else None,
        commit=info.commit,
        fingerprint=info.fingerprint or None,
        shops=record.shops,
        counts=record.counts,
        unfinished_shops=record.unfinished_shops,
        interrupted=record.interrupted,
        running=record.running,
        resumed_by=record.resumed_by,
    )


def _utc(moment: datetime) -> str:
    from reconciler.lib.utc import format_utc

    return format_utc(moment)
