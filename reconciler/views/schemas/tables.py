"""The shapes of what is listed of notifications and of tables that are read, as JSON Schema (2020-12).

In: nothing. Out: schemas. Times are in UTC; what is not there is null.
"""

from __future__ import annotations

from reconciler.views.schemas.parts import COUNT, FLAG, TEXT, Schema, array_of, document_of, object_of, one_of, or_null

_COUNTED = ("notifications", "parked", "refused", "mails", "oldest-waiting", "last-received")


def notifications_schema() -> Schema:
    """Newest first."""
    return document_of("notifications", rows=array_of(object_of(**_entry())))


def notification_schema() -> Schema:
    """One row. `size` counts bytes; `captures` are those of its order reference, in one line."""
    more = {
        "message": TEXT,
        "published": TEXT,
        "lane": TEXT,
        "settled": or_null(TEXT),
        "size": COUNT,
        "captures": or_null(TEXT),
    }
    return document_of("notification", rows=array_of(object_of(**_entry(), **more)))


def notification_counts_schema() -> Schema:
    """`count` of what is counted; `at` of `oldest-waiting` and, by shop, of `last-received`."""
    row = object_of(what=one_of(*_COUNTED), which=or_null(TEXT), count=or_null(COUNT), at=or_null(TEXT))
    return document_of("notification-counts", rows=array_of(row))


def refused_notifications_schema() -> Schema:
    """Copies, newest first. `size` counts the bytes that were posted, `kept` those of them that are kept."""
    row = object_of(number=COUNT, received=TEXT, shop=or_null(TEXT), reason=TEXT, size=COUNT, kept=COUNT)
    return document_of("refused-notifications", rows=array_of(row))


def polled_schema() -> Schema:
    """`order` is null for a shop that could not be asked."""
    row = object_of(shop=TEXT, order=or_null(TEXT), charge=or_null(TEXT), reason=TEXT, alarm=FLAG)
    return document_of("polled", rows=array_of(row))


def simulated_schema() -> Schema:
    """One row. `answered` is the status of the sidecar's answer."""
    row = object_of(
        answered=COUNT, capture=TEXT, standing=or_null(TEXT), reason=or_null(TEXT), order=TEXT, payment=TEXT
    )
    return document_of("simulated", rows=array_of(row))


def import_mapping_schema() -> Schema:
    return document_of("import-mapping", rows=array_of(_column()))


def onboarding_columns_schema() -> Schema:
    return document_of("onboarding-columns", rows=array_of(_column()))


def _column() -> Schema:
    """A row for each name that a column may have. `place` is null for what is not taken over."""
    return object_of(column=TEXT, place=or_null(TEXT), words=TEXT)


def _entry() -> dict[str, Schema]:
    return {
        "number": COUNT,
        "received": TEXT,
        "shop": TEXT,
        "kind": TEXT,
        "object": or_null(TEXT),
        "standing": one_of("waiting", "parked", "done", "sample", "unused"),
        "reason": or_null(TEXT),
        "order": or_null(TEXT),
        "tries": COUNT,
        "next": or_null(TEXT),
    }
