"""The start of every use case: read the manifests, resolve their secrets, observe their shops.

Out: each selected shop with its desired and observed values; a shop whose read failed is unknown. A missing secret leaves its
field as the reference, with the reason; if secrets are required, the shop is unknown.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import MWS_AUTH_TOKEN
from reconciler.core.model.state import SECRET_FIELDS, Desired, FieldRef, Observed, UnresolvedSecret
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import ObservingBackend, SecretMissing, Secrets

DesiredObserved = tuple[Desired, Observed]

CHUNK_SIZE: Final = 500
"""Shops that are compared together: as many as a page holds, and as one query of the history covers."""


async def observe_in_chunks(
    shops: Sequence[Desired], secrets: Secrets, backend: ObservingBackend, *, require_secrets: bool = False
) -> AsyncGenerator[list[DesiredObserved], None]:
    """Desired and observed values, some hundreds together as they arrive, so that memory never holds those of a whole fleet.

    Raises Unauthorised or Unreachable where nothing at all can be read from the backend.
    """
    ready = resolve_secrets(shops, secrets)
    unknown = unknown_without_secrets(ready) if require_secrets else []
    if unknown:
        yield unknown
    left_out = {desired.shop for desired, _ in unknown}
    wanted = {desired.shop: desired for desired in ready if desired.shop not in left_out}
    some: list[DesiredObserved] = []
    async with aclosing(_worlds(tuple(wanted), backend)) as worlds:
        async for world in worlds:
            some.append((wanted[world.shop], world))
            if len(some) == CHUNK_SIZE:
                yield some
                some = []
    if some:
        yield some


async def _worlds(shops: Sequence[ShopKey], backend: ObservingBackend) -> AsyncGenerator[Observed, None]:
    if shops:
        async for world in backend.observe(shops):
            yield world


def unknown_without_secrets(shops: Iterable[Desired]) -> list[DesiredObserved]:
    """Those whose secrets are not all available, as shops of which nothing is known."""
    return [
        (desired, Observed.unknown(desired.shop, desired.unresolved[0].reason))
        for desired in shops
        if desired.unresolved
    ]


def resolve_secrets(shops: Iterable[Desired], secrets: Secrets) -> tuple[Desired, ...]:
    """The shops with their secrets, as far as they are available."""
    shops = tuple(shops)
    secrets.prepare(reference for desired in shops for _, reference in secret_references(desired))
    return tuple(resolve(desired, secrets) for desired in shops)


def resolve(desired: Desired, secrets: Secrets) -> Desired:
    """A secret that is not available stays a reference, with the reason in `unresolved`."""
    unresolved: list[UnresolvedSecret] = []
    for ref, value in secret_references(desired):
        secret = _resolved(desired, ref, value, secrets)
        if isinstance(secret, Secret):
            desired = desired.with_value(ref, secret)
        else:
            unresolved.append(UnresolvedSecret(ref, secret))
    return replace(desired, unresolved=tuple(unresolved)) if unresolved else desired


def _resolved(desired: Desired, ref: FieldRef, value: SecretRef, secrets: Secrets) -> Secret | Diagnostic:
    try:
        secret = secrets.resolve(value)
    except SecretMissing as missing:
        return diagnostic(
            missing.code,
            missing.text,
            hint=missing.hint,
            shop=desired.shop,
            subject=ref.manifest_path,
            origin=desired.origin_of(ref.manifest_path),
        )
    return secret if MWS_AUTH_TOKEN.accepts(secret.reveal()) else _wrong_form(desired, ref, secret)


def uses_secret(desired: Desired) -> bool:
    return any(isinstance(value, Secret | SecretRef) for _, value in desired.declared_among(SECRET_FIELDS))


def secret_references(desired: Desired) -> tuple[tuple[FieldRef, SecretRef], ...]:
    """Most shops have none: only the fields that may hold one are checked."""
    declared = desired.declared_among(SECRET_FIELDS)
    return tuple((ref, value) for ref, value in declared if isinstance(value, SecretRef))


def _wrong_form(desired: Desired, ref: FieldRef, secret: Secret) -> Diagnostic:
    return diagnostic(
        codes.SECRET_FORM,
        msg(
            "The secret of {source} is not an MWSAuthToken: {fault}",
            source=secret.source.uri,
            fault=MWS_AUTH_TOKEN.violation(secret.reveal()),
        ),
        expected=MWS_AUTH_TOKEN.expected,
        hint=msg("Copy the token again from Amazon Seller Central, without anything around it"),
        shop=desired.shop,
        subject=ref.manifest_path,
        origin=desired.origin_of(ref.manifest_path),
    )
