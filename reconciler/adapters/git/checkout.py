"""Implements ports.watch.checkout.WatchedCheckout over the clone that holds the folder of manifests.

An update fetches the branch that the current one follows, and moves to it only where nothing has to be merged. Files that are not
committed, also ignored ones, stay as they are: where an update would overwrite one, nothing is updated.
"""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from reconciler.adapters.git.program import NO_REPOSITORY, GitMissing, GitProgram, GitSilent, first_line
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

_FETCH_SECONDS: Final = 60.0
_FETCH: Final = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--")
_SETTINGS: Final = ("-c", "submodule.recurse=false", "-c", "merge.autoStash=false")
_MOVE: Final = (*_SETTINGS, "merge", "--ff-only", "--quiet", "--no-stat", "--no-autostash", "--no-overwrite-ignore")
_HERE: Final = "."
"""The remote of a branch that follows another one of the same clone."""
_NO: Final = 1
_SHOWN: Final = 5
_ALONE: Final = msg("Commit, move or remove them; the next attempt updates the checkout")


@frozen
class _Followed:
    """The branch of a remote that the current branch follows: its name there, and the reference that remembers it here."""

    remote: str
    name: str
    reference: str


class GitCheckout:
    """`folder` holds the manifests; the repository may be above it, and the folder may be a link that is swapped."""

    def __init__(self, folder: Path) -> None:
        self._git = GitProgram(folder)

    def head(self) -> str | None:
        done = self._ask("rev-parse", "--verify", "HEAD^{commit}")
        if done.returncode == 0:
            return done.stdout.decode().strip()
        if NO_REPOSITORY in done.stderr:
            return None
        raise _unusable(
            msg(
                "Git cannot read the repository at {folder}: {reason}",
                folder=self._git.folder.as_posix(),
                reason=_reason(done),
            ),
            msg("Run `git status` in that folder"),
        )

    def upstream(self) -> str:
        followed = self._followed()
        return f"{followed.remote}/{_short(followed.name)}"

    def update(self) -> None:
        followed = self._followed()
        if followed.remote != _HERE:
            self._fetch(followed)
        here, there = self._commit("HEAD"), self._commit(followed.reference)
        if here == there or self._is_ancestor(there, here):
            return
        if not self._is_ancestor(here, there):
            text = msg(
                "The checkout is at {here}, which is not part of {branch} at the remote",
                here=here[:12],
                branch=_short(followed.name),
            )
            raise _refused(text, msg("Push or remove the commits that only the checkout has, or clone again"))
        self._move_to(there)

    def _followed(self) -> _Followed:
        branch = self._ask("symbolic-ref", "--quiet", "HEAD")
        if branch.returncode != 0:
            text = msg("The checkout is on no branch, so that it follows nothing")
            hint = msg("Check out a branch, or turn `watch.pull` off where something else updates the folder")
            raise _refused(text, hint)
        name = branch.stdout.decode().strip()
        form = "--format=%(upstream:remotename)%00%(upstream:remoteref)%00%(upstream)"
        found = self._said("for-each-ref", form, "--", name).strip().split("\0")
        if len(found) != 3 or not all(found):
            text = msg("The branch {branch} of the checkout follows no branch of a remote", branch=_short(name))
            raise _refused(text, msg("Set it with `git branch --set-upstream-to=origin/BRANCH`"))
        return _Followed(remote=found[0], name=found[1], reference=found[2])

    def _fetch(self, followed: _Followed) -> None:
        refspec = f"+{followed.name}:{followed.reference}"
        done = self._ask(*_FETCH, followed.remote, refspec, seconds=_FETCH_SECONDS)
        if done.returncode != 0:
            text = msg("The remote of the checkout cannot be read: {reason}", reason=_reason(done))
            raise _refused(text, msg("Check the network and the credentials of Git; what is checked out is used"))

    def _move_to(self, commit: str) -> None:
        done = self._ask(*_MOVE, commit)
        if done.returncode == 0:
            return
        files = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.startswith("\t")]
        if files:
            shown = ", ".join([*files[:_SHOWN], *(["..."] if files[_SHOWN:] else [])])
            text = msg("An update of the checkout would overwrite files that are not committed: {files}", files=shown)
            raise _refused(text, _ALONE)
        text = msg("The checkout cannot be moved to {commit}: {reason}", commit=commit[:12], reason=_reason(done))
        raise _refused(text, msg("Run `git status` in that folder"))

    def _commit(self, reference: str) -> str:
        return self._said("rev-parse", "--verify", f"{reference}^{{commit}}").strip()

    def _is_ancestor(self, one: str, of: str) -> bool:
        done = self._ask("merge-base", "--is-ancestor", one, of)
        if done.returncode not in {0, _NO}:
            raise self._no_answer(done)
        return done.returncode == 0

    def _said(self, *words: str) -> str:
        done = self._ask(*words)
        if done.returncode != 0:
            raise self._no_answer(done)
        return done.stdout.decode("utf-8", "replace")

    def _no_answer(self, done: CompletedProcess[bytes]) -> SetupError:
        text = msg("Git cannot update the checkout: {reason}", reason=_reason(done))
        return _refused(text, msg("Run `git status` in that folder"))

    def _ask(self, *words: str, seconds: float = 60.0) -> CompletedProcess[bytes]:
        try:
            return self._git.ask(*words, seconds=seconds)
        except GitMissing:
            raise _unusable(
                msg("Git was not found: no program `git`"), msg("Install Git where the watcher runs")
            ) from None
        except GitSilent as error:
            text = msg("Git does not answer ({kind})", kind=str(error))
            raise _refused(text, msg("Run `git status` in that folder")) from None


def _short(reference: str) -> str:
    return reference.removeprefix("refs/heads/")


def _reason(done: CompletedProcess[bytes]) -> str:
    return redact(first_line(done.stderr))


def _unusable(text: Message, hint: Message) -> SetupError:
    return SetupError(text, code=codes.NO_CLONE, hint=hint)


def _refused(text: Message, hint: Message) -> SetupError:
    return SetupError(text, code=codes.CHECKOUT_NOT_UPDATED, hint=hint)
