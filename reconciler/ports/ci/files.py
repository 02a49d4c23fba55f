"""The CI files of the fleet's repository as `doctor ci` reads them, and the templates that `init --ci` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen


@frozen
class CiNode:
    """One node of a YAML file. A scalar has `text` as it is written, without a type: `on` and `0` are texts. A sequence has
    `items`, a mapping `entries`; merge keys and aliases are resolved.
    """

    origin: Origin
    text: str | None = None
    items: tuple[CiNode, ...] = ()
    entries: tuple[tuple[str, CiNode], ...] = ()

    def get(self, *path: str) -> CiNode | None:
        """The node below the keys; None where one of them is missing."""
        node: CiNode | None = self
        for key in path:
            node = None if node is None else dict(node.entries).get(key)
        return node

    def text_at(self, *path: str) -> str | None:
        node = self.get(*path)
        return None if node is None else node.text

    def texts(self) -> tuple[str, ...]:
        """The scalars of a scalar or of a sequence, also of nested sequences."""
        if self.text is not None:
            return (self.text,)
        return tuple(text for item in self.items for text in item.texts())


@frozen
class CiFile:
    """`path` is relative to the repository's root. A file that cannot be read has `problem`, and no documents."""

    path: str
    documents: tuple[CiNode, ...] = ()
    problem: Diagnostic | None = None


class CiFiles(Protocol):
    """Every method raises SetupError where a file cannot be read."""

    def templates(self, forge: str) -> Mapping[str, str]:
        """Of `github` or `gitlab`: path in the repository to content."""
        ...

    def workflows(self) -> Sequence[CiFile]:
        """The workflow files of GitHub; the pipeline of GitLab and the files of this repository that it includes."""
        ...

    def code_owners(self) -> tuple[str, str] | None:
        """The path and the text of the first CODEOWNERS file in the order of the forges; None where there is none."""
        ...

    def manifest_folder(self) -> str:
        """Relative to the repository's root."""
        ...

    def outside_root(self) -> str | None:
        """The root of the Git work tree where it is another folder than that of the settings; None where it is the same."""
        ...
