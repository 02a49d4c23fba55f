"""The CI files below the root of a repository, and the templates of the package.

In: the settings' folder and the folder of manifests. Only files that a forge would read are read: no link out of the repository,
nothing that is not a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from reconciler.adapters.ci_files.yaml_tree import parse_ci_file
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.files import CiFile, CiNode

GITHUB_FOLDER: Final = ".github/workflows"
GITLAB_FILE: Final = ".gitlab-ci.yml"
CODE_OWNER_FILES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_MOST_FILES: Final = 200
_SOURCES: Final = Path(__file__).parent / "templates"
_TEMPLATES: Final[Mapping[str, Mapping[str, str]]] = {
    "github": {".github/workflows/reconciler.yml": "github/reconciler.yml"},
    "gitlab": {".gitlab-ci.yml": "gitlab/gitlab-ci.yml", ".gitlab/reconciler.yml": "gitlab/reconciler.yml"},
}
_SHARED: Final = {".pre-commit-config.yaml": "pre-commit-config.yaml"}


@frozen(kw_only=False)
class RepositoryCiFiles:
    """Implements ports.ci.files.CiFiles. `folder` is that of the settings, `manifests` that of the manifests; both absolute."""

    folder: Path
    manifests: Path

    def templates(self, forge: str) -> Mapping[str, str]:
        named = {**_TEMPLATES[forge], **_SHARED}
        return {path: (_SOURCES / name).read_text(encoding="utf-8") for path, name in named.items()}

    def workflows(self) -> Sequence[CiFile]:
        return (*self._github(), *self._gitlab())

    def code_owners(self) -> tuple[str, str] | None:
        for name in CODE_OWNER_FILES:
            data = self._bytes(name)
            if data is not None:
                return name, data.decode(errors="replace")
        return None

    def manifest_folder(self) -> str:
        return Path(os.path.relpath(self.manifests, self._root())).as_posix()

    def outside_root(self) -> str | None:
        root = self._root()
        return None if root == self.folder else str(root)

    def _root(self) -> Path:
        """Of the work tree; the settings' folder where there is no Git."""
        return next((each for each in (self.folder, *self.folder.parents) if (each / ".git").exists()), self.folder)

    def _github(self) -> Iterator[CiFile]:
        folder = self._root() / GITHUB_FOLDER
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        for name in [each for each in names if each.endswith((".yml", ".yaml"))][:_MOST_FILES]:
            yield from self._file(f"{GITHUB_FOLDER}/{name}")

    def _gitlab(self) -> Iterator[CiFile]:
        """The pipeline, and the files of this repository that it and they include."""
        waiting, seen = [GITLAB_FILE], set[str]()
        while waiting and len(seen) < _MOST_FILES:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            for file in self._file(name):
                yield file
                waiting.extend(path for node in file.documents for path in _local_includes(node))

    def _file(self, name: str) -> Iterator[CiFile]:
        data = self._bytes(name)
        if data is None:
            return
        made = parse_ci_file(data, name)
        if isinstance(made, Diagnostic):
            yield CiFile(path=name, problem=_unreadable(name, made))
        else:
            yield CiFile(path=name, documents=made)

    def _bytes(self, name: str) -> bytes | None:
        """None where there is no such file in the repository."""
        root = Path(os.path.realpath(self._root()))
        path = Path(os.path.realpath(root / name))
        try:
            if not path.is_relative_to(root) or not stat.S_ISREG(path.stat().st_mode):
                return None
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _not_read(name, system_reason(error)) from None


def _not_read(file: str, reason: Message) -> SetupError:
    text = msg("{file} cannot be read: {reason}", file=file, reason=reason)
    return SetupError(text, hint=msg("Check the file and its permissions"), code=codes.CI_FILE_UNREADABLE)


def _local_includes(document: CiNode) -> Iterator[str]:
    """GitLab's `include`: a text, a mapping with `local`, or a list of both. Wildcards are not followed."""
    include = document.get("include")
    if include is None:
        return
    for each in include.items or (include,):
        named = each.text if each.text is not None else each.text_at("local")
        if named is not None and "://" not in named and "*" not in named:
            yield named.lstrip("/")


def _unreadable(name: str, found: Diagnostic) -> Diagnostic:
    text = msg("{file} cannot be read: {reason}", file=name, reason=found.summary)
    return diagnostic(codes.CI_FILE_UNREADABLE, text, hint=found.hint, origin=found.origin or Origin(name))
