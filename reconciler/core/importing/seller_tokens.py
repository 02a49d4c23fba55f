"""One reference for the token of a merchant with several shops: a token belongs to a SellerId, not to a shop (docs/import.md).

In: new shops, each with a reference of its own, and the manifests that are there. Out: the shops, those of one SellerId with one
reference: what a manifest of that SellerId has, else that of the first shop by its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from reconciler.core.importing.factor_out import NewShop
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.model.layers import Profile

_SELLER: Final = "amazon.api.seller_id"
_TOKEN: Final = "amazon.api.mws_auth_token"  # noqa: S105  # where it is, not what it is


def share_seller_tokens(
    members: Sequence[NewShop], existing: Iterable[Profile], names: SecretNamePattern
) -> tuple[NewShop, ...]:
    """A reference that does not follow the pattern was chosen by a person, and stays."""
    references = dict(_declared(existing))
    for member in sorted(members, key=lambda each: each.shop):
        if _is_generated(member, names):
            references.setdefault(str(member.values[_SELLER]), str(member.values[_TOKEN]))
    return tuple(_with_reference(member, references) if _is_generated(member, names) else member for member in members)


def _declared(existing: Iterable[Profile]) -> Iterable[tuple[str, str]]:
    """The smallest of several, so that the same files give the same name."""
    pairs = (
        (str(values[_SELLER]), str(values[_TOKEN]))
        for values in existing
        if str(values.get(_TOKEN, "")).startswith("ref+") and values.get(_SELLER)
    )
    return sorted(pairs, reverse=True)


def _is_generated(member: NewShop, names: SecretNamePattern) -> bool:
    return bool(member.values.get(_SELLER)) and member.values.get(_TOKEN) == names.for_shop(member.shop).uri


def _with_reference(member: NewShop, references: Mapping[str, str]) -> NewShop:
    return replace(member, values={**member.values, _TOKEN: references[str(member.values[_SELLER])]})
