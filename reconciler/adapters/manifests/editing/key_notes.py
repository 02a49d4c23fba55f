"""What the keys of a manifest are called on the admin screens: beside a value, or once for all manifests of a folder.

In: a path, or the text of a shared file. Out: comments, or the paths that the text explains. The names are those of the kinds'
policies. The files are shared, so a comment does not depend on the reader's language: it has the screen's label, and a
sentence in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path as FolderPath
from typing import Any, Final

from reconciler.adapters.manifests.discovery.files import read_bytes, shared_files
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.documents.shop import SharedDocument
from reconciler.adapters.manifests.editing.tree import Path
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec, Owner, Policy

Paths = frozenset[Path]
NO_PATHS: Final[Paths] = frozenset()
_INDENT: Final = "  "
_TITLE: Final = "The keys of a manifest on the admin screens / マニフェストのキーと管理画面の項目"


def note_of(path: Path) -> str:
    """With its `# `; empty where there is nothing to say."""
    said = _notes().get(path, "")
    return f"# {said}" if said else ""


_UNSCREENED: Final = frozenset({"maintenance"})
_OWN: Final = {
    ("maintenance",): "not on any admin screen / 管理画面にない設定",
    ("maintenance", "close_shop"): "may this tool close the shop? / このツールが閉店してよいか: allow | deny",
}


@cache
def _notes() -> dict[Path, str]:
    """Later ones take the place of earlier ones: a field's own label is better than that of its section."""
    return {
        **{path: label for path, label in _sections(shape(SharedDocument), ()) if path[0] not in _UNSCREENED},
        **{path[:1]: kind.screen for kind, path, policy in _declared() if not policy.entries},
        **{path: _of_field(kind, path, policy) for kind, path, policy in _declared()},
        **_OWN,
    }


def _declared() -> Iterator[tuple[KindSpec, Path, Policy]]:
    for kind in KINDS:
        for spec in kind.managed_fields(Owner.MANAGED):
            if spec.policy.manifest_path is not None:
                yield kind, tuple(spec.policy.manifest_path.split(".")), spec.policy


def _of_field(kind: KindSpec, path: Path, policy: Policy) -> str:
    if policy.entries:
        return kind.screen
    closed = " (要閉店)" if policy.while_closed else ""
    return f"{policy.label}{closed}{_choices(path, secret=policy.secret)}"


def _choices(path: Path, *, secret: bool) -> str:
    schema: dict[str, Any] = shape(SharedDocument)
    for step in path:
        schema = schema["properties"][step]
    words = [word for word in schema.get("enum", ()) if word is not None]
    if words:
        return f": {' | '.join(words)}"
    return ": a reference or pre-set, never the value / 参照または pre-set (値は書かない)" if secret else ""


def _sections(schema: dict[str, Any], above: Path) -> Iterator[tuple[Path, str]]:
    """Mappings with fields, below the top, that have a label of their own: the Japanese half of the title."""
    screens = {kind.label for kind in KINDS}
    for key, each in schema.get("properties", {}).items():
        label = str(each["title"]).rpartition(" / ")[2]
        if "properties" in each and above and label not in screens:
            yield (*above, key), label
        yield from _sections(each, (*above, key))


def explanation() -> tuple[str, ...]:
    """Each key with its note once, as lines without `# `, in the order of manifests."""
    return (f"{_TITLE}:", *_lines(shape(SharedDocument), ()))


def _lines(schema: dict[str, Any], above: Path) -> Iterator[str]:
    for key, each in schema.get("properties", {}).items():
        path = (*above, key)
        below = tuple(_lines(each, path))
        note = _notes().get(path, "")
        if note or below:
            yield f"{_INDENT * len(path)}{key}: {note}".rstrip()
            yield from below


def every_note() -> Paths:
    return frozenset(_notes())


def explained_in(root: FolderPath, shown_as: str) -> Paths:
    """The keys whose notes are comments in `_defaults.yaml` or in a group of this folder."""
    texts = (read_bytes(file) for file in shared_files(root, shown_as).files)
    return frozenset(
        path for text in texts if isinstance(text, bytes) for path in _explained(text.decode(errors="replace"))
    )


def _explained(text: str) -> Iterable[Path]:
    lines = [line for line in text.splitlines() if "#" in line]
    for path, note in _notes().items():
        beside = re.compile(rf"(?:^|[\s#]){re.escape(path[-1])}:.*\s{re.escape(note)}\s*$")
        if any(beside.search(line) for line in lines):
            yield path
