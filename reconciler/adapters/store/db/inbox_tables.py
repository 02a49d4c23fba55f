"""The tables of the sidecar: what was received, what is known of captures, what mail is owed, what was refused.

Beside those of `tables`, in the same metadata and under the same rules. A message's row goes once it is settled and too old to be
believed again; facts and mails stay: they are what makes a late repetition harmless.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from reconciler.adapters.store.db.run_tables import NUMBER, SHOP, UtcDateTime, metadata

_WORD = String(64)
"""Of a closed list."""

_ID = String(256)
_EVENT = String(512)


class DecimalColumn(TypeDecorator[Decimal]):
    """Money as it was written: no database's own idea of a number."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the base class's signature
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  # as above
        return None if value is None else Decimal(value)


ipn_messages = Table(
    "ipn_messages",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("message_id", _ID, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("shop", SHOP, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("received", UtcDateTime, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("object_id", _ID),
    Column("lane", _ID, nullable=False),
    Column("arrived_as", _WORD, nullable=False),
    Column("standing", _WORD, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("reason", _WORD),
    Column("due", UtcDateTime),
    Column("settled", UtcDateTime),
    Column("order_number", _ID),
    Column("body", LargeBinary, nullable=False),
    Column("mail_event", _EVENT),
    Column("state", _WORD),
    Column("code", _WORD),
    Column("amount", DecimalColumn),
    Column("currency", String(8)),
    UniqueConstraint("message_id", "shop"),
    # What is still to be worked on is few among many, and is found in its order without reading a row: they are large.
    Index(
        "ix_ipn_messages_due",
        "number",
        "lane",
        "due",
        "shop",
        sqlite_where=text("due IS NOT NULL"),
    ),
    Index("ix_ipn_messages_published", "published"),
    Index("ix_ipn_messages_shop", "shop", "arrived_as", "number"),
    Index("ix_ipn_messages_standing", "standing", "reason", "number"),  # counting reads no row either
    Index(
        "ix_ipn_messages_settled",
        "shop",
        "settled",
        sqlite_where=text("settled IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""`due` is when a message is to be processed: `DUE_NOW` if it waits, NULL if nothing will be done automatically."""

DUE_NOW: Final = datetime(1970, 1, 1, tzinfo=UTC)

ipn_captures = Table(
    "ipn_captures",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("capture", _ID, primary_key=True),
    Column("reference", _ID, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("amount", DecimalColumn, nullable=False),
    Column("currency", String(8), nullable=False),
    Column("completed", Boolean, nullable=False),
    Column("source", _WORD, nullable=False),
    Column("permission", _ID),
    Column("order_number", _ID),
    Index("ix_ipn_captures_reference", "shop", "reference"),
    Index("ix_ipn_captures_permission", "shop", "permission"),
)

ipn_objects = Table(
    "ipn_objects",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("object_id", _ID, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("reference", _ID, nullable=False),
    Column("permission", _ID),
    Column("state", _WORD, nullable=False),
    Column("code", _WORD),
    Column("amount", DecimalColumn),
    Column("currency", String(8)),
    Column("updated", UtcDateTime, nullable=False),
    Column("deadline", UtcDateTime),
    Column("order_number", _ID),
    Column("source", _WORD, nullable=False),
    Index("ix_ipn_objects_reference", "shop", "reference"),
    Index("ix_ipn_objects_permission", "shop", "permission"),
    Index("ix_ipn_objects_state", "shop", "kind", "state"),
)
"""What is known of each object at Amazon, of any kind, after its messages are gone."""

ipn_reminders = Table(
    "ipn_reminders",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("object_id", _ID, primary_key=True),
    Column("moment", UtcDateTime, primary_key=True),
)
"""The moments before its deadline at which a person was reminded of an object."""

ipn_mails = Table(
    "ipn_mails",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("event", _EVENT, nullable=False),
    Column("shop", SHOP, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("next_try", UtcDateTime),
    Column("order_number", _ID),
    Column("created", UtcDateTime),
    Column("problem", _WORD),
    Column("code", Integer),
    Column("answer", Text),
    Column("doubtful", Text, nullable=False, server_default=text("''")),
    Column("dismissed_by", Text),
    Column("dismissed_because", Text),
    UniqueConstraint("event", "shop"),
    Index("ix_ipn_mails_state", "state", "number"),
    Index("ix_ipn_mails_shop", "shop", "since"),
    sqlite_autoincrement=True,
)

"""`problem`, `code` and `answer` are what came of the last attempt; `doubtful` are the addresses that may have the mail, with
blanks between: an address that a server accepted holds none.
"""

ipn_quarantine = Table(
    "ipn_quarantine",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("received", UtcDateTime, nullable=False),
    Column("shop", SHOP),
    Column("reason", _WORD, nullable=False),
    Column("size", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("source", _WORD),
    Column("account", String(12)),
    Column("topic", String(512)),
    Column("seller", _ID),
    Column("kind", _WORD),
    Column("message_id", _ID),
    Column("digest", String(64)),
    Index("ix_ipn_quarantine_message", "message_id", "shop", unique=True),
    # Counting reads no row: they are large.
    Index("ix_ipn_quarantine_topic", "source", "account", "topic", "shop", "number", "kept"),
    sqlite_autoincrement=True,
)
"""`size` is that of what was posted, `kept` how many of its first bytes are in `body`. The columns from `source` on are set
where the signature was good.
"""
