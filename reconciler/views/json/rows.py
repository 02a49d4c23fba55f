"""What the rows of tables hold, where the table is a JSON document: of notifications, leases, and columns that are read.

Times are in UTC; what is not there is null. Tests hold each table that is printed to its description.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from typing_extensions import TypedDict

from reconciler.core.conformance.clause import ClauseGroup
from reconciler.views.json.authoring import RotationRow, SecretReferenceRow
from reconciler.views.json.document import TableType
from reconciler.views.json.shapes import Count, one_of

MAIL_STATES: Final = ("owed", "sending", "sent", "failed", "held", "unknown", "dismissed")


class LeaseRow(TypedDict):
    shop: str
    owner: str
    run: str
    fence: Count
    expires: str


class ClauseRow(TypedDict):
    """In the order of the ids. `capability` is what a backend has to offer for it, null where all have it."""

    id: str
    group: Annotated[str, one_of(ClauseGroup)]
    title: str
    writes: bool
    capability: str | None


class KeyRow(TypedDict):
    """The present key first. `key` is its id: a key itself is never printed."""

    key: str
    current: bool
    place: str


class NotificationRow(TypedDict):
    """Newest first. `mail` is the state of the mail about it, null where none was due."""

    number: Count
    received: str
    shop: str
    kind: str
    object: str | None
    status: Annotated[str, one_of(["waiting", "parked", "done", "sample", "unused"])]
    reason: str | None
    order: str | None
    tries: Count
    next_try: str | None
    mail: Annotated[str, one_of(MAIL_STATES)] | None


class WholeNotificationRow(NotificationRow):
    """One row. `size` counts bytes; `captures` and `objects` are those of its order reference, in one line. From `amazon_state`
    on it is what Amazon said: state, reason code, amount, until when a person can act, and what it means.
    """

    message_id: str
    published: str
    order_reference: str
    settled: str | None
    size: Count
    captures: str | None
    mail_number: Count | None
    amazon_state: str | None
    reason_code: str | None
    amount: str | None
    deadline: str | None
    meaning: str | None
    objects: str | None


class MailRow(TypedDict):
    """Newest first. `to` is the shop's 通知メールアドレス. `problem`, `code` and `answer` are of the last attempt: the SMTP
    reply code, and the server's words in one line, without mail addresses. `since` is when the mail came to its state.
    """

    number: Count
    state: Annotated[str, one_of(MAIL_STATES)]
    shop: str
    order: str | None
    to: str
    problem: str | None
    code: Count | None
    answer: str | None
    tries: Count
    next_try: str | None
    since: str
    created: str | None


class ChangedMailRow(TypedDict):
    """A mail that is queued again, or dismissed."""

    number: Count
    state: Annotated[str, one_of(["owed", "dismissed"])]


class WholeMailRow(MailRow):
    """One row. `event` is what the mail is about; `may_be_at` are the addresses that may have it, with commas between. The last
    two are set where the state is `dismissed`; `since` is when that was.
    """

    event: str
    subject: str
    message_id: str
    may_be_at: str | None
    dismissed_by: str | None
    dismissed_because: str | None


class NotificationCountRow(TypedDict):
    """`at` is set for `oldest-waiting` and, by shop, for `last-received` and `last-processed`; `count` for the others."""

    what: Annotated[
        str,
        one_of(["notifications", "parked", "refused", "mails", "oldest-waiting", "last-received", "last-processed"]),
    ]
    which: str | None
    count: Count | None
    at: str | None


_SOURCES: Final = ["ours", "other-seller", "other-account", "stranger"]


class RefusedNotificationRow(TypedDict):
    """Copies, newest first. `size` counts the bytes that were posted, `kept_bytes` those of them that are kept.

    `seller`, `kind`, `topic`, `source` and `message_id` are null where the signature was not valid. `source` is `ours` for an AWS
    account of Amazon Pay and a SellerId of ours, `other-seller` for such an account and another SellerId, `other-account` for
    another account and a SellerId of ours, `stranger` for neither.
    """

    number: Count
    received: str
    shop: str | None
    reason: str
    seller: str | None
    kind: str | None
    topic: str | None
    source: Annotated[str, one_of(_SOURCES)] | None
    message_id: str | None
    size: Count
    kept_bytes: Count


class ChangedNotificationRow(TypedDict):
    """A notification that `ipn replay` queued again, or `ipn park` parked."""

    number: Count
    status: Annotated[str, one_of(["waiting", "parked"])]


class ReadmittedRow(TypedDict):
    """Copies, oldest first. `outcome` is the answer that Amazon would get, or why the message is still refused; `notification` is
    the number for `ipn show`, null where it is still refused.
    """

    number: Count
    shop: str | None
    accepted: bool
    outcome: str
    notification: Count | None
    kind: str | None
    seller: str | None
    topic: str | None
    message_id: str | None


class PolledRow(TypedDict):
    """`order` is null for a shop that could not be read."""

    shop: str
    order: str | None
    charge: str | None
    reason: str
    alarm: bool


class SimulatedRow(TypedDict):
    """One row. `http_status` is the status of the sidecar's answer."""

    http_status: Count
    capture: str
    status: str | None
    reason: str | None
    order: str
    payment: str


