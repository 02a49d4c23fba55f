"""The backend's own trail: who changed what, and when. Shown beside drift; it decides nothing.

In: entries as an adapter read them, newest first. Out: the last one about a field. Times
are shown to people and never compared with ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import Json
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.values import Registration
from reconciler.lib.frozen_class import frozen

_ACTOR_TYPES: Final[Mapping[str, Message]] = {
    "MERCHANT": msg("merchant"),
    "PLATFORM": msg("platform"),
    "AMAZON": msg("Amazon"),
    "CLIENT": msg("API client"),
}
"""As the backend names them."""
_REGISTRATION: Final = FieldRef("ipn_endpoint", "registration")
_OWN_URL: Final = FieldRef("amazon_settings", "merchant_site_url")


@frozen
class AuditEntry:
    """`at` is in UTC, YYYY-MM-DDThh:mm:ssZ. `field` is None for a field that is not ours; `name` is the backend's name for it.
    For a secret or an unknown field, the values only say that there was a value. `cause` is the field that this change
    followed. `write_key` is the name that a client gave the write, if the backend stores it; `own` is whether this client made
    the change.

    An endpoint's values are URLs of the seller's list, which other shops may share.
    """

    at: str
    actor: str
    actor_type: str
    field: FieldRef | None
    name: str
    before: Json = None
    after: Json = None
    cause: str | None = None
    write_key: str | None = None
    own: bool = False


def actor_type_word(actor_type: str) -> Message:
    """A type that is not known is shown as the backend writes it."""
    return _ACTOR_TYPES.get(actor_type, msg("{value}", value=actor_type))


def last_change(trail: Iterable[AuditEntry], ref: FieldRef, observed: Observed) -> AuditEntry | None:
    """`trail` is newest first. None where it does not reach back to the last change of the field."""
    return next((entry for entry in trail if entry.field == ref and _about(entry, observed)), None)


def _about(entry: AuditEntry, observed: Observed) -> bool:
    """The list of a seller also changes for other shops' URLs, and a shop gets another list with another seller. So for an
    endpoint only a change that explains the present value is shown.
    """
    if entry.field != _REGISTRATION:
        return True
    registered = observed.value(_REGISTRATION) is Registration.REGISTERED
    return (entry.after if registered else entry.before) == observed.value(_OWN_URL)
