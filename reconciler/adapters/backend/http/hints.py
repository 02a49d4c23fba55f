"""What to do about an error of the backend.

In: an error, or the address that did not answer. Out: a hint. It names `reconciler serve backend` only for an address of this
machine, where such a backend may be meant.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from reconciler.adapters.documentation import documentation
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.addresses import is_loopback
from reconciler.ports import (
    BackendError,
    BackendMaintenance,
    Conflict,
    LeaseSuperseded,
    Locked,
    Rejected,
    ShopUnknown,
    Throttled,
    Unauthorised,
    Unexpected,
    Unreachable,
)

GATEWAY_HINT: Final = msg("Run the command again later; if that does not help, ask the operator of the backend")
_ADDRESS: Final = msg("Check the address (backend.url) and that the backend is running")
_LOCAL: Final = msg(
    "Check the address (backend.url) and that the backend is running; to try the tool: `reconciler serve backend`"
)


def no_response_hint(root: str) -> Message:
    """`root` is the address in the settings."""
    return _LOCAL if is_loopback(urlsplit(root).hostname or "") else _ADDRESS


def error_hint(error: BackendError) -> Message | None:
    return error.hint or next((way for kind, way in _HINTS if isinstance(error, kind)), None)


_HINTS: Final[tuple[tuple[type[BackendError], Message], ...]] = (
    (BackendMaintenance, msg("Run the command again after the platform's maintenance")),
    (Unreachable, _ADDRESS),
    (Unauthorised, msg("Check the client id and the client secret, and which shop the client belongs to")),
    (Throttled, msg("Lower `pace.requests_per_second`, or run the command again later")),
    (Conflict, msg("Run `reconciler plan` again: the backend changed since it was read")),
    (LeaseSuperseded, msg("Run `reconciler plan` again: another run is writing the shop")),
    (Locked, msg("Close the shop for this change (要閉店)")),
    (ShopUnknown, msg("Check the shop key, and that this client may access the shop")),
    (
        Rejected,
        msg(
            "If the backend names a value of the manifest, fix it and run `reconciler plan` again; otherwise ask "
            "the operator of the backend"
        ),
    ),
    (
        Unexpected,
        msg(
            "Check that the address is the backend's, and that the backend implements the API in {page}",
            page=documentation("backend.md"),
        ),
    ),
)
