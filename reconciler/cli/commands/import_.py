"""`reconciler import [SHOP]...`: live shops, or an export of the former admin, as manifests. The backend is only read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.shell import completions as known
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.importing.secret_names import SecretNamePattern
    from reconciler.core.results.authoring import ImportResult
    from reconciler.core.values import ShopKey
    from reconciler.wiring import Settings
    from reconciler.workflows.import_.run import ImportRequest


def _names(_ctx: click.Context, _param: click.Parameter, value: str) -> SecretNamePattern:
    from gettext import gettext

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
@output_options
def command(*, terminal: Terminal, config: Path | None, mapping: bool, **words: Any) -> ExitCode:
    if mapping:
        return _show_mapping(terminal)
    from gettext import gettext

    from reconciler.cli.shell.error_boundary import run_async_command

    if words["flat"] and words["label"] is not None:
        raise click.UsageError(gettext(_("--flat makes no groups, and --group-by does: leave one of them out")))

    async def story(settings: Settings) -> ExitCode:
        return await _import(settings, terminal, **words)

    return run_async_command(terminal, config, story)


async def _import(settings: Settings, terminal: Terminal, *, into: Path | None, **words: Any) -> ExitCode:
    from reconciler import wiring
    from reconciler.workflows.import_.run import ImportContext, import_shops

    request = _request(**words)
    async with wiring.observer(settings, terminal.log_request) as backend:
        desk = ImportContext(
            backend=backend,
            author=wiring.manifest_author(settings, into),
            writer=wiring.file_writer(),
            manifests=wiring.manifests_in(settings, into),
            secrets=wiring.secrets(settings),
            in_transition=lambda: _unsettled(settings),
        )
        imported = await import_shops(request, desk)
        log = terminal.log(backend.requests)
    terminal.findings(imported.all_findings)
    terminal.write(_shown(imported, terminal, log))
    return _verdict(imported)


def _unsettled(settings: Settings) -> Mapping[ShopKey, Diagnostic]:
    """Raises SetupError."""
    from reconciler import wiring
    from reconciler.workflows.in_transition import shops_in_transition

    with wiring.history(settings) as history:
        left = () if history is None else tuple(history.unfinished())
    with wiring.held_leases(settings) as held:
        return shops_in_transition(left, held)


def _request(  # noqa: PLR0913  # one argument for each word of the command line, all by keyword
    *,
    shops: tuple[str, ...],
    check: bool,
    flat: bool,
    share: int,
    label: str | None,
    group: str | None,
    complete: bool,
    names: SecretNamePattern,
    export: Path | None,
    partial: bool,
) -> ImportRequest:
    from reconciler import wiring
    from reconciler.core.importing.factor_out import FactorOptions
    from reconciler.core.importing.legacy_rows import read_legacy
    from reconciler.workflows.import_.run import ImportRequest

    table = None if export is None else wiring.load_table(export)
    return ImportRequest(
        globs=shops,
        names=names,
        mining=FactorOptions(share=share, label=label, flat=flat),
        group=group,
        complete=complete,
        legacy=None if table is None else read_legacy(table.file, table.headers, table.rows, names),
        partial=partial,
        check=check,
    )


def _verdict(imported: ImportResult) -> ExitCode:
    """Errors first; a backend that answered for some shops is not unreachable."""
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.exit_status import exit_code_for_diagnostics

    verdict = exit_code_for_diagnostics(imported.all_findings)
    if verdict is ExitCode.UNREACHABLE and imported.shops:
        return ExitCode.ERROR
    if verdict is not ExitCode.DONE:
        return verdict
    return ExitCode.DIFFERENCES if imported.check and imported.files else ExitCode.DONE


def _shown(imported: ImportResult, terminal: Terminal, log: Log) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.authoring import import_json

            return import_json(imported, log)
        case "markdown":
            from reconciler.views.markdown.authoring import import_markdown

            return import_markdown(imported, terminal.render_context())
        case _:
            from reconciler.views.text.authoring import render_import

            return render_import(imported, terminal.render_context())


def _show_mapping(terminal: Terminal) -> ExitCode:
    from reconciler.cli.shell.terminal import show
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.views.tables.columns import mapping_table

    show(mapping_table(None if terminal.output == "json" else terminal.render_context()), terminal)
    return ExitCode.DONE
