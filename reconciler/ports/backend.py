"""The admin backend: what reading commands may ask of it, and what an apply may write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.state import Known, Observed
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import Scalar, ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class Fence:
    """The lease that a write is made under: `number` grows with each lease of a shop that `issuer`, a store, grants."""

    issuer: str
    number: int


@frozen
class WriteRequest:
    """One write of one kind of one shop: only the fields in `values` (map fields as mappings of entries) are sent.

    `version` is what If-Match names; empty where it cannot be known before (the endpoint list of a new seller): the backend then
    reads first, and writes only what does not match. `key` names the write: it makes a creating one idempotent, and the backend's
    trail has it. `valid_until` is the clock's monotonic time after which the write must not be sent any more.
    """

    shop: ShopKey
    kind: str
    values: Mapping[str, Scalar | Mapping[str, Scalar]]
    version: str
    key: str
    fence: Fence | None = None
    valid_until: float | None = None


@frozen
class WriteResult:
    """What the backend answered to a write: the kind as it now is, with what was written in it, and its new version."""

    kind: str
    now: Known
    request_id: str | None = None


class ObservingBackend(Protocol):
    """All that validate, plan, drift and show are handed. It has no way to write."""

    def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        """Each shop once, in any order. A shop that cannot be read comes as unknown and never as an exception.

        Raises Unauthorised or Unreachable only where nothing at all can be read.
        """
        ...

    def shops(self) -> AsyncIterator[ShopKey]:
        """Every shop the client may see."""
        ...

    @property
    def requests(self) -> Sequence[RequestLogEntry]:
        """What was asked so far, in order."""
        ...


class Backend(ObservingBackend, Protocol):
    async def execute(self, write: WriteRequest) -> WriteResult:
        """Raises BackendError; `happened` says whether the write took place."""
        ...


@runtime_checkable
class SellerEndpoints(Protocol):
    """The IPN endpoints of any seller. A backend that shows only those of the shops' present sellers has no such method."""

    async def seller_endpoints(self, seller: str) -> frozenset[str]:
        """The URLs in the seller's list, in the run's environment. Raises BackendError."""
        ...


@runtime_checkable
class Audit(Protocol):
    """The backend's trail of changes. A backend may keep none; one that does has this method beside its others."""

    async def last_changes(self, shop: ShopKey) -> Sequence[AuditEntry]:
        """Newest first, as far back as is worth asking. Raises BackendError."""
        ...
