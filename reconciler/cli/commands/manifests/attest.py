"""`reconciler attest SHOP ITEM`: records what a person has checked because no API can read it, beside the manifests."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.click_types import Range
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode

_LONGEST_DAYS = 3650


@click.command(
    cls=Command,
    name="attest",
    short_help=_("Record what a person checked and no API can read."),
    help=_(
        "Record that a person checked ITEM of SHOP: something that no API can read. The entry is written to"
        " _attestations/SHOP.yaml in the folder of the manifest, which belongs into Git. It replaces the present entry of the"
        " item. Nothing waits for an attestation."
    )
    + "\n\n"
    + _(
        "ITEM is one of: ipn-endpoint, javascript-origins, privacy-url, shop-name, test-order; for a shop that leaves:"
        " revoked-at-amazon, authorisations-closed."
    ),
)
@argument("words", nargs=-1, metavar=_("[SHOP ITEM | SHOP...]"), shell_complete=complete_shops)
@option("--by", metavar="PERSON", help=_("Who checked it. Default: your name and address in Git."))
@option("--on", metavar="DATE", help=_("The day of the check (2026-12-31). Default: today."))
@option("--expires", metavar="DATE", help=_("The last day on which it holds. Default: it does not expire."))
@option("--expires-in", type=Range(1, _LONGEST_DAYS), metavar="DAYS", help=_("The same, in days after the check."))
@option("--note", metavar="TEXT", help=_("What was checked, or where."))
@option("--withdraw", is_flag=True, help=_("Remove the entry of ITEM."))
@option("--list", "list_", is_flag=True, help=_("List the attestations of SHOP (a key or a pattern; default: all)."))
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    words: tuple[str, ...],
    by: str | None,
    on: str | None,
    expires: str | None,
    expires_in: int | None,
    note: str | None,
    withdraw: bool,
    list_: bool,
) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.onboarding import attest

    about_entry = any(value is not None for value in (by, on, expires, expires_in, note))
    if (withdraw or list_) and (about_entry or (withdraw and list_)):
        raise click.UsageError(gettext(_("--withdraw and --list take no other option of an entry")))
    if list_:
        return run_command(terminal, config, attest.list_attestations, words)
    if len(words) != 2:
        raise click.UsageError(gettext(_("expected SHOP and ITEM: reconciler attest kyoto-tea privacy-url")))
    if expires is not None and expires_in is not None:
        raise click.UsageError(gettext(_("--expires and --expires-in exclude each other")))
    shop, item = parse_shop_key(words[0]), words[1]
    if withdraw:
        return run_command(terminal, config, attest.withdraw_attestation, shop, item)
    request = attest.AttestRequest(
        shop=shop, item=item, by=by, on=on, expires=expires, expires_in=expires_in, note=note
    )
    return run_command(terminal, config, attest.attest_item, request)
