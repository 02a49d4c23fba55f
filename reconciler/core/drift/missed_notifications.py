"""Whether a shop's notifications are heard: an endpoint that is registered, captures that happen, and silence.

In: what was observed, what the inbox remembers, and by when a capture should have been heard of. Out: a finding, or none. Times
are text in UTC of one width (`2026-04-01T03:00:00Z`), which sorts as time does.
"""

from __future__ import annotations

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.foreign_endpoints import REGISTRATION
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class NotificationState:
    """`last` is when the last genuine notification came; None: none is kept. `registered`: one is to be expected.

    `unheard` counts the captures after it that only polling found, `unheard_since` is when the first of them was completed.
    """

    registered: bool = False
    last: str | None = None
    missed_captures: int = 0
    missed_since: str | None = None


def missed_notification_diagnostic(
    shop: ShopKey, hearing: NotificationState, due: str, origin: Origin
) -> Diagnostic | None:
    """Where the endpoint is registered, and a capture that was completed at `due` or before was not heard of."""
    if not hearing.registered or hearing.missed_since is None or hearing.missed_since > due:
        return None
    return diagnostic(
        codes.SILENT,
        _silence_message(hearing, hearing.missed_since),
        expected=msg(
            "a notification for each of them, since 販売事業者様サイトURL is registered in Amazon Seller Central"
        ),
        hint=msg(
            "Check in `reconciler ipn stats` whether notifications were refused, and with a test "
            "from Amazon Seller Central whether they arrive"
        ),
        shop=shop,
        subject=REGISTRATION.manifest_path,
        origin=origin,
    )


def _silence_message(hearing: NotificationState, first: str) -> Message:
    if hearing.last is None:
        return msg(
            "No notification is stored, but polling found captures completed since {first}: {count}",
            first=first,
            count=hearing.missed_captures,
        )
    return msg(
        "No notification arrived after {last}, but polling found captures completed since {first}: {count}",
        first=first,
        count=hearing.missed_captures,
        last=hearing.last,
    )
