"""A notification for trying out: about a real order of a backend that is only played with, posted to the sidecar that runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.adapters.settings.settings import Environment, Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.values import ShopKey
from reconciler.ports import Unusable
from reconciler.wiring.payments import identity_of, payment_side
from reconciler.wiring.runtime import clock, unusable

if TYPE_CHECKING:
    from reconciler.ipn.simulate import ThrowawaySigner, Told
    from reconciler.ports.payments import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """`amount` None: the order's total. `number` tells several captures of one order apart. `to` is where the sidecar listens."""

    shop: ShopKey
    order: str
    to: str
    state: str = "Completed"
    amount: Decimal | None = None
    number: int = 1
    newer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What was posted, and the status that was answered."""

    message_id: str
    capture: str
    status: int


async def simulate(settings: Settings, wanted: Simulation) -> Simulated:
    """Raises BackendError, SecretMissing, Unusable: the last also where it could touch what is real."""
    from reconciler.adapters.sns.post import post
    from reconciler.ipn.simulate import ThrowawaySigner, message

    folder, topic = _playground(settings, wanted)
    order, seller, path = await _about(settings, wanted)
    signer = ThrowawaySigner(topic.replace("{seller_id}", seller), clock().now())
    told = _told(settings, wanted, order, seller)
    message_id = str(uuid.uuid4())
    with _trusted(folder, signer):
        status = await post(
            f"{wanted.to.rstrip('/')}{path}", signer.notification(message(told), message_id), message_id
        )
    return Simulated(message_id=message_id, capture=told.capture, status=status)


async def is_paid(settings: Settings, shop: ShopKey, number: str) -> bool:
    """Whether the order is 入金済み at the backend. Raises BackendError, SecretMissing, Unusable."""
    async with payment_side(settings) as side:
        order = await side.orders.numbered(shop, number)
    return order is not None and order.paid


def _playground(settings: Settings, wanted: Simulation) -> tuple[Path, str]:
    """The folder of pinned certificates, and a topic. Raises Unusable where anything but this machine would be concerned."""
    from reconciler.adapters.backend.http.config import is_loopback

    sidecar = settings.sidecar
    backend = settings.backend
    if backend.kind != "embedded" and not is_loopback(_host(backend.url)):
        why = say(
            "The backend {url} is not on this machine: nothing is simulated there", url=backend.url or backend.kind
        )
        raise _refused(why, say("Use the embedded backend, or one that `reconciler serve backend` serves here"))
    if not is_loopback(_host(wanted.to)):
        why = say("The sidecar at {address} is not on this machine: nothing is simulated there", address=wanted.to)
        raise _refused(why, say("Name an address such as http://127.0.0.1:8766 with --to"))
    if sidecar.certificates is None:
        why = say("`ipn.certificates` names no folder, so the sidecar believes Amazon's own certificates alone")
        way_on = say("Name a folder there: the throwaway certificate is put into it for as long as this takes")
        raise unusable(settings, "ipn.certificates", why, way_on)
    if not sidecar.topics:
        why = say("`ipn.topics` names no topic, so no notification could be believed")
        raise unusable(settings, "ipn.topics", why, say("Write the ARN of Amazon Pay's topic there"))
    return sidecar.certificates, sidecar.topics[0]


async def _about(settings: Settings, wanted: Simulation) -> tuple[Order, str, str]:
    """The order, the shop's SellerId, and the path of its 販売事業者様サイトURL."""
    async with payment_side(settings) as side:
        order = await side.orders.numbered(wanted.shop, wanted.order)
        identity = await identity_of(side, wanted.shop)
    if order is None or order.reference is None:
        why = say("{shop} has no order {order} that is paid with Amazon Pay", shop=wanted.shop, order=wanted.order)
        raise Unusable(why, way_on=say("Name one that has an Amazon order reference"), code=codes.NOTHING_TO_TELL)
    if identity is None or identity.seller_id is None or identity.site_url is None:
        why = say("{shop} has no SellerId or no 販売事業者様サイトURL yet", shop=wanted.shop)
        raise Unusable(why, way_on=say("Apply its manifest first"), code=codes.NOTHING_TO_TELL)
    return order, identity.seller_id, urlsplit(identity.site_url).path


def _told(settings: Settings, wanted: Simulation, order: Order, seller: str) -> Told:
    from reconciler.ipn.simulate import Told

    return Told(
        seller=seller,
        capture=f"{order.reference}-C{wanted.number:06}",
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
    """The certificate is there for as long as the block lasts. Raises Unusable."""
    file = folder / signer.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(signer.pem)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        why = say("{file} cannot be written: {reason}", file=str(file), reason=reason)
        raise Unusable(why, way_on=say("Give the folder write permission"), code=codes.NOT_WRITTEN) from None
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _host(address: str | None) -> str:
    with suppress(ValueError):
        return urlsplit(address or "").hostname or ""
    return ""


def _refused(why: Text, way_on: Text) -> Unusable:
    return Unusable(why, way_on=way_on, code=codes.NOT_A_PLAYGROUND)
