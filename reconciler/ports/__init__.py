"""Floor 1: what the workflows ask of the world, and the errors the world answers with. A port a module; this is their one door.

The sidecar's own ports (inbox, orders, payments, signing keys, mailer) are not opened here: the tool never needs them.
"""

from reconciler.core.results.request_log import RequestLogEntry
from reconciler.ports.backend import Audit, Backend, ObservingBackend, WriteRequest, WriteResult
from reconciler.ports.errors import (
    BackendError,
    BackendMaintenance,
    Conflict,
    Locked,
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
    "History",
    "Journal",
    "JournalEntry",
    "Lease",
    "LeaseHeld",
    "LeaseInfo",
    "Leases",
    "Locked",
    "Manifest",
    "Manifests",
    "ObservingBackend",
    "ProgressListener",
    "Rejected",
    "RequestLogEntry",
    "RunInfo",
    "RunRow",
    "SecretMissing",
    "Secrets",
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
