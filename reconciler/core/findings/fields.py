"""Fields by their place, as findings name them, and whether a difference in one can be accepted."""

from __future__ import annotations

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.field_names import find_field
from reconciler.core.model.layers import field_ref_at
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import FieldRef


def field_at(name: str) -> FieldRef | None:
    """The field that people call so: its manifest key, an entry of a map field included, `kind.field`, or its label."""
    return field_ref_at(name) or find_field(name)


def acceptable_field(place: str) -> FieldRef | Message:
    """Or why a difference in it cannot be accepted."""
    ref = field_at(place)
    if ref is None:
        return msg("unknown field `{field}`", field=place)
    policy = ref.spec.policy
    if policy.secret:
        return msg("`{field}` is a secret: a changed secret is never accepted", field=place)
    if policy.owner is Owner.ISSUED:
        return msg("`{field}` is issued by the platform: it is never compared", field=place)
    if policy.entries and ref.entry is None:
        return msg("`{field}` holds several texts: name one of them", field=place)
    return ref
