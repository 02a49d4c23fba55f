"""Which shops share one merchant's token: those of a SellerId, and those that refer to the same secret.

In: the requested shops, and all shops of the fleet. Out: the shops that a rotation concerns, so that it never leaves a part
of a merchant with the former token. No secret is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Desired
from reconciler.core.values import Secret, SecretRef
from reconciler.lib.frozen_class import frozen


@frozen
class TokenShops:
    """`shops` have a reference. `others` are of the same SellerId and have none: their token is `pre-set`, or not managed.
    `foreign` refer to a secret of these shops and declare another SellerId. `seller` is None where no shop declares one.
    """

    seller: str | None
    shops: tuple[Desired, ...]
    others: tuple[Desired, ...] = ()
    foreign: tuple[Desired, ...] = ()

    @property
    def by_reference(self) -> Mapping[SecretRef, tuple[Desired, ...]]:
        references = dict.fromkeys(ref for shop in self.shops if (ref := token_reference(shop)) is not None)
        return {ref: tuple(shop for shop in self.shops if token_reference(shop) == ref) for ref in references}


def token_shops(target: str, fleet: Sequence[Desired]) -> TokenShops | None:
    """`target` is a SellerId, the key of a shop, or a reference. None where no shop is known by it."""
    asked = [shop for shop in fleet if target in {shop.shop, declared_seller(shop)} or _refers(shop, target)]
    if not asked:
        return None
    references = {token_reference(shop) for shop in asked} - {None}
    alike = [shop for shop in fleet if token_reference(shop) in references]
    seller = min(_sellers(asked) or _sellers(alike), default=None)
    same = [shop for shop in fleet if seller is not None and declared_seller(shop) == seller]
    references |= {token_reference(shop) for shop in same} - {None}
    sharing = [shop for shop in fleet if token_reference(shop) in references and shop not in same]
    mine = [*same, *(shop for shop in sharing if declared_seller(shop) is None)]
    return TokenShops(
        seller=seller,
        shops=_sorted(shop for shop in mine if token_reference(shop) is not None),
        others=_sorted(shop for shop in mine if token_reference(shop) is None),
        foreign=_sorted(shop for shop in sharing if declared_seller(shop) is not None),
    )


def users_of(reference: SecretRef, group: TokenShops, fleet: Sequence[Desired]) -> tuple[Desired, ...]:
    """Shops outside the group that refer to it."""
    inside = {shop.shop for shop in group.shops}
    return _sorted(shop for shop in fleet if token_reference(shop) == reference and shop.shop not in inside)


def token_reference(shop: Desired) -> SecretRef | None:
    token = shop.kind(AmazonSettings).mws_auth_token
    if isinstance(token, Secret):
        return token.source
    return token if isinstance(token, SecretRef) else None


def declared_seller(shop: Desired) -> str | None:
    seller = shop.kind(AmazonSettings).seller_id
    return seller if isinstance(seller, str) else None


def _sellers(shops: Iterable[Desired]) -> set[str]:
    return {seller for shop in shops if (seller := declared_seller(shop)) is not None}


def _refers(shop: Desired, target: str) -> bool:
    reference = token_reference(shop)
    return reference is not None and reference.uri == target


def _sorted(shops: Iterable[Desired]) -> tuple[Desired, ...]:
    return tuple(sorted(shops, key=lambda shop: shop.shop))
