"""What a division of a folder counts, and what it ends with."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.authoring.file_changes import FileMove
from reconciler.core.results.authoring.format_result import ShardResult

MOVED = ShardResult(moves=(FileMove("kyoto-tea.yaml", "ky/kyoto-tea.yaml"),), unchanged=3)


def test_files_are_counted() -> None:
    assert MOVED.counts == {"moved": 1, "unchanged": 3}


def test_only_a_check_that_would_move_something_has_another_end() -> None:
    ends = [each.exit_code for each in (MOVED, replace(MOVED, check=True), replace(MOVED, check=True, moves=()))]
    assert ends == [ExitCode.DONE, ExitCode.REFUSED, ExitCode.DONE]
