"""What stands beside a value in a manifest that the tool writes: the admin screen of a section, the Japanese label of a field.

In: a path. Out: a comment, or nothing. The names are those of the kinds' policies; the words do not follow the reader's language,
since the file is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from reconciler.adapters.manifests.documents.shop import SharedDocument
from reconciler.adapters.manifests.editing.page import Path
from reconciler.adapters.manifests.schema import shape
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec, Owner, Policy


def note_of(path: Path) -> str:
    """With its `# `; empty where there is nothing to say."""
    said = _notes().get(path, "")
    return f"# {said}" if said else ""


_UNSCREENED: Final = frozenset({"maintenance"})
_OWN: Final = {
    ("maintenance",): "the tool's own; no admin screen knows it",
    ("maintenance", "close_shop"): "may a change marked 要閉店 close the shop for a moment? allow | deny",
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
        for spec in kind.owned(Owner.OURS):
            if spec.policy.declared is not None:
                yield kind, tuple(spec.policy.declared.split(".")), spec.policy


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
    return ": a reference, never the value; or pre-set" if secret else ""


def _sections(schema: dict[str, Any], above: Path) -> Iterator[tuple[Path, str]]:
    """Mappings with fields, below the top, that have a label of their own: the Japanese half of the title."""
    screens = {kind.label for kind in KINDS}
    for key, each in schema.get("properties", {}).items():
        label = str(each["title"]).rpartition(" / ")[2]
        if "properties" in each and above and label not in screens:
            yield (*above, key), label
        yield from _sections(each, (*above, key))
