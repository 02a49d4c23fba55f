"""What was sent to the backend, for reports: no header, no body, no query values."""

from __future__ import annotations

from reconciler.lib.frozen_class import frozen


@frozen
class RequestLogEntry:
    """One request. `status` is None where no answer came. `items`: the writes, or shops, that it is about together."""

    method: str
    path: str
    status: int | None
    items: int = 1
