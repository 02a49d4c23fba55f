"""Types of options and arguments, with their names and ranges in the reader's language."""

from __future__ import annotations

import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import _

if TYPE_CHECKING:
    Range = click.types.IntRange
else:
    Range = click.IntRange


class WholeNumber(Range):
    """A whole number within bounds that are part of it."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return gettext.gettext(_("whole number"))

    def _describe_range(self) -> str:
        if self.max is None:
            return gettext.gettext(_("{low} or more")).format(low=self.min)
        return gettext.gettext(_("{low}-{high}")).format(low=self.min, high=self.max)


PORT = WholeNumber(0, 65535)
"""A port; 0 asks for a free one."""