class CodeRow(TypedDict):
    """A diagnostic code with an example of its message and the fix, in English."""

    number: str
    name: str
    severity: Annotated[str, one_of(["critical", "error", "refused", "warning", "note"])]
    meaning: str
    example: str
    fix: str


class FieldRow(TypedDict):
    """`guide` says where the value is found, a step a line; null where the screen shows it."""

    field: str
    manifest_key: str | None
    title: str
    label: str
    screen: str
    guide: str | None


class RunShopRow(TypedDict):
    """A shop of one run. `writes` counts acknowledged steps."""

    shop: str
    outcome: Annotated[str, one_of(["applied", "failed", "refused", "unfinished"])]
    writes: Count
    code: str | None
    ended: str | None


class SettingRow(TypedDict):
    """`source` is where the value comes from: a place in the settings file, or `default`. Secrets are references."""

    setting: str
    value: str | None
    source: str


class CheckRow(TypedDict):
    """One check of `doctor`. `fix` is null where nothing is wrong."""

    area: str
    status: Annotated[str, one_of(["ok", "problem", "skipped"])]
    check: str
    fix: str | None


class InitRow(TypedDict):
    file: str
    action: Annotated[str, one_of(["created", "changed", "kept"])]


class ColumnRow(TypedDict):
    """A row for each name that a column may have. `manifest_key` is null for what is not imported."""

    column: str
    manifest_key: str | None
    words: str


TABLES: Final[tuple[TableType[Any], ...]] = (
    TableType(name="clauses", row=ClauseRow),
    TableType(name="leases", row=LeaseRow),
    TableType(name="secrets", row=SecretReferenceRow),
    TableType(name="rotation", row=RotationRow),
    TableType(name="keys", row=KeyRow),
    TableType(name="notifications", row=NotificationRow),
    TableType(name="notification", row=WholeNotificationRow),
    TableType(name="notification-counts", row=NotificationCountRow),
    TableType(name="refused-notifications", row=RefusedNotificationRow),
    TableType(name="mails", row=MailRow),
    TableType(name="mail", row=WholeMailRow),
    TableType(name="changed-mails", row=ChangedMailRow),
    TableType(name="changed-notifications", row=ChangedNotificationRow),
    TableType(name="readmitted-notifications", row=ReadmittedRow),
    TableType(name="polled", row=PolledRow),
    TableType(name="simulated", row=SimulatedRow),
    TableType(name="codes", row=CodeRow),
    TableType(name="fields", row=FieldRow),
    TableType(name="run-shops", row=RunShopRow),
    TableType(name="settings-in-use", row=SettingRow),
    TableType(name="checks", row=CheckRow),
    TableType(name="init", row=InitRow),
    TableType(name="onboarding-columns", row=ColumnRow),
)
