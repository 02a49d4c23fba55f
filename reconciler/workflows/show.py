"""The use case `show`: one shop, or one of its fields, as the backend has it. It cannot write."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.field_guides import register_endpoint
from reconciler.core.model.state import FieldRef, Unknown
from reconciler.core.results.show_result import FieldValueResult, ShopResult
from reconciler.core.values import ABSENT, UNSET, Registration, SealedSecret, Secret, SecretDigest, SecretRef
from reconciler.workflows.suggest import observed_with_suggestions

if TYPE_CHECKING:
    from reconciler.core.model.state import Observed
    from reconciler.core.values import ShopKey
    from reconciler.ports import ObservingBackend
    from reconciler.workflows.session import Session

_REGISTRATION: Final = FieldRef("ipn_endpoint", "registration")


async def show_shop(session: Session, shop: ShopKey) -> ShopResult:
    """Raises BackendError where nothing at all can be read."""
    async with session.observe() as backend:
        observed = await _observe(shop, backend)
        return ShopResult(observed=observed, requests=tuple(backend.requests), notices=_how_to_register(observed))


async def show_field(session: Session, shop: ShopKey, ref: FieldRef) -> FieldValueResult:
    """The bare value of one field. Raises BackendError where nothing at all can be read."""
    async with session.observe() as backend:
        observed = await _observe(shop, backend)
        requests = tuple(backend.requests)
    text, why = _bare(observed, ref)
    return FieldValueResult(text=text, diagnostics=why, requests=requests)


def _bare(observed: Observed, ref: FieldRef) -> tuple[str | None, tuple[Diagnostic, ...]]:
    read = observed.reads[ref.kind]
    if isinstance(read, Unknown):
        return None, (read.reason,)
    value = observed.value(ref)
    if value is UNSET or value is ABSENT:
        return None, (_no_value(codes.NOT_SET, msg("{field} is not set", field=ref.full_name), observed.shop),)
    if isinstance(value, Secret | SecretRef | SecretDigest | SealedSecret) or contains_credential(_written(value)):
        secret = msg("{field} is a secret and is never printed", field=ref.full_name)
        return None, (_no_value(codes.SECRET_NOT_SHOWN, secret, observed.shop),)
    return _written(value), ()


def _written(value: object) -> str:
    """As a manifest writes it, without quotes; several values one below the other."""
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case tuple():
            return "\n".join(map(str, value))
        case _:
            return str(value)


def _no_value(code: Code, text: Message, shop: ShopKey) -> Diagnostic:
    return diagnostic(code, text, hint=msg("`reconciler show {shop}` lists all fields", shop=shop), shop=shop)


def _how_to_register(observed: Observed) -> tuple[Message, ...]:
    """The steps in Amazon Seller Central, for a shop whose endpoint is not registered."""
    if observed.value(_REGISTRATION) is not Registration.ABSENT:
        return ()
    steps = enumerate(register_endpoint(observed.shop), 1)
    numbered = (msg("  {number}. {step}", number=number, step=step) for number, step in steps)
    return (msg("The IPN endpoint is not registered. To register it by hand:"), *numbered)


async def _observe(shop: ShopKey, backend: ObservingBackend) -> Observed:
    async for observed in backend.observe([shop]):
        return (await observed_with_suggestions([observed], backend))[0]
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")
