"""The CI files that `init --ci` writes: the workflow of one forge, an example for pre-commit, and lines for CODEOWNERS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

_OWNED: Final = {"github": ("/.github/", "/CODEOWNERS"), "gitlab": ("/.gitlab-ci.yml", "/.gitlab/", "/CODEOWNERS")}
_NO_REQUIREMENT: Final = re.compile(r'(REQUIREMENT|requirement): "" # EDIT: .*')


def refuse_another_folder(session: Session) -> None:
    """Forges read CI files in the root of the repository only. Raises SetupError."""
    root = session.ci_files().outside_root()
    if root is not None:
        text = msg("CI files belong into the root of the repository, {root}", root=root)
        raise SetupError(text, hint=msg("Run `reconciler init` there"), code=codes.CI_NOT_SET_UP)


def ci_files(session: Session, forge: str, requirement: str | None) -> Iterator[tuple[str, str]]:
    """Path and content: the templates, with what pip installs where it is known."""
    for path, template in session.ci_files().templates(forge).items():
        yield path, template if requirement is None else _with_requirement(template, requirement)


def _with_requirement(template: str, requirement: str) -> str:
    quoted = json.dumps(requirement, ensure_ascii=False)
    return _NO_REQUIREMENT.sub(lambda found: f"{found[1]}: {quoted}", template)


def code_owners(session: Session, owner: str | None, forge: str | None) -> tuple[str, str]:
    """Path and content; without an owner no line. A file that a forge reads already keeps its place."""
    present = session.ci_files().code_owners()
    folder = session.ci_files().manifest_folder()
    owned = (f"/{folder}/", "/reconciler.yaml", *(() if forge is None else _OWNED[forge]))
    lines = () if owner is None else (f"{path} {owner}\n" for path in owned)
    return "CODEOWNERS" if present is None else present[0], "".join(lines)


def ci_steps(*, forge: str | None, owned: bool) -> Iterator[Message]:
    """What is to be done after `init`."""
    if forge is None:
        return
    yield msg("Adapt the lines marked EDIT in the CI files; `reconciler doctor ci` checks the result")
    if not owned:
        yield msg("Use `--owner` to write CODEOWNERS: without owners, a change of a shop needs no review")
