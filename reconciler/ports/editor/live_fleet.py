"""The manifests of one fleet with what is open in an editor in place of what is on the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message
from reconciler.core.importing.profile_edits import Edits
from reconciler.core.model.layers import Leaf
from reconciler.core.model.state import Desired
from reconciler.core.results.fixes import FixKind
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports.editor.text_places import PlacedDiagnostic, TextChange, TextPlace, TextSpan
from reconciler.ports.manifest_editing import ShopFile

FilePath = Path
"""Absolute. What works with a fleet passes it on, and opens no file."""


class FileKind(Enum):
    SHOP = "shop"
    SHARED = "shared"
    """`_defaults.yaml`, and the files in `_groups`."""
    ATTESTATIONS = "attestations"
    """What people attest of a shop, in `_attestations`."""
    SETTINGS = "settings"


class CandidateKind(Enum):
    KEY = "key"
    SECTION = "section"
    """A key with keys below it."""
    VALUE = "value"
    GROUP = "group"
    REFERENCE = "reference"
    """The start of a reference to a secret."""


@frozen(kw_only=False)
class FieldTexts:
    """What the schema says of a key, in both languages."""

    titles: Mapping[str, str]
    descriptions: Mapping[str, str]


@frozen
class Candidate:
    """`text` takes the place of `span`. `texts` are None where nothing is said about it."""

    label: str
    text: str
    span: TextSpan
    kind: CandidateKind
    texts: FieldTexts | None = None


@frozen
class Inherited:
    """A value that a shared file declares for the shop. `file` is its path."""

    value: Leaf | None
    origin: Origin
    file: Path


@frozen
class FieldUnderCursor:
    """`place` is dotted. `declared`: the file itself holds it. `inherited` is what holds, or would hold, without that line."""

    place: str
    span: TextSpan
    texts: FieldTexts
    declared: bool
    inherited: Inherited | None = None


@frozen
class CheckedFile:
    """`diagnostics` are those of the file alone and of what it inherits; `desired` is what it declares, if it is valid: of a
    shared file the values that it leaves to a shop. `related` are the shops that rules on several shops have to see beside it.
    """

    diagnostics: tuple[Diagnostic, ...]
    desired: Desired | None = None
    related: tuple[Desired, ...] = ()


@frozen
class ProposedFix:
    """`text` says what it does. `span` is the place that it corrects; None: all that can be fixed in the file."""

    text: Message
    changes: Sequence[TextChange]
    kind: FixKind | None = None
    span: TextSpan | None = None


@frozen
class DocumentKey:
    """A key with its place and what is below it: the outline of a file."""

    key: str
    span: TextSpan
    whole: TextSpan
    below: tuple[DocumentKey, ...] = ()


class LiveFleet(Protocol):
    """Not for several threads. Paths are absolute; what is no file of the fleet is passed over."""

    def kind_of(self, path: Path) -> FileKind | None:
        """None for a file that is not one of the fleet's."""
        ...

    def open(self, path: Path, text: str) -> None:
        """From now on the text counts, not the file."""
        ...

    def close(self, path: Path) -> None: ...

    def files_changed(self, paths: Sequence[Path]) -> None:
        """On the disk: written, made, renamed or deleted."""
        ...

    def check(self, path: Path) -> CheckedFile: ...

    def place(self, path: Path, diagnostics: Sequence[Diagnostic]) -> tuple[PlacedDiagnostic, ...]:
        """Those that are about this file."""
        ...

    def links_of(self, path: Path) -> frozenset[object]:
        """What ties a shop's file to others: as long as it stays the same, the diagnostics of the others do."""
        ...

    def affected_by(self, path: Path) -> frozenset[Path]:
        """The open files whose diagnostics may change with this one."""
        ...

    def read_ahead(self, seconds: float) -> int:
        """Reads files that were not read yet, for about so long; returns how many. 0: nothing was left."""
        ...

    def candidates(self, path: Path, at: TextPlace) -> Sequence[Candidate]: ...

    def field_at(self, path: Path, at: TextPlace) -> FieldUnderCursor | None: ...

    def keys_on(self, path: Path, span: TextSpan) -> Mapping[str, TextSpan]:
        """The dotted places of values on these lines."""
        ...

    def outline(self, path: Path) -> Sequence[DocumentKey]: ...

    def fixes(self, path: Path) -> Sequence[ProposedFix]: ...

    def formatted(self, path: Path) -> Sequence[TextChange]:
        """In the canonical style. Nothing where the file is not valid."""
        ...

    def own_values(self, path: Path) -> ShopFile | None:
        """None where the file, or one that it inherits from, is not valid."""
        ...

    def edited(self, path: Path, edits: Edits) -> Sequence[TextChange]:
        """Comments and everything else stay. Nothing where the file is not valid."""
        ...
