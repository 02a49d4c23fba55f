"""What every story begins with: read the manifests, resolve their secrets, observe their shops.

Out: each selected shop with its wish and the world; a shop whose secret is missing or whose read failed is there as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.diff import declared
from reconciler.core.forms import MWS_AUTH_TOKEN
from reconciler.core.selection import Selection
from reconciler.core.state import Desired, FieldRef, Observed
from reconciler.core.texts import say
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import Manifest, Manifests, ObservingBackend, SecretMissing, Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """`pairs` is sorted by shop key. `manifest` is what was read, with all its findings."""

    manifest: Manifest
    pairs: tuple[tuple[Desired, Observed], ...]


async def gather(manifests: Manifests, selection: Selection, secrets: Secrets, backend: ObservingBackend) -> Gathered:
    """Raises Unauthorised or Unreachable where nothing at all can be read from the backend."""
    manifest = manifests.read(selection)
    ready, failed = resolve_all(manifest.shops, secrets)
    worlds = {world.shop: world async for world in backend.observe([wish.shop for wish in ready])} if ready else {}
    pairs = [(wish, worlds[wish.shop]) for wish in ready]
    pairs.extend((wish, Observed.unknown(wish.shop, why)) for wish, why in failed)
    return Gathered(manifest=manifest, pairs=tuple(sorted(pairs, key=lambda pair: pair[0].shop)))


def resolve_all(
    wishes: Iterable[Desired], secrets: Secrets
) -> tuple[tuple[Desired, ...], tuple[tuple[Desired, Diagnostic], ...]]:
    """The wishes with their secrets, and those whose secrets could not be had."""
    ready: list[Desired] = []
    failed: list[tuple[Desired, Diagnostic]] = []
    for wish in wishes:
        resolved = resolve(wish, secrets)
        if isinstance(resolved, Diagnostic):
            failed.append((wish, resolved))
        else:
            ready.append(resolved)
    return tuple(ready), tuple(failed)


def resolve(wish: Desired, secrets: Secrets) -> Desired | Diagnostic:
    for ref, value in tuple(declared(wish)):
        if not isinstance(value, SecretRef):
            continue
        try:
            secret = secrets.resolve(value)
        except SecretMissing as missing:
            return found(
                missing.code,
                missing.text,
                way_on=missing.way_on,
                shop=wish.shop,
                subject=ref.declared,
                origin=wish.origin_of(ref.declared),
            )
        if not MWS_AUTH_TOKEN.accepts(secret.reveal()):
            return _wrong_form(wish, ref, secret)
        wish = wish.with_value(ref, secret)
    return wish


def _wrong_form(wish: Desired, ref: FieldRef, secret: Secret) -> Diagnostic:
    return found(
        codes.SECRET_FORM,
        say(
            "The secret that {source} names is not an MWSAuthToken: {fault}",
            source=secret.source.uri,
            fault=MWS_AUTH_TOKEN.fault(secret.reveal()),
        ),
        expected=MWS_AUTH_TOKEN.expected,
        way_on=say("Copy the token again from Seller Central, without anything around it"),
        shop=wish.shop,
        subject=ref.declared,
        origin=wish.origin_of(ref.declared),
    )
