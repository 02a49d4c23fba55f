"""Floor 1: what the workflows ask of the world, and the errors the world answers with. A port a module; this is their one door.

The sidecar's own ports (inbox, orders, payments, signing keys, mailer) are not opened here: the tool never needs them.
"""

from reconciler.ports.backend import Audit, Backend, ObservingBackend, Receipt, RequestLine, Write
from reconciler.ports.errors import (
    BackendError,
    Conflict,
    Locked,
    Maintenance,
    Rejected,
    SecretMissing,
    ShopUnknown,
    Throttled,
    Unauthorised,
    Unexpected,
    Unreachable,
    Unusable,
)
from reconciler.ports.journal import Applied, History, Journal, Progress, Recorded, RunInfo, RunRecord, Unfinished
from reconciler.ports.leases import Held, Lease, LeaseHeld, Leases
from reconciler.ports.manifests import Manifest, Manifests, Revisions
from reconciler.ports.runtime import Clock, Secrets

__all__ = [
    "Applied",
    "Audit",
    "Backend",
    "BackendError",
    "Clock",
    "Conflict",
    "Held",
    "History",
    "Journal",
    "Lease",
    "LeaseHeld",
    "Leases",
    "Locked",
    "Maintenance",
    "Manifest",
    "Manifests",
    "ObservingBackend",
    "Progress",
    "Receipt",
    "Recorded",
    "Rejected",
    "RequestLine",
    "Revisions",
    "RunInfo",
    "RunRecord",
    "SecretMissing",
    "Secrets",
    "ShopUnknown",
    "Throttled",
    "Unauthorised",
    "Unexpected",
    "Unfinished",
    "Unreachable",
    "Unusable",
    "Write",
]
