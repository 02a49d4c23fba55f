"""Of the codes that come of speaking to the backend, and of an apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.backend_problems import FIELD_PROBLEMS, REQUEST_PROBLEMS
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import Message, msg

_REQUEST: Final = "PATCH /admin-api/v1/shops/kyoto-tea/amazon-settings"


def _refused(code: str, request: str = _REQUEST) -> Message:
    return msg("{request}: {code}: {words}", request=request, code=code, words=REQUEST_PROBLEMS[code])


RUNS: Final[Mapping[Code, Explanation]] = {
    codes.NOT_RECORDED: Explanation(
        msg(
            "The reopening of shops could not be recorded: {reason}",
            reason=msg(
                "The store {place} cannot be used: {reason}",
                place=".reconciler/journal.db",
                reason=msg("the disk is full: free some space"),
            ),
        ),
        msg(
            "Fix the store, then run `reconciler resume` again; until then these shops count as closed by the killed run"
        ),
    ),
    codes.UNREACHABLE: Explanation(
        msg(
            "{request} to {address}: {why}",
            request="POST /oauth/token",
            address="https://admin.example",
            why=msg("no connection could be made"),
        ),
        msg("Check the address (backend.url) and that the backend is running"),
    ),
    codes.THROTTLED: Explanation(
        _refused("TOO_MANY_REQUESTS"),
        msg("Lower `pace.requests_per_second`, or run the command again later"),
    ),
    codes.CONFLICT: Explanation(
        _refused("PRECONDITION_FAILED"),
        msg("Run `reconciler plan` again: the backend changed since it was read"),
    ),
    codes.LOCKED: Explanation(
        _refused("SHOP_OPEN"),
        msg("Close the shop for this change (要閉店)"),
    ),
    codes.API_VALUES_REFUSED: Explanation(
        msg(
            "Amazon does not accept {fields}; nothing was written in this step",
            fields=msg(
                "{label} ({words})",
                label=field_name("SellerId", "amazon.api.seller_id"),
                words=FIELD_PROBLEMS["AMAZON_API_ERROR"],
            ),
        ),
        msg(
            "Compare the values with Amazon Seller Central and correct them in the manifest; if they are the same, ask the "
            "support there (サポートを受ける)"
        ),
    ),
    codes.NOT_ENTITLED: Explanation(
        msg(
            "The platform refuses {fields}; nothing was written in this step",
            fields=msg(
                "{label} ({words})",
                label=field_name("Use Amazon", "amazon.enabled"),
                words=FIELD_PROBLEMS["NOT_ENTITLED"],
            ),
        ),
        msg(
            "Complete the applications with the platform and the contract with Amazon, or disable "
            "the field in the manifest until then"
        ),
    ),
    codes.PRE_SET_TOKEN_REFUSED: Explanation(
        msg(
            "The platform refuses {fields}; nothing was written in this step",
            fields=msg(
                "{label} ({words})",
                label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
                words=FIELD_PROBLEMS["TOKEN_PRE_SET"],
            ),
        ),
        msg("Write `pre-set` for amazon.api.mws_auth_token, or delete the key: Amazon holds this token"),
    ),
    codes.REJECTED: Explanation(
        _refused("UNKNOWN_PART"),
        msg("Fix the value that the backend names, then run `reconciler plan` again"),
    ),
    codes.MAINTENANCE: Explanation(
        _refused("MAINTENANCE"),
        msg("Run the command again after the platform's maintenance"),
    ),
    codes.UNEXPECTED: Explanation(
        msg("{request}: {why}", request=_REQUEST, why=msg("the answer is a web page, not JSON")),
        msg(
            "Check that the address is the backend's, and that the backend implements the API in {page}",
            page="docs/backend.md",
        ),
    ),
    codes.SHOP_UNKNOWN: Explanation(
        msg(
            "Unknown shop key ({answer})",
            answer=_refused("SHOP_NOT_FOUND", "GET /admin-api/v1/shops/kyoto-tae/integration"),
        ),
        msg("Check the shop key, and that this client may access the shop"),
    ),
    codes.UNAUTHORISED: Explanation(
        _refused("INVALID_CLIENT", "POST /oauth/token"),
        msg("Check the client id and the client secret, and which shop the client belongs to"),
    ),
    codes.NO_TRAIL: Explanation(
        msg(
            "Who made the changes was not read for every shop with drift (read: {asked}, omitted: {count})",
            asked=100,
            count=20,
        ),
        msg("Name the shops to check"),
    ),
    codes.NOT_CONFIRMED: Explanation(
        msg("Cannot prompt for approval: stdin is not a terminal"),
        msg("Review `reconciler plan`, then apply with --auto-approve"),
    ),
    codes.PREDICTION_MISS: Explanation(
        msg("{label} does not have the predicted value", label=field_name("Regular sales")),
        msg("Run `reconciler plan` again to see what the backend did instead"),
    ),
    codes.LEFT_CLOSED: Explanation(
        msg("The shop was open, is CLOSED NOW, and could not be reopened: {reason}", reason=msg("it did not answer")),
        msg("Run `reconciler resume` when the backend answers, or open the shop in the admin screens"),
    ),
    codes.STALE: Explanation(
        msg(
            "{label} was {planned} when planned, is {now} now, and would become {wanted}",
            label=field_name("Use Amazon", "amazon.enabled"),
            planned="false",
            now="true",
            wanted="true",
        ),
        msg("Check what changed it, then run `reconciler plan` again"),
    ),
    codes.ALREADY_APPLIED: Explanation(
        msg("All changes of this shop were made by someone else after the plan was created: nothing is left to write"),
        msg("Nothing to do; `reconciler blame` shows who made them"),
    ),
    codes.OUTCOME_UNKNOWN: Explanation(
        msg("A write was sent and its outcome is unknown"), msg("Run `reconciler plan` again to read the current state")
    ),
    codes.INTERRUPTED: Explanation(
        msg("The run was interrupted; the shops it closed were reopened unless the report says otherwise"),
        msg("Run `reconciler plan` again to see the remaining changes"),
    ),
    codes.NOT_INVERTIBLE: Explanation(
        msg(
            "{label} cannot be restored: the former value is a secret that cannot be read",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
        ),
        msg("Restore it in the admin screen if needed"),
    ),
    codes.FAULT: Explanation(
        msg("Internal error while processing this shop: {kind}", kind="ZeroDivisionError"),
        msg("Run `reconciler plan` again to see the current state, and report this error"),
    ),
    codes.LEASE_HELD: Explanation(
        msg(
            "{owner} is writing the shop (run {run}) until {expires}",
            owner="ci@runner-3",
            run="3f2a9c1e",
            expires="2026-04-01T03:00:00Z",
        ),
        msg("Wait for that run to end; the shops of a killed run are released automatically"),
    ),
    codes.LEASE_LOST: Explanation(
        msg(
            "{request} was not sent: the lease of the shop has expired",
            request="PUT /admin-api/v1/shops/kyoto-tea/storefront",
        ),
        msg("Run `reconciler plan` again: another run is writing the shop"),
    ),
    codes.CLOSED_BY_OTHER: Explanation(
        msg(
            "The shop is no longer closed by this run, and its state was not changed: {reason}",
            reason=msg("{actor} closed the shop in the meantime", actor="hanako"),
        ),
        msg(
            "Run `reconciler plan` again to see the remaining changes; open the shop in the admin screens if it should be open"
        ),
    ),
    codes.NOT_EXPECTED: Explanation(
        msg("The plan's fingerprint is {found}", found="sha256:5f1d..."),
        msg("Review the plan again, and apply the one that was approved"),
    ),
    codes.OTHER_LEAF: Explanation(
        msg("The plan of {shop} has the leaf {leaf}", shop="kyoto-tea", leaf="sha256:5f1d..."),
        msg("Review the plan of the shop again and approve its leaf; the other shops were applied"),
    ),
    codes.BROKEN_LEAVES: Explanation(
        msg("The first word is not a shop key"),
        msg("Write one shop key and its leaf per line, as in `shops[].leaf` of `reconciler plan -o json`"),
    ),
    codes.CLOSED_TOO_LONG: Explanation(
        msg(
            "The limit of {seconds} s since the request to close the shop was reached: nothing more was written, "
            "and the shop was to be reopened",
            seconds="300",
        ),
        msg(
            "Run `reconciler plan` again to see the remaining changes; limits.closed_seconds sets how long a shop may be closed"
        ),
    ),
    codes.HALTED: Explanation(
        msg(
            "The run halted. {why}",
            why=msg(
                "Shops started: {started}; failed: {failed}; different from the prediction: {missed}; with "
                "missing notifications: {unwell}",
                failed=2,
                missed=1,
                unwell=0,
                started=40,
            ),
        ),
        msg(
            "Fix what failed, then run `reconciler resume` or the same command again; both continue "
            "with the remaining shops"
        ),
    ),
    codes.OVERTAKEN: Explanation(
        msg(
            "The manifests changed after the rollout was approved. Shops ({count}): {shops}",
            count=2,
            shops="kyoto-tea, uji-cups",
        ),
        msg(
            "Review `reconciler plan`, then apply again: reconciler apply {words}",
            words="--waves canary,50%,100% --soak 10m --max-failures 0",
        ),
    ),
    codes.NOT_A_PLAYGROUND: Explanation(
        msg(
            "The backend {url} is not on this machine; notifications are simulated only against a local backend",
            url="https://admin.platform.example",
        ),
        msg("Use the embedded backend, or one that `reconciler serve backend` serves on this machine"),
    ),
    codes.NO_SUCH_NOTIFICATION: Explanation(
        msg("Unknown notification {which}", which="17"), msg("`reconciler ipn list` shows the numbers and states")
    ),
    codes.NOTHING_TO_TELL: Explanation(
        msg("{shop} has no order {order} that is paid with Amazon Pay", shop="kyoto-tea", order="100000020732"),
        msg("Use an order that has an Amazon order reference"),
    ),
    codes.NO_SUCH_MAIL: Explanation(
        msg("Unknown mail {which}", which="3"), msg("`reconciler ipn mails list` shows the numbers and states")
    ),
    codes.SILENT: Explanation(
        msg(
            "No notification arrived after {last}, but polling found captures completed since {first}: {count}",
            last="2026-04-01T03:00:00Z",
            first="2026-04-02T09:30:00Z",
            count=12,
        ),
        msg("Send a test from Amazon Seller Central; check the path to the sidecar and `reconciler ipn stats`"),
    ),
    codes.FOREIGN_ENDPOINT: Explanation(
        msg(
            "{seller} has endpoints in Amazon Seller Central that belong to no known shop ({count}): {urls}",
            seller="A1EXAMPLE234567",
            count=1,
            urls="https://elsewhere.example/ipn",
        ),
        msg("Remove them in Amazon Seller Central, or list them under `ipn.other_endpoints` if they belong there"),
    ),
    codes.INBOX_UNREAD: Explanation(
        msg("The store {place} has no inbox: no sidecar has used it", place=".reconciler/inbox.db"),
        msg("Fix `ipn.inbox` or what the message names; the rest of the drift was compared"),
    ),
}
