"""Fields by the names that people use: manifest key, `kind.field`, field, or the label on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import FieldRef


def all_fields() -> tuple[FieldRef, ...]:
    return tuple(FieldRef(kind.name, spec.name) for kind in KINDS for spec in kind.fields)


def find_field(name: str) -> FieldRef | None:
    """The field called `name`; with several of the same short name, none."""
    exact = [ref for ref in all_fields() if name in {str(ref), ref.spec.policy.manifest_path}]
    loose = exact or [ref for ref in all_fields() if name in {ref.field, ref.spec.policy.label, ref.spec.policy.title}]
    return loose[0] if len(loose) == 1 else None


def field_names() -> tuple[str, ...]:
    """One name for each field, to choose from: the manifest key where there is one."""
    return tuple(dict.fromkeys(_names()))


def _names() -> Iterator[str]:
    for ref in all_fields():
        yield ref.spec.policy.manifest_path or str(ref)
