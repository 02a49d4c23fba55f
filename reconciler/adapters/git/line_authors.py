"""Implements ports.findings.line_authors.LineAuthors with `git blame`.

In: a file below the folder of manifests, as people call it. Out: a commit for each of its lines, as the file is now. No hook,
no text conversion and no list of ignored revisions that a repository's settings name is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from reconciler.adapters.git.program import NO_REPOSITORY, GitMissing, GitProgram, GitSilent, first_line
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.ports.findings.line_authors import LineCommit

_BLAME: Final = ("blame", "--line-porcelain", "--no-textconv", "--no-progress", "--ignore-revs-file=")
_CONTENT: Final = b"\t"


@frozen(kw_only=False)
class GitLineAuthors:
    """`shown_as` is the folder as origins name it."""

    folder: Path
    shown_as: str

    def commits_of(self, file: str) -> Sequence[LineCommit | None]:
        name = Path(file)
        path = name.relative_to(self.shown_as) if name.is_relative_to(self.shown_as) else name
        tracked = self._ask("ls-files", "-z", "--", f":(literal){path.as_posix()}")
        if tracked.strip() == b"":
            return tuple(None for _ in (self.folder / path).read_bytes().splitlines())
        shallow = self._ask("rev-parse", "--is-shallow-repository").strip() == b"true"
        return tuple(_commits(self._ask(*_BLAME, "--", path.as_posix()), shallow=shallow))

    def _ask(self, *words: str) -> bytes:
        try:
            done = GitProgram(self.folder).ask(*words)
        except GitMissing:
            raise _unusable(msg("Git was not found: no program `git`")) from None
        except GitSilent as error:
            raise _unusable(msg("Git does not answer ({kind})", kind=str(error))) from None
        if done.returncode != 0:
            folder, reason = self.folder.as_posix(), redact(first_line(done.stderr))
            if NO_REPOSITORY in done.stderr:
                raise _unusable(msg("{folder} is in no Git repository", folder=folder))
            raise _unusable(msg("Git cannot read the repository at {folder}: {reason}", folder=folder, reason=reason))
        return done.stdout


def _unusable(text: Message) -> SetupError:
    return SetupError(text, code=codes.NO_CLONE)


def _commits(blamed: bytes, *, shallow: bool) -> Iterator[LineCommit | None]:
    """Of each line: `COMMIT ...`, facts as `name value`, and its content behind a tab."""
    commit, facts = b"", dict[bytes, bytes]()
    for line in blamed.split(b"\n"):
        if line.startswith(_CONTENT):
            yield _line_commit(commit.decode(), facts, shallow=shallow)
            commit, facts = b"", {}
        elif not commit:
            commit = line.partition(b" ")[0]
        else:
            name, _, value = line.partition(b" ")
            facts[name] = value


def _line_commit(commit: str, facts: Mapping[bytes, bytes], *, shallow: bool) -> LineCommit | None:
    if not commit.strip("0"):
        return None
    return LineCommit(
        commit=commit,
        author=redact(facts.get(b"author", b"").decode("utf-8", "replace")),
        at=format_utc(datetime.fromtimestamp(int(facts[b"author-time"]), UTC)),
        clone_ends=shallow and b"boundary" in facts,
    )
