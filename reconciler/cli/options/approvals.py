"""Options about what was approved: leaves that a CI job was handed."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.shell.click_ext import _, option

leaves_option = option(
    "--leaves",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help=_(
        "Leaves of a reviewed plan from an artifact or a cache, where the store does not have them. They count only if they lead"
        " to the recorded fingerprint. Repeatable."
    ),
)
