"""The lines that a pull request changes, for reports that show its own problems first.

In: a clone and the commit that the pull request is compared with. Out: numbers of lines of the files as they are now, by their
path from the root. Where the clone does not have that commit there are none: nothing is fetched for the order of a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from reconciler.adapters.git.program import GitMissing, GitProgram, GitSilent, path_of

_HUNK: Final = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_COMMIT: Final = re.compile(r"[0-9a-f]{40,64}")
_DIFF: Final = ("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--dst-prefix=")
_NAME: Final = b"+++ "


def changed_lines(folder: Path, base: str) -> Mapping[str, frozenset[int]]:
    """From the merge base on, as the pull request shows them."""
    if _COMMIT.fullmatch(base) is None:
        return {}
    try:
        done = GitProgram(folder).ask("-c", "core.quotePath=false", *_DIFF, f"{base}...HEAD", "--")
    except (GitMissing, GitSilent):
        return {}
    found: dict[str, set[int]] = {}
    for path, line in _lines(done.stdout if done.returncode == 0 else b""):
        found.setdefault(path, set()).add(line)
    return {path: frozenset(lines) for path, lines in found.items()}


def _lines(diff: bytes) -> Iterator[tuple[str, int]]:
    """A file may hold what looks like a header: the lines of a hunk are counted, not read."""
    path, skip = "", 0
    for line in diff.split(b"\n"):
        if skip:
            skip -= 1
        elif line.startswith(_NAME):
            path = path_of(line.removeprefix(_NAME).rstrip(b"\t"))
        elif hunk := _HUNK.match(line):
            removed, first, added = (1 if count is None else int(count) for count in hunk.groups())
            skip = removed + added
            yield from ((path, at) for at in range(first, first + added))
