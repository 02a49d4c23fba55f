"""From the observed values to the desired values that keep them: everything of a shop that a manifest can declare.

In: an observed shop. Out: `Adopted`, or why it cannot be adopted: a failed read is unknown. Issued and derived values are not
imported, since they cannot be declared; nor are values that no manifest may hold, and that is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import CONTROL_CHARACTERS, credential_kind
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.model.formats import CLIENT_ID, EMAIL, SELLER_ID, SHOP_KEY, Format
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.layers import Leaf, to_leaf
from reconciler.core.model.policy import Compare, Owner
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown, scalars
from reconciler.core.values import Scalar, SealedSecret, ShopKey
from reconciler.lib.frozen_class import frozen

FORMS: Final[Mapping[str, Format]] = {
    "shop": SHOP_KEY,
    "amazon.api.seller_id": SELLER_ID,
    "amazon.api.client_id": CLIENT_ID,
    "amazon.notification.email": EMAIL,
}


@frozen
class Adopted:
    """`values` is the shop's profile; a token of the backend is a reference in it. `left_out` lists what was not
    imported.
    """

    shop: ShopKey
    values: Mapping[str, Leaf]
    omitted: tuple[Diagnostic, ...] = ()


def adopt(observed: Observed, names: SecretNamePattern) -> Adopted | tuple[Diagnostic, ...]:
    unknown = [read.reason.for_shop(observed.shop) for read in observed.reads.values() if isinstance(read, Unknown)]
    if unknown:
        return sort_diagnostics(unknown)
    values: dict[str, Leaf] = {}
    left_out: list[Diagnostic] = []
    for ref, scalar in _ours(observed):
        value = names.for_shop(observed.shop).uri if isinstance(scalar, SealedSecret) else _written(ref, scalar)
        why = None if value is None else unsuitable_reason(ref.manifest_path or "", value)
        if why is not None:
            left_out.append(_left_out(observed.shop, ref, why))
        elif value is not None:
            values[ref.manifest_path or ""] = value
    return Adopted(shop=observed.shop, values=values, omitted=tuple(left_out))


def _ours(observed: Observed) -> Iterator[tuple[FieldRef, Scalar]]:
    for kind in KINDS:
        read = observed.reads[kind.name]
        assert isinstance(read, Known), "an unknown read was reported before"
        yield from ((ref, value) for ref, value in scalars(kind, read.value) if ref.spec.policy.owner is Owner.MANAGED)


def _written(ref: FieldRef, scalar: Scalar) -> Leaf | None:
    value = to_leaf(scalar)
    as_lines = ref.spec.policy.compare is Compare.TEXT and isinstance(value, str)
    return value.replace("\r\n", "\n") if as_lines else value  # type: ignore[union-attr]  # a text, as just asked


def unsuitable_reason(place: str, value: Leaf) -> Message | None:
    """Why no manifest may hold the value there; never quotes it."""
    if isinstance(value, bool):
        return None
    form = credential_kind(value)
    if form is not None:
        return msg("it looks like {credential}", credential=form)
    if CONTROL_CHARACTERS.search(value) or any("\ud800" <= character <= "\udfff" for character in value):
        return msg("it contains a control character that is not displayed")
    if place in FORMS and not FORMS[place].accepts(value):
        return FORMS[place].violation(value)
    return None


def _left_out(shop: ShopKey, ref: FieldRef, why: Message) -> Diagnostic:
    place = ref.manifest_path or ""
    return diagnostic(
        codes.NOT_DECLARABLE,
        msg("{label} is not managed: {why}", label=ref.full_name, why=why),
        expected=FORMS[place].expected if place in FORMS else None,
        hint=msg("Fix it in the admin screen ({screen}) and import the shop again", screen=_screen(ref)),
        shop=shop,
        subject=place,
    )


def _screen(ref: FieldRef) -> str:
    return next(kind.screen for kind in KINDS if kind.name == ref.kind)
