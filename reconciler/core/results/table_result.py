"""The result of a command that lists rows: leases, notifications, columns that are understood."""

from __future__ import annotations

from typing import ClassVar

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message
from reconciler.core.results.command import CommandResult
from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False)
class NamedCell:
    """A word with a key for machines and a title for people."""

    key: str
    title: Message


Cell = str | int | bool | NamedCell | None
"""People read a bool as yes or no."""


@frozen
class TableResult(CommandResult):
    """`name` is the name of its document. `columns` pair a key for machines with a heading for people; `empty` replaces
    a table without rows. `transposed`: people see the one row as a list of fields. `brief` names the columns that a terminal
    has room for; empty: all.
    """

    kind: ClassVar[str] = "table"
    name: str
    columns: tuple[tuple[str, Message], ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: Message
    transposed: bool = False
    brief: tuple[str, ...] = ()
    status: ExitCode = ExitCode.DONE

    @property
    def exit_code(self) -> ExitCode:
        return self.status


@frozen
class NewFindingsResult(TableResult):
    """The findings that are new since the same question was asked last. `read_by` is who asked, and the last event that is known
    once the table is shown.
    """

    read_by: tuple[str, int] | None = None


@frozen
class ColumnsResult(CommandResult):
    """The columns of a table or export that are understood; with `owners` also those of an onboarding table."""

    kind: ClassVar[str] = "columns"
    owners: bool = False
