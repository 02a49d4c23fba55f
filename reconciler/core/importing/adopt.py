"""From what the backend has to the wish that keeps it: everything of a shop that a manifest can declare.

In: an observed shop. Out: `Adopted`, or why it cannot be: a read that failed says nothing about the world. What is issued or
derived is not taken over, since it cannot be declared; nor is what no manifest may hold, and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found, in_order
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.diagnostics.redaction import STEERING, credential
from reconciler.core.importing.secret_names import SecretNames
from reconciler.core.model.formats import CLIENT_ID, EMAIL, SELLER_ID, SHOP_KEY, Form
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.layers import Leaf, leaf
from reconciler.core.model.policy import Compare, Owner
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown, scalars
from reconciler.core.values import Scalar, SealedSecret, ShopKey

FORMS: Final[Mapping[str, Form]] = {
    "shop": SHOP_KEY,
    "amazon.api.seller_id": SELLER_ID,
    "amazon.api.client_id": CLIENT_ID,
    "amazon.notification.email": EMAIL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """`values` is the shop's profile; a token that the backend holds stands in it as a reference. `left_out` tells what was not
    taken over.
    """

    shop: ShopKey
    values: Mapping[str, Leaf]
    left_out: tuple[Diagnostic, ...] = ()


def adopt(observed: Observed, names: SecretNames) -> Adopted | tuple[Diagnostic, ...]:
    unknown = [read.why.about(observed.shop) for read in observed.reads.values() if isinstance(read, Unknown)]
    if unknown:
        return in_order(unknown)
    values: dict[str, Leaf] = {}
    left_out: list[Diagnostic] = []
    for ref, scalar in _ours(observed):
        value = names.of(observed.shop).uri if isinstance(scalar, SealedSecret) else _written(ref, scalar)
        why = None if value is None else unfit(ref.declared or "", value)
        if why is not None:
            left_out.append(_left_out(observed.shop, ref, why))
        elif value is not None:
            values[ref.declared or ""] = value
    return Adopted(shop=observed.shop, values=values, left_out=tuple(left_out))


def _ours(observed: Observed) -> Iterator[tuple[FieldRef, Scalar]]:
    for kind in KINDS:
        read = observed.reads[kind.name]
        assert isinstance(read, Known), "an unknown read was told before"
        yield from ((ref, value) for ref, value in scalars(kind, read.value) if ref.spec.policy.owner is Owner.OURS)


def _written(ref: FieldRef, scalar: Scalar) -> Leaf | None:
    value = leaf(scalar)
    as_lines = ref.spec.policy.compare is Compare.TEXT and isinstance(value, str)
    return value.replace("\r\n", "\n") if as_lines else value  # type: ignore[union-attr]  # a text, as just asked


def unfit(place: str, value: Leaf) -> Text | None:
    """Why no manifest may hold the value there; never quotes it."""
    if isinstance(value, bool):
        return None
    form = credential(value)
    if form is not None:
        return say("it holds what has the form of {credential}", credential=form)
    if STEERING.search(value) or any("\ud800" <= character <= "\udfff" for character in value):
        return say("it holds a character that steers the screen and is not seen")
    if place in FORMS and not FORMS[place].accepts(value):
        return FORMS[place].fault(value)
    return None


def _left_out(shop: ShopKey, ref: FieldRef, why: Text) -> Diagnostic:
    place = ref.declared or ""
    return found(
        codes.NOT_DECLARABLE,
        say("{label} is left unmanaged: {why}", label=ref.called, why=why),
        expected=FORMS[place].expected if place in FORMS else None,
        way_on=say("Mend it in the admin screen ({screen}) and import the shop again", screen=_screen(ref)),
        shop=shop,
        subject=place,
    )


def _screen(ref: FieldRef) -> str:
    return next(kind.screen for kind in KINDS if kind.name == ref.kind)
