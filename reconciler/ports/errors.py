"""The errors of the outside world.

    BackendError
    ├── Unreachable      no response: refused, timed out, disconnected      exit code 4
    │   └── Maintenance  the platform says so itself
    ├── Unauthorised     the credentials are not accepted
    ├── Throttled        429 beyond patience
    ├── Conflict         412: another client wrote first
    ├── LeaseSuperseded  the shop's lease is another run's
    ├── LeaseExpired     the shop's lease has expired, and no other run is known to have it
    ├── Locked           423: 要閉店
    ├── Rejected         the backend understood and refused (code of its own)
    │   └── ShopUnknown  404 for the shop
    └── Unexpected       an answer that cannot be understood

Translated once, in the adapter; payloads trimmed, no secret in them. `happened` says whether a write took place:
False (certainly not) or None (unknown: read again, never replay blindly).
"""

from __future__ import annotations

from typing import ClassVar

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import Message
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen


@frozen
class RefusedField:
    """A value that the backend names in a refusal: `name` is the backend's, `ref` ours where it is known."""

    name: str
    words: Message
    ref: FieldRef | None = None


class BackendError(Exception):
    """`text` says what happened, without payload; `request` is `METHOD path`; `request_id` the backend's, if it gave one.

    `retry_after`: the seconds after which the backend allows a retry, if it says so. `refused_fields`: those that it
    names in a refusal. `hint`: what to do, where that does not follow from the kind of the error.
    """

    code: ClassVar[Code] = codes.UNEXPECTED

    def __init__(
        self, text: Message, *, request: str = "", request_id: str | None = None, happened: bool | None = False
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.request = request
        self.request_id = request_id
        self.happened = happened
        self.retry_after: float | None = None
        self.hint: Message | None = None
        self.refused_fields: tuple[RefusedField, ...] = ()


class Unreachable(BackendError):
    code = codes.UNREACHABLE


class BackendMaintenance(Unreachable):
    code = codes.MAINTENANCE


class Unauthorised(BackendError):
    code = codes.UNAUTHORISED


class Throttled(BackendError):
    code = codes.THROTTLED


class Conflict(BackendError):
    code = codes.CONFLICT


class LeaseSuperseded(BackendError):
    """The run may not write the shop any more: the backend saw a newer fence, or the store a newer lease."""

    code = codes.LEASE_LOST


class LeaseExpired(BackendError):
    """The request was not sent, since the shop's lease has run out. Another run may have it or not."""

    code = codes.LEASE_LOST


class Locked(BackendError):
    code = codes.LOCKED


class Rejected(BackendError):
    """`reason` is the backend's own problem code (`AMAZON_API_ERROR`, `NOT_ENTITLED`, ...)."""

    code = codes.REJECTED

    def __init__(
        self,
        text: Message,
        *,
        reason: str,
        request: str = "",
        request_id: str | None = None,
        happened: bool | None = False,
    ) -> None:
        super().__init__(text, request=request, request_id=request_id, happened=happened)
        self.reason = reason


class ShopUnknown(Rejected):
    code = codes.SHOP_UNKNOWN


class Unexpected(BackendError):
    code = codes.UNEXPECTED


class SetupError(Exception):
    """Something of this machine that a run needs cannot be used: the store, a plan file, a key, a setting (its `subject`)."""

    def __init__(
        self,
        text: Message,
        *,
        hint: Message | None = None,
        code: Code = codes.UNUSABLE,
        subject: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.subject = subject
        self.origin = origin
        self.hint = hint
        self.code = code


class SecretMissing(Exception):
    """`code` is SECRET_MISSING or SECRET_SCHEME; the hint says how to provide it. `unread`: what holds the secret could not be
    asked, so that it may be there.
    """

    def __init__(
        self, text: Message, *, code: Code = codes.SECRET_MISSING, hint: Message | None = None, unread: bool = False
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.code = code
        self.hint = hint
        self.unread = unread
