"""A ClientId and an MWSAuthToken belong to one merchant each: shops with different SellerIds cannot share them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Desired, FieldRef
from reconciler.core.values import Secret, SecretRef

_CLIENT: Final = FieldRef("amazon_settings", "client_id")
_TOKEN: Final = FieldRef("amazon_settings", "mws_auth_token")
_SHOWN: Final = 5
_KEY: Final = DigestKey(b"equality of tokens within one run")
"""Digests under it are compared and forgotten. They never leave this module."""


def one_seller_per_client(shops: Sequence[Desired]) -> Iterator[Diagnostic]:
    for client, sharing in _groups(shops, _client).items():
        summary = msg("The ClientId {client} is declared for several SellerIds", client=client)
        yield from _conflicts(sharing, codes.CLIENT_OF_TWO_SELLERS, _CLIENT, summary)


def one_seller_per_token(shops: Sequence[Desired]) -> Iterator[Diagnostic]:
    """Tokens are equal where their values are, or their references where the values are not known. No value is shown."""
    for sharing in _groups(shops, _token).values():
        summary = msg("One MWSAuthToken is declared for several SellerIds")
        yield from _conflicts(sharing, codes.TOKEN_OF_TWO_SELLERS, _TOKEN, summary)


def shared_identities(shop: Desired) -> frozenset[tuple[str, str]]:
    """What the shop shares with the other shops that declare it: only these can conflict with it. A token is a digest in it, or
    its reference.
    """
    settings = shop.kind(AmazonSettings)
    found = (("client", _client(settings)), ("token", _token(settings)))
    if not isinstance(settings.seller_id, str):
        return frozenset()
    return frozenset((name, value) for name, value in found if value is not None)


def _client(settings: AmazonSettings) -> str | None:
    return settings.client_id if isinstance(settings.client_id, str) else None


def _token(settings: AmazonSettings) -> str | None:
    match settings.mws_auth_token:
        case Secret() as secret:
            return _KEY.digest(secret.reveal())
        case SecretRef(uri=uri):
            return uri
        case _:
            return None


def _groups(shops: Sequence[Desired], identity: Callable[[AmazonSettings], str | None]) -> dict[str, list[Desired]]:
    """The shops that declare a SellerId, by the identity they declare with it."""
    groups: dict[str, list[Desired]] = defaultdict(list)
    for shop in shops:
        settings = shop.kind(AmazonSettings)
        declared = identity(settings)
        if declared is not None and isinstance(settings.seller_id, str):
            groups[declared].append(shop)
    return groups


def _conflicts(shops: list[Desired], code: Code, ref: FieldRef, summary: Message) -> Iterator[Diagnostic]:
    """One per shop: which of them is wrong is not known."""
    if len({_seller(shop) for shop in shops}) < 2:  # two sellers
        return
    for shop in shops:
        others = [f"{other.shop} ({_seller(other)})" for other in shops if _seller(other) != _seller(shop)]
        yield diagnostic(
            code,
            msg(
                "{summary}: {seller} here, {others} elsewhere",
                summary=summary,
                seller=_seller(shop),
                others=", ".join([*others[:_SHOWN], *(["..."] if len(others) > _SHOWN else [])]),
            ),
            hint=msg("Check in Amazon Seller Central which merchant it belongs to, and correct the other shops"),
            shop=shop.shop,
            subject=ref.manifest_path,
            origin=shop.origin_of(ref.manifest_path),
        )


def _seller(shop: Desired) -> str:
    return str(shop.kind(AmazonSettings).seller_id)
