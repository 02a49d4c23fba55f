"""A field by one of its names: a usage error suggests what was probably meant."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import _, suggest_options

if TYPE_CHECKING:
    from reconciler.core.model.state import FieldRef


def complete_fields(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.core.model.field_names import field_names

    return [name for name in field_names() if name.startswith(incomplete)]


def parse_field(_ctx: click.Context, _param: click.Parameter, value: str | None) -> FieldRef | None:
    from reconciler.core.model.field_names import find_field

    return None if value is None else find_field(value) or _unknown(value)


def parse_field_or_entry(_ctx: click.Context, _param: click.Parameter, value: str) -> FieldRef:
    """Also one entry of a map field; not such a field as a whole."""
    from reconciler.core.findings.fields import field_at

    found = field_at(value) or _unknown(value)
    if found.spec.policy.entries and found.entry is None:
        text = gettext(_("`{field}` holds several texts: name one of them"))
        raise click.BadParameter(text.format(field=value))
    return found


def _unknown(value: str) -> FieldRef:
    from reconciler.core.model.field_names import field_names

    message = gettext(_("unknown field {name!r}.")).format(name=value)
    known = gettext(_("Available: {names}.")).format(names=", ".join(field_names()))
    raise click.BadParameter(f"{message} {suggest_options(value, field_names()) or known}")
