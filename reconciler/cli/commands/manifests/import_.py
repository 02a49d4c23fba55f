"""`reconciler import [SHOP]...`: manifests from live shops, or from an export of the former admin. The backend is only read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from reconciler.cli.options import completions as known
from reconciler.cli.options.output import (
    check_option,
    exit_zero_option,
    expand_option,
    output_options,
    parallelism_option,
)
from reconciler.cli.options.project import backend_option, project_options, require_ci
from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.importing.secret_names import SecretNamePattern
    from reconciler.workflows.import_.project import ProjectRequest

_OF_INIT: Final = ("backend", "owner", "ci", "requirement")


def _names(_ctx: click.Context, _param: click.Parameter, value: str) -> SecretNamePattern:
    from reconciler.core.importing.secret_names import SecretNamePattern

    names = SecretNamePattern(value)
    if names.error is not None:
        message = gettext(_("invalid pattern for secret names: {fault}")).format(fault=names.error.render(gettext))
        raise click.BadParameter(message)
    return names


@click.command(
    cls=Command,
    name="import",
    short_help=_("Generate manifests from live shops."),
    help=_(
        "Generate manifests for the selected shops (default: all) from the backend, or from an export of the former admin"
        " (--from). SHOP is a shop key or a pattern such as 'kyoto-*'."
    )
    + "\n\n"
    + _(
        "Each new shop gets a file; values that many shops share go into _defaults.yaml and _groups. Existing manifests are"
        " edited in place: only differing values change, and comments are kept. A token is written as a reference; its value"
        " is never read."
    )
    + "\n\n"
    + _(
        "Afterwards a plan for these shops is made. It should be empty; if it is not, its changes are shown. Nothing is"
        " written to the backend."
    )
    + "\n\n"
    + _(
        "With --init, a new folder also gets what `reconciler init` writes: reconciler.yaml with --backend, .gitignore, JSON"
        " Schemas for editors, CODEOWNERS (from --owner and the label `owner` of shops) and CI files (with --ci). Existing files"
        " are kept."
    ),
)
@argument("shops", nargs=-1, metavar="[SHOP]...", shell_complete=known.complete_shops)
@option(
    "--into", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help=_("Folder of manifests. Default: the folder in the settings."),
)  # fmt: skip
@check_option
@option("--flat", is_flag=True, help=_("Write all values into the files of the shops, without defaults and groups."))
@option(
    "--share", type=WholeNumber(1, 100), default=60, metavar="PERCENT", show_default=True,
    help=_("Minimum share of new shops that must agree for a value to go into _defaults.yaml."),
)  # fmt: skip
@option(
    "--group-by",
    "label",
    metavar="LABEL",
    help=_("Create one group for each value of this label. Default: groups of similar shops."),
)
@option(
    "--into-group", "group", metavar="NAME", shell_complete=known.complete_groups,
    help=_("Put new shops into this existing group."),
)  # fmt: skip
@option("--complete", is_flag=True, help=_("Also add fields that an existing manifest does not manage."))
@option(
    "--secret-pattern", "names", default="ref+env://{SHOP}_MWS_AUTH_TOKEN", metavar="PATTERN", callback=_names, show_default=True,
    help=_("Reference to the token of a shop. {SHOP} stands for its key as a variable name, {shop} for the key itself."),
)  # fmt: skip
@option(
    "--from", "export", type=click.Path(path_type=Path), metavar="FILE",
    help=_("Use the values in this export (CSV) of the former admin instead of the backend's."),
)  # fmt: skip
@option("--partial", is_flag=True, help=_("With --from: import the rows that can be mapped even if others cannot."))
@option(
    "--mapping", is_flag=True, help=_("Show how columns and words of the former admin map to manifest keys, and exit.")
)
@option("--init", is_flag=True, help=_("Also set up the folder for a fleet, as `reconciler init` does."))
@backend_option(_("With --init: address of the admin backend, for a folder without settings."))
@project_options
@exit_zero_option
@parallelism_option
@expand_option
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    shops: tuple[str, ...],
    flat: bool,
    share: int,
    label: str | None,
    into: Path | None,
    export: Path | None,
    mapping: bool,
    exit_zero: bool,
    init: bool,
    **options: Any,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.core.importing.factor_out import FactorOptions
    from reconciler.core.results.table_result import ColumnsResult
    from reconciler.workflows.import_.manifests import ImportFolder, import_manifests
    from reconciler.workflows.import_.project import import_project
    from reconciler.workflows.import_.run import ImportRequest

    if mapping:
        return terminal.show(ColumnsResult())
    if export is None:
        refuse_without_effect(("partial",), _("--partial needs --from: it is about the rows of an export"))
    if flat:
        refuse_without_effect(("share",), _("--share has no effect with --flat: nothing is shared then"))
    if flat and label is not None:
        raise click.UsageError(gettext(_("--flat and --group-by exclude each other")))
    project = _project({name: options.pop(name) for name in _OF_INIT}, into, init=init)
    request = ImportRequest(globs=shops, mining=FactorOptions(share=share, label=label, flat=flat), **options)
    folder = ImportFolder(path=into, gets_schemas=init)
    if project is None:
        work = partial(import_manifests, export=export, folder=folder)
        return run_command(terminal, config, work, request, exit_zero=exit_zero)
    config = replace(config, initial=project.settings)
    work = partial(import_project, project=project, export=export, folder=folder)
    return run_command(terminal, config, work, request, exit_zero=exit_zero)


def _project(given: dict[str, str | None], into: Path | None, *, init: bool) -> ProjectRequest | None:
    from reconciler.workflows.import_.project import ProjectRequest
    from reconciler.workflows.setup.project_files import settings_text

    if not init:
        refuse_without_effect(_OF_INIT, _("{option} requires --init"))
        return None
    require_ci(given["ci"])
    settings = settings_text(given["backend"], manifests="shops" if into is None else into.as_posix())
    return ProjectRequest(settings=settings, **given)
