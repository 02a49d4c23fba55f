"""A notification for trying out: about a real order of a backend that is only played with, posted to the sidecar that runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from reconciler.adapters.settings.settings import Environment, Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.ports.inbox_admin import Simulated, SimulatedKind, Simulation
from reconciler.wiring.payments import payment_adapters, read_identity
from reconciler.wiring.practice.practice_backend import host_of, is_practice_backend
from reconciler.wiring.runtime import bad_setting, clock

if TYPE_CHECKING:
    from reconciler.ipn.simulate import SimulatedObject, ThrowawaySigner
    from reconciler.ports.payments import Order


_LETTERS: Final = {SimulatedKind.CAPTURE: "C", SimulatedKind.REFUND: "R", SimulatedKind.CHARGEBACK: "B"}
"""As the embedded backend numbers them."""


async def simulate(settings: Settings, wanted: Simulation) -> Simulated:
    """Raises BackendError, SecretMissing, Unusable: the last also where it could touch what is real."""
    from reconciler.adapters.sns.post import post
    from reconciler.ipn.simulate import ThrowawaySigner, message
    from reconciler.ipn.verify.certificate_url import region_of

    folder, pattern = _playground(settings, wanted)
    order, seller, path = await _about(settings, wanted)
    topic, now = pattern.replace("{seller_id}", seller), clock().now()
    signer = ThrowawaySigner(region_of(topic), now)
    simulated = _simulated(settings, wanted, order, seller)
    message_id = str(uuid.uuid4())
    with _trusted(folder, signer):
        body = signer.notification(topic, message(simulated), message_id, now)
        status = await post(f"{wanted.to.rstrip('/')}{path}", body, message_id)
    return Simulated(message_id=message_id, capture=simulated.id, status=status)


async def is_paid(settings: Settings, shop: ShopKey, number: str) -> bool:
    """Whether the order is 入金済み at the backend. Raises BackendError, SecretMissing, Unusable."""
    async with payment_adapters(settings) as side:
        order = await side.orders.by_number(shop, number)
    return order is not None and order.paid


def _playground(settings: Settings, wanted: Simulation) -> tuple[Path, str]:
    """The folder of pinned certificates, and a topic. Raises SetupError where anything but this machine would be concerned."""
    from reconciler.lib.addresses import is_loopback

    sidecar = settings.sidecar
    backend = settings.backend
    if not is_practice_backend(settings):
        why = msg(
            "The backend {url} is not on this machine; notifications are simulated only against a local backend",
            url=backend.url or backend.kind,
        )
        raise _refused(
            why, msg("Use the embedded backend, or one that `reconciler serve backend` serves on this machine")
        )
    if not is_loopback(host_of(wanted.to)):
        why = msg(
            "The sidecar at {address} is not on this machine; notifications are simulated only against a local sidecar",
            address=wanted.to,
        )
        raise _refused(why, msg("Give an address such as http://127.0.0.1:8766 with --to"))
    if sidecar.certificates is None:
        why = msg("`ipn.certificates` has no folder, so the sidecar trusts only Amazon's own certificates")
        hint = msg("Set a folder there: the temporary certificate is stored in it while the command runs")
        raise bad_setting(settings, "ipn.certificates", why, hint)
    if not sidecar.topics:
        why = msg("`ipn.topics` is empty, so no notification can be trusted")
        raise bad_setting(settings, "ipn.topics", why, msg("Write the ARN of Amazon Pay's topic there"))
    return sidecar.certificates, sidecar.topics[0]


async def _about(settings: Settings, wanted: Simulation) -> tuple[Order, str, str]:
    """The order, the shop's SellerId, and the path of its 販売事業者様サイトURL."""
    async with payment_adapters(settings) as side:
        order = await side.orders.by_number(wanted.shop, wanted.order)
        identity = await read_identity(side, wanted.shop)
    if order is None or order.reference is None:
        why = msg("{shop} has no order {order} that is paid with Amazon Pay", shop=wanted.shop, order=wanted.order)
        raise SetupError(why, hint=msg("Use an order that has an Amazon order reference"), code=codes.NOTHING_TO_TELL)
    if identity is None or identity.seller_id is None or identity.site_url is None:
        why = msg("{shop} has no SellerId or no 販売事業者様サイトURL yet", shop=wanted.shop)
        raise SetupError(why, hint=msg("Apply its manifest first"), code=codes.NOTHING_TO_TELL)
    return order, identity.seller_id, urlsplit(identity.site_url).path


def _simulated(settings: Settings, wanted: Simulation, order: Order, seller: str) -> SimulatedObject:
    from reconciler.ipn.simulate import SimulatedObject
    from reconciler.ports.payments import ObjectKind

    return SimulatedObject(
        kind=ObjectKind(wanted.kind.value),
        seller=seller,
        id=f"{order.reference}-{_LETTERS[wanted.kind]}{wanted.number:06}",
        amount=order.total if wanted.amount is None else wanted.amount,
        currency=order.currency,
        state=wanted.state,
        reason="AmazonRejected" if wanted.state == "Declined" else None,
        live=settings.environment is Environment.PRODUCTION,
        newer=wanted.newer,
        at=clock().now(),
    )


@contextmanager
def _trusted(folder: Path, signer: ThrowawaySigner) -> Iterator[None]:
    """The certificate is there for as long as the block lasts. Raises SetupError."""
    file = folder / signer.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(signer.pem)
    except OSError as error:
        why = msg("{file} cannot be written: {reason}", file=str(file), reason=system_reason(error))
        raise SetupError(why, hint=msg("Give the folder write permission"), code=codes.NOT_WRITTEN) from None
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _refused(why: Message, hint: Message) -> SetupError:
    return SetupError(why, hint=hint, code=codes.NOT_A_PLAYGROUND)
