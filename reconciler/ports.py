"""Floor 1: what the workflows ask of the world, and the errors the world answers with.

    BackendError
    ├── Unreachable      no answer: refused, timed out, cut off             exit code 4
    │   └── Maintenance  the platform says so itself
    ├── Unauthorised     the credentials are not accepted
    ├── Throttled        429 beyond patience
    ├── Conflict         412: somebody else wrote first
    ├── Locked           423: 要閉店
    ├── Rejected         the backend understood and refused (code of its own)
    │   └── ShopUnknown  404 for the shop
    └── Unexpected       an answer that cannot be understood

Translated once, in the adapter; payloads trimmed, no secret in them. `happened` says of a write whether it took place:
False (certainly not) or None (not known: read again, never replay blindly).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from reconciler.core import codes
from reconciler.core.audit import AuditEntry
from reconciler.core.canonical import Json
from reconciler.core.diagnostics import Code, Diagnostic
from reconciler.core.events import Event
from reconciler.core.selection import Selection
from reconciler.core.state import Desired, Known, Observed
from reconciler.core.texts import Text
from reconciler.core.values import Origin, Scalar, Secret, SecretRef, ShopKey


class BackendError(Exception):
    """`text` says what happened, without payload; `request` is `METHOD path`; `request_id` the backend's, if it gave one."""

    code: ClassVar[Code] = codes.UNEXPECTED

    def __init__(
        self, text: Text, *, request: str = "", request_id: str | None = None, happened: bool | None = False
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.request = request
        self.request_id = request_id
        self.happened = happened


class Unreachable(BackendError):
    code = codes.UNREACHABLE


class Maintenance(Unreachable):
    code = codes.MAINTENANCE


class Unauthorised(BackendError):
    code = codes.UNAUTHORISED


class Throttled(BackendError):
    code = codes.THROTTLED


class Conflict(BackendError):
    code = codes.CONFLICT


class Locked(BackendError):
    code = codes.LOCKED


class Rejected(BackendError):
    """`reason` is the backend's own problem code (`AMAZON_API_ERROR`, `NOT_ENTITLED`, ...)."""

    code = codes.REJECTED

    def __init__(self, text: Text, *, reason: str, request: str = "", request_id: str | None = None) -> None:
        super().__init__(text, request=request, request_id=request_id)
        self.reason = reason


class ShopUnknown(Rejected):
    code = codes.SHOP_UNKNOWN


class Unexpected(BackendError):
    code = codes.UNEXPECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of one kind of one shop: only the fields in `values` (map fields as mappings of entries) are sent.

    `version` is what If-Match names; empty where it cannot be known before (the endpoint list of a new seller): the backend then
    looks first, and writes only what does not stand. `key` makes a creating write idempotent.
    """

    shop: ShopKey
    kind: str
    values: Mapping[str, Scalar | Mapping[str, Scalar]]
    version: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the backend answered to a write: the kind as it now stands, with its new version."""

    kind: str
    now: Known
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One request as it was sent, for the report: no header, no body, no query values."""

    method: str
    path: str
    status: int | None


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
    def requests(self) -> Sequence[RequestLine]:
        """What was asked so far, in order."""
        ...


class Backend(ObservingBackend, Protocol):
    async def execute(self, write: Write) -> Receipt:
        """Raises BackendError; `happened` tells whether the write took place."""
        ...


@runtime_checkable
class Audit(Protocol):
    """The backend's trail of changes. A backend may keep none; one that does has this method beside its others."""

    async def last_changes(self, shop: ShopKey) -> Sequence[AuditEntry]:
        """Newest first, as far back as is worth asking. Raises BackendError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a reader of manifests brings: the valid shops, sorted by key, and all that is wrong with the rest.

    `broken` names the shops (or files that should have been shops) that could not be understood.
    """

    shops: tuple[Desired, ...]
    findings: tuple[Diagnostic, ...]
    broken: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of all that is there, in order or not."""
        return (*(shop.shop for shop in self.shops), *self.broken)


class Manifests(Protocol):
    def read(self, selection: Selection) -> Manifest: ...


class Unusable(Exception):
    """Something of this machine that a run needs cannot be used: the store, a plan file, a key, a setting (its `subject`)."""

    def __init__(
        self,
        text: Text,
        *,
        way_on: Text | None = None,
        code: Code = codes.UNUSABLE,
        subject: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.subject = subject
        self.origin = origin
        self.way_on = way_on
        self.code = code


class Secrets(Protocol):
    def resolve(self, ref: SecretRef) -> Secret:
        """Raises SecretMissing."""
        ...


class SecretMissing(Exception):
    """`code` is SECRET_MISSING or SECRET_SCHEME; `way_on` tells how to provide it."""

    def __init__(self, text: Text, *, code: Code = codes.SECRET_MISSING, way_on: Text | None = None) -> None:
        super().__init__(str(text))
        self.text = text
        self.code = code
        self.way_on = way_on


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Who applies what, from where: told to the journal once, before anything else.

    `run` is a UUID; `actor` the person or job as the environment names it; `commit` the Git commit of the manifests.
    """

    run: str
    actor: str
    host: str
    pid: int
    command: str
    version: str
    started: datetime
    fingerprint: str
    commit: str | None = None


class Journal(Protocol):
    """History and coordination of one run, not the truth about the world. `record` returns once the event cannot be lost."""

    async def record(self, event: Event) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it was journalled. `number` grows over the whole journal."""

    number: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run as the journal has it. `ended` is None for a run that was cut off, or still goes on."""

    info: RunInfo
    events: tuple[Recorded, ...]
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A shop that a run began and did not finish: what must be looked at again.

    `closed`: the run asked for it to be closed and the journal knows of no reopening. `intents` are steps that were begun
    and have no outcome: (step, idempotency key).
    """

    shop: ShopKey
    run: RunInfo
    closed: bool
    intents: tuple[tuple[int, str], ...]


class History(Protocol):
    """What the journal remembers, for people and for resuming."""

    def runs(self, shop: ShopKey | None = None, *, limit: int = 20) -> Sequence[RunRecord]:
        """Newest first."""
        ...

    def unfinished(self) -> Sequence[Unfinished]:
        """Over all runs whose lease no longer lives, oldest first; a shop that a later run finished is not among them."""
        ...

    def last_applied(self, shop: ShopKey) -> Mapping[str, Applied]:
        """By field (`kind.field`): the value that was last written and acknowledged, in canonical JSON."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`value` as canonical.write gives it, secrets as keyed digests."""

    value: Json
    at: datetime
    run: str


class Progress(Protocol):
    """Something that watches events go by (a progress bar, a log). It cannot fail the run."""

    def see(self, event: Event) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lease as others see it. It is over at `expires`, whatever became of its owner."""

    shop: ShopKey
    owner: str
    run: str
    fence: int
    taken: datetime
    expires: datetime


class Lease(Protocol):
    """The right to write one shop. `fence` grows with every lease of that shop, and never returns."""

    @property
    def held(self) -> Held: ...

    async def renew(self) -> None:
        """Puts the end off. Raises LeaseHeld where it has been lost to somebody else."""
        ...

    async def release(self) -> None: ...


class LeaseHeld(Exception):
    """Another run may write this shop; `by` says who and until when."""

    def __init__(self, by: Held) -> None:
        super().__init__(f"{by.shop} is held by {by.owner} ({by.run}) until {by.expires.isoformat()}")
        self.by = by


class Leases(Protocol):
    """One writer a shop, across processes and machines."""

    async def acquire(self, shop: ShopKey) -> Lease:
        """Raises LeaseHeld."""
        ...

    def all(self) -> Sequence[Held]:
        """Those that live, by shop."""
        ...
