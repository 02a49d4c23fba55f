"""`reconciler import [SHOP]...`: live shops, or an export of the former admin, as manifests. The backend is only read."""

from __future__ import annotations

from functools import partial
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.options import completions as known
from reconciler.cli.options.output import exit_zero_option, output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.importing.secret_names import SecretNamePattern


def _names(_ctx: click.Context, _param: click.Parameter, value: str) -> SecretNamePattern:
    from reconciler.core.importing.secret_names import SecretNamePattern

    names = SecretNamePattern(value)
    if names.error is not None:
        message = gettext(_("The pattern cannot name secrets: {fault}.")).format(fault=names.error.render(gettext))
        raise click.BadParameter(message)
    return names


@click.command(
    cls=Command,
    name="import",
    short_help=_("Write live shops down as manifests."),
    help=_(
        "Write the shops named, or all, down as manifests: from the live backend, or from an export of the former admin"
        " (--from). SHOP is a shop key or a pattern such as 'kyoto-*'."
    )
    + "\n\n"
    + _(
        "New shops get a file each; what they have in common goes into _defaults.yaml and _groups. Manifests that are"
        " there are edited in place: only what differs changes, and comments stay. A token becomes a reference to a name, and"
        " its value is never asked for."
    )
    + "\n\n"
    + _(
        "Afterwards a plan over these shops is made: it must be empty, or what it would change is told. Nothing is written"
        " to the backend."
    ),
)
@click.argument("shops", nargs=-1, metavar="[SHOP]...", shell_complete=known.complete_shops)
@option(
    "--into", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help=_("The folder of manifests, else that of the settings."),
)  # fmt: skip
@option("--check", is_flag=True, help=_("Write nothing; show what would change (see the exit codes)."))
@option("--flat", is_flag=True, help=_("Everything into the shops' own files; nothing is shared."))
@option(
    "--share", type=click.IntRange(1, 100), default=60, metavar="PERCENT", show_default=True,
    help=_("What so many of the new shops have in common lies under all of them."),
)  # fmt: skip
@option(
    "--group-by",
    "label",
    metavar="LABEL",
    help=_("A group for each value of this label, in place of groups found by likeness."),
)
@option(
    "--into-group", "group", metavar="NAME", shell_complete=known.complete_groups,
    help=_("Put new shops into this group of the folder."),
)  # fmt: skip
@option("--complete", is_flag=True, help=_("Also declare what an existing manifest leaves unmanaged."))
@option(
    "--secret-pattern", "names", default="ref+env://{SHOP}_MWS_AUTH_TOKEN", metavar="PATTERN", callback=_names, show_default=True,
    help=_("What a shop's token is called; {SHOP} is its key as the name of a variable, {shop} as it is."),
)  # fmt: skip
@option(
    "--from", "export", type=click.Path(path_type=Path), metavar="FILE",
    envvar="RECONCILER_IMPORT_FROM",
    help=_("Take the values from this export (CSV) of the former admin, in place of the backend's."),
)  # fmt: skip
@option("--partial", is_flag=True, help=_("With --from: import the rows that can be mapped, though others cannot."))
@option("--mapping", is_flag=True, help=_("Show which columns and words of an export are understood, and end."))
@exit_zero_option
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: Path | None,
    shops: tuple[str, ...],
    flat: bool,
    share: int,
    label: str | None,
    into: Path | None,
    export: Path | None,
    mapping: bool,
    exit_zero: bool,
    **options: Any,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.core.importing.factor_out import FactorOptions
    from reconciler.core.results.table_result import ColumnsResult
    from reconciler.workflows.import_.manifests import import_manifests
    from reconciler.workflows.import_.run import ImportRequest

    if mapping:
        return terminal.show(ColumnsResult())
    if flat and label is not None:
        raise click.UsageError(gettext(_("--flat makes no groups, and --group-by does: leave one of them out")))
    request = ImportRequest(globs=shops, mining=FactorOptions(share=share, label=label, flat=flat), **options)
    return run_command(
        terminal, config, partial(import_manifests, into=into, export=export), request, exit_zero=exit_zero
    )
