"""Protocols that workflows and sidecar need from the outside, and the error tree. One subject per module; no implementations.

The sidecar's own ports (inbox, orders, payments, signing keys, mailer) are not re-exported here: the other commands never
need them.
"""

from reconciler.core.results.request_log import RequestLogEntry
from reconciler.ports.backend import (
    Audit,
    Backend,
    Fence,
    ObservingBackend,
    SellerEndpoints,
    WriteRequest,
    WriteResult,
)
from reconciler.ports.errors import (
    BackendError,
    BackendMaintenance,
    Conflict,
    LeaseExpired,
    LeaseSuperseded,
    Locked,
    RefusedField,
    Rejected,
    SecretMissing,
    SetupError,
    ShopUnknown,
    Throttled,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from reconciler.ports.journal import (
    AppliedValue,
    EventJournal,
    History,
    Journal,
    JournalEntry,
    ProgressListener,
    RunInfo,
    RunRow,
    UnfinishedShop,
)
from reconciler.ports.leases import Lease, LeaseHeld, LeaseInfo, Leases
from reconciler.ports.manifests import Manifest, Manifests, VersionControl
from reconciler.ports.runtime import Clock, Secrets

__all__ = [
    "AppliedValue",
    "Audit",
    "Backend",
    "BackendError",
    "BackendMaintenance",
    "Clock",
    "Conflict",
    "EventJournal",
    "Fence",
    "History",
    "Journal",
    "JournalEntry",
    "Lease",
    "LeaseExpired",
    "LeaseHeld",
    "LeaseInfo",
    "LeaseSuperseded",
    "Leases",
    "Locked",
    "Manifest",
    "Manifests",
    "ObservingBackend",
    "ProgressListener",
    "RefusedField",
    "Rejected",
    "RequestLogEntry",
    "RunInfo",
    "RunRow",
    "SecretMissing",
    "Secrets",
    "SellerEndpoints",
    "SetupError",
    "ShopUnknown",
    "Throttled",
    "Unauthorised",
    "Unexpected",
    "UnfinishedShop",
    "Unreachable",
    "VersionControl",
    "WriteRequest",
    "WriteResult",
]
