"""`reconciler schema [NAME]`: the JSON Schemas of manifests and of the documents this tool writes."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import gettext
from typing import TYPE_CHECKING, Final

import click

from reconciler.cli.options.output import language_options
from reconciler.cli.shell.click_ext import Command, _, argument, suggest_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


_OUTPUT: Final = _("JSON of {commands}")
_COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "attestation": ("attest",),
    "attestation-list": ("attest --list",),
    "alert-list": ("alerts list",),
    "alert-test": ("alerts test",),
    "ci-issues": ("ci issues",),
    "resent-alerts": ("alerts resend",),
    "sent-alerts": ("alerts send",),
    "changed-mails": ("ipn mails resend", "ipn mails dismiss"),
    "acceptance": ("findings accept",),
    "adopted": ("adopt",),
    "backup": ("store backup",),
    "blame": ("blame",),
    "copied": ("store copy",),
    "pruned": ("store prune",),
    "changed-notifications": ("ipn replay", "ipn park"),
    "checks": ("doctor",),
    "clauses": ("backend clauses",),
    "codes": ("explain",),
    "conformance": ("backend check",),
    "drift": ("drift",),
    "fields": ("explain FIELD",),
    "fleet-run": ("runs watch", "runs cancel"),
    "formatting": ("fmt",),
    "sharding": ("fmt --shard",),
    "heal": ("heal",),
    "history": ("history", "runs list"),
    "history-steps": ("history SHOP --steps",),
    "finding": ("findings show",),
    "finding-timeline": ("findings timeline",),
    "findings": ("findings list",),
    "import": ("import",),
    "import-mapping": ("import --mapping",),
    "init": ("init",),
    "keys": ("key",),
    "leases": ("leases",),
    "secrets": ("secrets list",),
    "rotation": ("secrets rotate",),
    "status": ("status",),
    "mail": ("ipn mails show",),
    "mails": ("ipn mails list",),
    "new": ("new",),
    "notification": ("ipn show",),
    "notification-counts": ("ipn stats",),
    "notifications": ("ipn list",),
    "observed": ("show",),
    "onboarding": ("onboard",),
    "offboarding": ("offboard",),
    "onboarding-columns": ("onboard --columns",),
    "onboarding-status": ("onboard --status",),
    "onboarding-mail": ("onboard --status --mail",),
    "plan": ("plan", "show-plan"),
    "polled": ("ipn poll",),
    "readmitted-notifications": ("ipn readmit",),
    "refused-notifications": ("ipn refused",),
    "report": ("apply",),
    "resume": ("resume",),
    "run-shops": ("runs show",),
    "settings-in-use": ("config show",),
    "simulated": ("ipn simulate",),
    "validation": ("validate",),
    "why": ("why",),
}
"""The commands that write the document of a schema."""
_OTHERS: Final[Mapping[str, str]] = {
    "attestations": _("attestations of a shop `_attestations/SHOP.yaml`"),
    "accepted-drift": _("the ledger of accepted drift `accepted-drift.yaml`"),
    "alert-event": _("what a webhook of `alerts.yaml` posts"),
    "alerts": _("the file of alerts `alerts.yaml`"),
    "failure": _("JSON of a command that failed before it had a result"),
    "run-event": _("an event in the journal"),
    "saved-plan": _("a plan saved by `plan --out`"),
    "settings": _("the settings file `reconciler.yaml`"),
    "shared": _("a shared manifest: `_defaults.yaml`, `_groups/*.yaml`"),
    "shop": _("the manifest of a shop"),
}


@click.command(
    cls=Command,
    name="schema",
    short_help=_("Print a JSON Schema."),
    help=_("Print the JSON Schema NAME: of manifests, settings, or a JSON document that this tool writes.")
    + "\n\n"
    + _("Without NAME, list all schemas."),
)
@argument("name", required=False)
@language_options
def command(*, terminal: Terminal, name: str | None) -> ExitCode:
    import json

    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring.schemas import schemas as all_schemas

    schemas = all_schemas()
    if name is None:
        formatter = click.get_current_context().make_formatter()
        formatter.write_dl([(known, _description(known)) for known in sorted(schemas)])
        terminal.write(formatter.getvalue())
    elif name in schemas:
        terminal.write_document(json.dumps(schemas[name](), ensure_ascii=False, indent=2) + "\n")
    else:
        raise _unknown(name, sorted(schemas))
    return ExitCode.DONE


def _description(schema: str) -> str:
    commands = _COMMANDS.get(schema)
    if commands is None:
        return gettext(_OTHERS[schema])
    return gettext(_OUTPUT).format(commands=", ".join(f"`{command}`" for command in commands))


def _unknown(name: str, known: list[str]) -> click.UsageError:
    message = gettext(_("unknown schema {name!r}.")).format(name=name)
    names = gettext(_("Available: {names}.")).format(names=", ".join(known))
    return click.UsageError(f"{message} {suggest_options(name, known) or names}")
