"""What fields and kinds are called: in English by their titles, in Japanese as the admin screens label them.

In: a field or a kind, and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from reconciler.core.model.kinds import kind_named
from reconciler.core.model.kinds.system_parts import NAMES_OF_ENTRIES
from reconciler.core.model.state import FieldRef
from reconciler.views.common.context import RenderContext


def bare_field_name(ref: FieldRef, context: RenderContext) -> str:
    """Without the entry of a map field, for rows that show the manifest key as well."""
    name = ref.spec.policy.short_name
    return context.translate(NAMES_OF_ENTRIES.get((ref.entry or "").rpartition(".")[2], name))


def full_field_name(ref: FieldRef, context: RenderContext) -> str:
    return context.translate(ref.short_name)


def kind_name(kind: str, context: RenderContext) -> str:
    return context.translate(kind_named(kind).short_name)
