"""A table on the terminal, in the format that was asked for."""

from __future__ import annotations

from reconciler.cli.terminal import Terminal
from reconciler.views.table import Table, render_table, table_json, table_markdown


def show(table: Table, terminal: Terminal) -> None:
    match terminal.output:
        case "json":
            terminal.write(table_json(table))
        case "markdown":
            terminal.write(table_markdown(table, terminal.look()))
        case _:
            terminal.write(render_table(table, terminal.look()))
