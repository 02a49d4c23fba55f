"""Every code the tool can print, in one list. `docs/codes.md` is made from it.

M manifests · R rules across fields · S secrets and settings · B backend · G guards · A apply · I notifications · C CI ·
F findings.
A number that was published is never given another meaning.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.ci_codes import *  # noqa: F403  # one list; its part for CI has a module of its own
from reconciler.core.diagnostics.diagnostic import Code, Severity
from reconciler.core.diagnostics.messages import msg

# Files and YAML
NO_MANIFESTS: Final = Code("M001", "no-manifests", msg("No manifest found"))
UNREADABLE: Final = Code("M002", "unreadable", msg("A file cannot be read"))
NOT_UTF8: Final = Code("M003", "not-utf-8", msg("A file is not UTF-8"))
TOO_LARGE: Final = Code("M004", "too-large", msg("A file is too large for a manifest"))
TOO_DEEP: Final = Code("M005", "too-deep", msg("A file is nested too deeply"))
OUTSIDE: Final = Code("M006", "outside-the-tree", msg("A path points outside the manifest folder"))
WRONG_NAME: Final = Code("M007", "wrong-file-name", msg("The file's name is not the shop's key"))
TWO_FILES: Final = Code("M008", "two-files", msg("Two files declare one shop"))
MISPLACED: Final = Code("M009", "misplaced", msg("A shared file is not read"))
EMPTY: Final = Code("M010", "empty", msg("A file is empty"))
NOT_YAML: Final = Code("M011", "not-yaml", msg("A file is not YAML"))
NOT_A_MAPPING: Final = Code("M012", "not-a-mapping", msg("A manifest must be a mapping"))
DUPLICATE_KEY: Final = Code("M013", "duplicate-key", msg("Duplicate key"))
ALIAS: Final = Code("M014", "alias", msg("Anchors and aliases are not used in manifests"))
TAG: Final = Code("M015", "tag", msg("Tags are not used in manifests"))
AMBIGUOUS: Final = Code("M016", "ambiguous-scalar", msg("A value that YAML 1.1 and 1.2 read differently"))
MANY_DOCUMENTS: Final = Code("M017", "many-documents", msg("A file contains more than one document"))
TAB: Final = Code("M018", "tab", msg("A tab is used for indentation"))
# Shape
UNKNOWN_KEY: Final = Code("M101", "unknown-key", msg("Unknown key"))
WRONG_TYPE: Final = Code("M102", "wrong-type", msg("A value has the wrong type"))
UNKNOWN_VALUE: Final = Code("M103", "unknown-value", msg("A value is not one of its choices"))
MISSING_KEY: Final = Code("M104", "missing-key", msg("A required key is missing"))
WRONG_FORM: Final = Code("M105", "wrong-form", msg("A value has an invalid format"))
DECLARED_DERIVED: Final = Code("M106", "declared-derived", msg("A derived field cannot be declared"))
DECLARED_ISSUED: Final = Code("M107", "declared-issued", msg("A field issued by the platform cannot be declared"))
PLAINTEXT_TOKEN: Final = Code("M108", "plaintext-token", msg("A secret is written in the manifest"))
EMPTY_VALUE: Final = Code("M109", "empty-value", msg("A key without a value"))
UNKNOWN_GROUP: Final = Code("M110", "unknown-group", msg("Unknown group"))
GROUP_CYCLE: Final = Code("M111", "group-cycle", msg("Groups inherit from each other in a cycle"))
NOT_SHARED: Final = Code("M112", "not-shared", msg("A shop-specific value is in a shared file"))
CONTROL_CHARACTER: Final = Code("M113", "control-character", msg("A control character that is not displayed"))
INVISIBLE_CHARACTER: Final = Code(
    "M114", "invisible-character", msg("A text contains an invisible character"), Severity.WARNING
)
BRAND_SPELLING: Final = Code("M115", "brand-spelling", msg("The brand is not spelt Amazon Pay"), Severity.WARNING)
INVALID: Final = Code("M199", "invalid", msg("A value does not match the schema"))
# Manifests that are written
NOT_WRITTEN: Final = Code("M201", "not-written", msg("A file could not be written"))
MOVED_MEANWHILE: Final = Code("M202", "moved-meanwhile", msg("A file changed while it was being written"))
ALREADY_THERE: Final = Code("M204", "already-there", msg("The shop already has a manifest"), Severity.REFUSED)
TO_FILL_IN: Final = Code("M205", "to-fill-in", msg("A new manifest is incomplete"), Severity.WARNING)
# Tables, and what is imported into manifests
NOT_DECLARABLE: Final = Code(
    "M301", "not-declarable", msg("A value that a manifest cannot hold was not imported"), Severity.WARNING
)
ROW: Final = Code("M302", "row", msg("A row cannot be mapped"))
ROW_TWICE: Final = Code("M303", "row-twice", msg("Two rows for one shop"))
FORMULA: Final = Code("M304", "formula", msg("A cell starts like a formula"))
COLUMN: Final = Code("M305", "column", msg("A column is not imported"), Severity.WARNING)
NOT_A_TABLE: Final = Code("M306", "not-a-table", msg("A file cannot be read as a table"))
NOT_PROVEN: Final = Code(
    "M307", "not-proven", msg("A secret that is not provided yet was not compared"), Severity.WARNING
)
NOT_KEPT: Final = Code("M308", "not-kept", msg("The plan for the imported shops is not empty"))
NOT_IMPORTED: Final = Code("M309", "not-imported", msg("A shop was not imported"))
SHORT_ROW: Final = Code("M310", "short-row", msg("A row has fewer cells than the header"))
ROW_CHANGED: Final = Code("M311", "row-changed", msg("A row changed since the last onboarding status"), Severity.NOTE)
# Attestations, and shops that leave
BAD_ATTESTATION: Final = Code("M401", "bad-attestation", msg("An attestation is invalid"))
ATTESTATION_EXPIRED: Final = Code("M402", "attestation-expired", msg("An attestation expired"), Severity.NOTE)
OFFBOARDED_EARLY: Final = Code(
    "M404", "offboarded-early", msg("A step of leaving was done before an earlier one"), Severity.WARNING
)
NOT_OFFBOARDED: Final = Code("M405", "not-offboarded", msg("A step of leaving cannot be written"), Severity.REFUSED)
NOT_ATTESTED: Final = Code("M403", "not-attested", msg("An attestation cannot be recorded"), Severity.REFUSED)
# Rules across fields
NEEDS_OPTION: Final = Code("R201", "needs-option", msg("Amazon Pay requires the platform's option"))
NEEDS_CONTRACT: Final = Code("R202", "needs-contract", msg("Amazon Pay requires the shop's contract with Amazon"))
NEEDS_COMMERCE_CREATOR: Final = Code(
    "R203", "needs-commerce-creator", msg("Pre-order sales require コマースクリエイター")
)
NEEDS_SUBSCRIPTION: Final = Code("R204", "needs-subscription", msg("Subscription sales require further applications"))
INCOMPLETE: Final = Code(
    "R205", "incomplete", msg("Amazon is enabled but an item of the screen is missing"), Severity.WARNING
)
NO_SELLER: Final = Code("R206", "no-seller", msg("The SellerId of the IPN endpoint is unknown"))
UNKNOWN_PART: Final = Code("R207", "unknown-part", msg("A system part that the backend does not have"))
NOT_OFFERED: Final = Code(
    "R208", "not-offered", msg("The backend does not offer a setting that the manifest declares"), Severity.WARNING
)
NO_PATH_TO_PAID: Final = Code(
    "R209",
    "no-path-to-paid",
    msg("Neither automatic linkage nor an IPN endpoint: orders are not marked as paid"),
    Severity.WARNING,
)
PLATFORM_SENDER: Final = Code(
    "R210", "platform-sender", msg("Mail is sent from the platform's own address"), Severity.WARNING
)
TOKEN_PRE_SET: Final = Code("R301", "token-pre-set", msg("A pre-set token must not be replaced"))
TOKEN_NOT_PRE_SET: Final = Code("R302", "token-not-pre-set", msg("The token is not pre-set"))
SELLER_WITHOUT_TOKEN: Final = Code(
    "R305", "seller-without-token", msg("The SellerId changes but the token stays the former seller's")
)
SELLER_OF_PRE_SET: Final = Code(
    "R306", "seller-of-pre-set-token", msg("The SellerId cannot change while the token is pre-set")
)
CLIENT_OF_TWO_SELLERS: Final = Code("R307", "client-of-two-sellers", msg("One ClientId is declared for two SellerIds"))
TOKEN_OF_TWO_SELLERS: Final = Code(
    "R308", "token-of-two-sellers", msg("One MWSAuthToken is declared for two SellerIds")
)
API_ERROR: Final = Code("R303", "api-error", msg("Amazon refuses the shop's API values"), Severity.WARNING)
NOT_FOLLOWED: Final = Code(
    "R304",
    "not-followed",
    msg("A derived field does not follow and cannot be fixed from here"),
    Severity.WARNING,
)
# Secrets and settings
SECRET_MISSING: Final = Code("S101", "secret-missing", msg("A secret could not be found"))
SECRET_SCHEME: Final = Code("S102", "secret-scheme", msg("Unknown secret scheme"))
SECRET_FORM: Final = Code("S103", "secret-form", msg("A secret has an invalid format"))
NOT_COMPARED: Final = Code(
    "S104", "not-compared", msg("A field was not compared because its secret is not available"), Severity.WARNING
)
REFERENCE_CHANGED: Final = Code("S105", "reference-changed", msg("The reference to a secret changed"), Severity.NOTE)
OTHER_KEY: Final = Code("S106", "other-key", msg("Recorded secrets were digested with another key"), Severity.WARNING)
NOT_ROTATED: Final = Code("S107", "not-rotated", msg("A token cannot be rotated"), Severity.REFUSED)
BAD_SETTINGS: Final = Code("S201", "bad-settings", msg("Invalid settings file"))
USAGE: Final = Code("S202", "usage", msg("Invalid command line"))
OUTPUT_NOT_WRITTEN: Final = Code("S203", "output-not-written", msg("An output file could not be written"))
NO_SUCH_SHOP: Final = Code("S301", "no-such-shop", msg("The selection matches no shop"))
ALLOWED_FOR_NONE: Final = Code("S302", "allowed-for-none", msg("No selected shop matches an --allow"), Severity.WARNING)
NO_SUCH_RUN: Final = Code("S303", "no-such-run", msg("No run has this id"))
AMBIGUOUS_RUN: Final = Code("S304", "ambiguous-run", msg("Several runs start with this id"))
NOT_SET: Final = Code("S305", "not-set", msg("A field has no value"))
SECRET_NOT_SHOWN: Final = Code("S306", "secret-not-shown", msg("A secret is never printed"))
BAD_TEMPLATE: Final = Code("S307", "bad-template", msg("A manifest cannot be used as a template"))
NOT_COMMITTED: Final = Code("S308", "not-committed", msg("Manifests or settings differ from the commit"))
ONLY_LOCAL: Final = Code("S309", "only-local", msg("An option cannot be combined with workers"))
UNUSABLE: Final = Code("S401", "unusable", msg("The store, a plan file or a key cannot be used"))
EPHEMERAL_STORE: Final = Code(
    "S407", "ephemeral-store", msg("The record of a run may be lost with its CI job"), Severity.WARNING
)
KEY_EXISTS: Final = Code("S404", "key-exists", msg("A key already exists"), Severity.REFUSED)
NO_KEY: Final = Code("S405", "no-key", msg("There is no key to replace"))
NO_REVISION: Final = Code("S402", "no-revision", msg("Git cannot list the changes"))
NOT_INSTALLED: Final = Code("S408", "not-installed", msg("An optional part of the tool is not installed"))
NO_WORKER: Final = Code("S409", "no-worker", msg("A worker cannot start with these settings"))
WORKER_GAVE_UP: Final = Code("S410", "worker-gave-up", msg("A worker failed again and again"))
NOT_LISTENING: Final = Code("S403", "not-listening", msg("An address cannot be listened on"))
# Backend
UNREACHABLE: Final = Code("B101", "unreachable", msg("The backend does not answer"))
THROTTLED: Final = Code("B102", "throttled", msg("The backend limits the request rate"))
CONFLICT: Final = Code("B103", "conflict", msg("The field was changed concurrently"))
LOCKED: Final = Code("B104", "locked", msg("The shop is open: 要閉店"))
REJECTED: Final = Code("B105", "rejected", msg("The backend refused the request"))
MAINTENANCE: Final = Code("B106", "maintenance", msg("The platform is in maintenance"))
UNEXPECTED: Final = Code("B107", "unexpected", msg("The backend's answer cannot be interpreted"))
SHOP_UNKNOWN: Final = Code("B108", "shop-unknown", msg("The shop is unknown to the backend"))
UNAUTHORISED: Final = Code("B109", "unauthorised", msg("The backend does not accept the credentials"))
NO_TRAIL: Final = Code("B110", "no-trail", msg("Who changed a shop could not be determined"), Severity.NOTE)
API_VALUES_REFUSED: Final = Code("B111", "api-values-refused", msg("Amazon does not accept the API values"))
NOT_ENTITLED: Final = Code("B112", "not-entitled", msg("The shop has not applied for the feature"))
PRE_SET_TOKEN_REFUSED: Final = Code(
    "B113", "pre-set-token-refused", msg("The backend keeps a token that Amazon pre-set")
)
SHOP_IN_USE: Final = Code("B114", "shop-in-use", msg("A shop is open and Amazon Pay is enabled"), Severity.REFUSED)
# Guards
CLOSING_DENIED: Final = Code("G101", "closing-denied", msg("This tool may not close the shop"), Severity.REFUSED)
OUTSIDE_WINDOW: Final = Code("G102", "outside-window", msg("Outside the shop's maintenance window"), Severity.REFUSED)
TURNING_OFF: Final = Code("G103", "turning-off", msg("A live payment method would be turned off"), Severity.REFUSED)
BOTH_MOVED: Final = Code(
    "G104", "both-moved", msg("Git and the backend both changed since the last apply"), Severity.REFUSED
)
SELLER_CHANGES: Final = Code(
    "G105", "seller-changes", msg("The SellerId of an enabled shop would change"), Severity.REFUSED
)
SECRET_ROTATION: Final = Code(
    "G106", "secret-rotation", msg("A secret changed behind an unchanged reference"), Severity.REFUSED
)
UNREGISTERING: Final = Code(
    "G107", "unregistering", msg("The IPN endpoint of an enabled shop would be unregistered"), Severity.REFUSED
)
FLEET_SHARE: Final = Code("G201", "fleet-share", msg("Too large a share of the fleet changes"), Severity.REFUSED)
CLOSED_AT_ONCE: Final = Code("G202", "closed-at-once", msg("Too many shops close in one run"), Severity.REFUSED)
# Apply
NOT_CONFIRMED: Final = Code("A101", "not-confirmed", msg("The plan was not approved"), Severity.REFUSED)
PREDICTION_MISS: Final = Code("A102", "prediction-miss", msg("A field does not have the predicted value"))
LEFT_CLOSED: Final = Code("A103", "left-closed", msg("A shop could not be reopened"))
STALE: Final = Code("A104", "stale", msg("A field changed after the plan was created"), Severity.REFUSED)
ALREADY_APPLIED: Final = Code(
    "A122", "already-applied", msg("Another run made the changes after the plan was created"), Severity.NOTE
)
OUTCOME_UNKNOWN: Final = Code("A105", "outcome-unknown", msg("The outcome of a write is unknown"))
INTERRUPTED: Final = Code("A106", "interrupted", msg("The run was interrupted"))
FAULT: Final = Code("A109", "fault", msg("Internal error"))
LEASE_HELD: Final = Code("A110", "lease-held", msg("Another run is writing the shop"), Severity.REFUSED)
LEASE_LOST: Final = Code("A118", "lease-lost", msg("Another run took the shop over"), Severity.REFUSED)
CLOSED_BY_OTHER: Final = Code(
    "A119", "closed-by-other", msg("Another user closed the shop, so it is not reopened"), Severity.WARNING
)
NOT_EXPECTED: Final = Code("A111", "not-expected", msg("The plan is not the approved one"), Severity.REFUSED)
OTHER_LEAF: Final = Code("A120", "other-leaf", msg("The plan of the shop is not the approved one"), Severity.REFUSED)
BROKEN_LEAVES: Final = Code("A121", "broken-leaves", msg("A file of leaves cannot be used"))
CLOSED_TOO_LONG: Final = Code("A112", "closed-too-long", msg("A shop exceeded its maximum closing time"))
HALTED: Final = Code("A113", "halted", msg("The run halted"))
OVERTAKEN: Final = Code("A114", "overtaken", msg("The manifests changed after the run was approved"), Severity.REFUSED)
NOT_RECORDED: Final = Code("A115", "not-recorded", msg("What was done at the backend could not be recorded"))
NOT_INVERTIBLE: Final = Code("A107", "not-invertible", msg("A change that cannot be undone"), Severity.WARNING)
# Notifications
NOT_A_PLAYGROUND: Final = Code(
    "I101", "not-a-playground", msg("Notifications are simulated only against a local backend"), Severity.REFUSED
)
NO_SUCH_NOTIFICATION: Final = Code("I102", "no-such-notification", msg("No such notification to process"))
NOTHING_TO_TELL: Final = Code("I103", "nothing-to-tell", msg("Nothing to simulate a notification for"))
NO_SUCH_MAIL: Final = Code("I104", "no-such-mail", msg("No such mail to resend"))
SILENT: Final = Code("I201", "silent", msg("Captures succeed but no notification arrives"), Severity.WARNING)
FOREIGN_ENDPOINT: Final = Code(
    "I202", "foreign-endpoint", msg("Unknown endpoint in Amazon Seller Central"), Severity.WARNING
)
INBOX_UNREAD: Final = Code("I203", "inbox-unread", msg("The sidecar's inbox could not be read"), Severity.WARNING)
SWITCHED_OFF: Final = Code(
    "I204", "switched-off", msg("Amazon is disabled at the backend but enabled in Git"), Severity.WARNING
)
FORMER_ENDPOINT: Final = Code(
    "I205", "former-endpoint", msg("An endpoint stays registered with a former seller"), Severity.WARNING
)
MANIFEST_DELETED: Final = Code(
    "I206", "manifest-deleted", msg("An applied shop no longer has a manifest"), Severity.WARNING
)
SHOPS_NOT_LISTED: Final = Code(
    "I207", "shops-not-listed", msg("The shops of the backend cannot be listed"), Severity.NOTE
)
# Findings
NO_LASTING_STORE: Final = Code("F101", "no-lasting-store", msg("New findings are not known without a store that lasts"))
LOOK_NOT_RECORDED: Final = Code(
    "F102", "look-not-recorded", msg("A drift check could not be recorded"), Severity.WARNING
)
STATUS_NOT_RECORDED: Final = Code(
    "F110", "status-not-recorded", msg("An onboarding status could not be recorded"), Severity.WARNING
)
BAD_LEDGER: Final = Code("F103", "bad-ledger", msg("The file of accepted drift is invalid"))
NOT_ACCEPTABLE: Final = Code("F104", "not-acceptable", msg("A difference cannot be accepted"), Severity.REFUSED)
NOT_ADOPTABLE: Final = Code("F107", "not-adoptable", msg("A live value cannot be adopted"), Severity.REFUSED)
NO_SUCH_FINDING: Final = Code("F105", "no-such-finding", msg("No such finding"))
UNKNOWN_SEVERITY: Final = Code("F106", "unknown-severity", msg("A shop label names no severity"), Severity.WARNING)
BAD_ALERTS: Final = Code("F108", "bad-alerts", msg("The file of alerts is invalid"))
ALERT_DELAYED: Final = Code("F201", "alert-delayed", msg("An alert could not be sent yet"), Severity.WARNING)
ALERT_FAILED: Final = Code("F202", "alert-failed", msg("An alert was given up"), Severity.WARNING)
ALERTS_NOT_QUEUED: Final = Code("F203", "alerts-not-queued", msg("Alerts could not be queued"), Severity.WARNING)
NO_SUCH_ALERT: Final = Code("F204", "no-such-alert", msg("No such alert"))
NO_SUCH_CHANNEL: Final = Code("F205", "no-such-channel", msg("No such channel"))
ALERT_NOT_SENT: Final = Code("F206", "alert-not-sent", msg("A channel did not accept a test alert"))
UNUSED_CHANNEL: Final = Code("F109", "unused-channel", msg("No rule sends alerts to a channel"), Severity.WARNING)
# Watching
WATCH_STORE: Final = Code("W101", "watch-store", msg("Watching needs a store that lasts"))
NOTHING_TO_PULL: Final = Code("W102", "nothing-to-pull", msg("The checkout cannot follow a remote branch"))
NO_WEBHOOK_SECRET: Final = Code("W103", "no-webhook-secret", msg("The secret of webhooks is not available"))
ALREADY_WATCHED: Final = Code("W104", "already-watched", msg("Another process watches the fleet"), Severity.REFUSED)
PART_FAILED: Final = Code("W105", "part-failed", msg("A part of watching failed"), Severity.WARNING)
NOT_IN_GIT: Final = Code("W106", "not-in-git", msg("Changes in manifests are not noticed at once"), Severity.WARNING)


def all_codes() -> tuple[Code, ...]:
    """In the order of their numbers."""
    return tuple(sorted((c for c in globals().values() if isinstance(c, Code)), key=lambda c: c.number))
