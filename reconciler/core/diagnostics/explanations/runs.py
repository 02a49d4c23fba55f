"""Of the codes that come of speaking to the backend, and of an apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import msg

_REQUEST: Final = "PATCH /admin-api/v1/shops/kyoto-tea/amazon-settings"

RUNS: Final[Mapping[Code, Explanation]] = {
    codes.NOT_RECORDED: Explanation(
        msg(
            "That shops were reopened could not be recorded: {reason}",
            reason=msg(
                "The store {place} cannot be used: {reason}",
                place=".reconciler/journal.db",
                reason=msg("its disk is full: make room"),
            ),
        ),
        msg("Mend the store, then run resume again: until then these shops count as closed by the killed run"),
    ),
    codes.UNREACHABLE: Explanation(
        msg(
            "{request} to {address}: {why}",
            request="POST /oauth/token",
            address="https://admin.example",
            why=msg("no connection could be made"),
        ),
        msg("Check the address (backend.url) and that it runs; to try the tool out: `reconciler serve backend`"),
    ),
    codes.THROTTLED: Explanation(
        msg("{request}: {code}: {words}", request=_REQUEST, code="TOO_MANY_REQUESTS", words="too many requests"),
        msg("Set a lower requests_per_second, or run again later"),
    ),
    codes.CONFLICT: Explanation(
        msg("{request}: {code}: {words}", request=_REQUEST, code="PRECONDITION_FAILED", words="another version"),
        msg("Plan again: what was read is no longer what stands"),
    ),
    codes.LOCKED: Explanation(
        msg("{request}: {code}: {words}", request=_REQUEST, code="SHOP_OPEN", words="要閉店"),
        msg("Close the shop for this change (要閉店)"),
    ),
    codes.API_VALUES_REFUSED: Explanation(
        msg(
            "Amazon does not accept {fields}; nothing of this step was written",
            fields=msg(
                "{label} ({words})",
                label=field_name("SellerId", "amazon.api.seller_id"),
                words="Amazon does not know this value",
            ),
        ),
        msg(
            "Compare the values with Amazonセラーセントラル and correct them in the manifest; if they are the same, ask through"
            " 「サポートを受ける」 there, then run plan again"
        ),
    ),
    codes.NOT_ENTITLED: Explanation(
        msg(
            "The platform refuses {fields}; nothing of this step was written",
            fields=msg(
                "{label} ({words})", label=field_name("Use Amazon", "amazon.enabled"), words="the option is missing"
            ),
        ),
        msg(
            "Complete the applications with the platform and the contract with Amazon, or turn the field off in the manifest"
            " until then"
        ),
    ),
    codes.PRE_SET_TOKEN_REFUSED: Explanation(
        msg(
            "The platform refuses {fields}; nothing of this step was written",
            fields=msg(
                "{label} ({words})",
                label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
                words="Amazon set this token",
            ),
        ),
        msg("Write `pre-set` for amazon.api.mws_auth_token, or leave the key out: Amazon holds this token"),
    ),
    codes.REJECTED: Explanation(
        msg("{request}: {code}: {words}", request=_REQUEST, code="AMAZON_API_ERROR", words="sellerId"),
        msg("Mend the value that the backend names, and run plan again"),
    ),
    codes.MAINTENANCE: Explanation(
        msg(
            "{request}: {code}: {words}",
            request=_REQUEST,
            code="MAINTENANCE",
            words="the platform is under maintenance",
        ),
        msg("Run again when the platform's maintenance is over"),
    ),
    codes.UNEXPECTED: Explanation(
        msg("{request}: {why}", request=_REQUEST, why=msg("the answer is a web page, not JSON")),
        msg("Check that the address is the backend's, and that it keeps the contract in docs/backend.md"),
    ),
    codes.SHOP_UNKNOWN: Explanation(
        msg(
            "The backend knows no shop of this key ({answer})",
            answer=msg(
                "{request}: {code}: {words}",
                request="GET /admin-api/v1/shops/kyoto-tae/integration",
                code="SHOP_NOT_FOUND",
                words="there is no such shop",
            ),
        ),
        msg("Check the shop key, and that this client may see the shop"),
    ),
    codes.UNAUTHORISED: Explanation(
        msg(
            "{request}: {code}: {words}",
            request="POST /oauth/token",
            code="INVALID_CLIENT",
            words="this client id and secret are not known",
        ),
        msg("Check the client id and the client secret, and which shop the client belongs to"),
    ),
    codes.NO_TRAIL: Explanation(
        msg(
            "Who changed what was not asked in every shop that drifted (asked: {asked}, left out: {count})",
            asked=100,
            count=20,
        ),
        msg("Name the shops to be asked about"),
    ),
    codes.NOT_CONFIRMED: Explanation(
        msg("Nobody can be asked: the standard input is not a terminal"),
        msg("Look at `reconciler plan`, then apply with --auto-approve"),
    ),
    codes.PREDICTION_MISS: Explanation(
        msg("{label} was predicted otherwise than it reads back", label=field_name("Regular sales")),
        msg("Run plan again: it shows what the backend did instead"),
    ),
    codes.LEFT_CLOSED: Explanation(
        msg("The shop was open, is CLOSED NOW, and could not be reopened: {reason}", reason=msg("it did not answer")),
        msg("Open it in the admin screens, or run apply again once the backend answers"),
    ),
    codes.STALE: Explanation(
        msg(
            "{label} was {planned} when planned, is {now} now, and should become {wanted}",
            label=field_name("Use Amazon", "amazon.enabled"),
            planned="false",
            now="true",
            wanted="true",
        ),
        msg("Look at what changed it, and plan again"),
    ),
    codes.OUTCOME_UNKNOWN: Explanation(
        msg("A write was sent and its outcome is not known"), msg("Run plan again: it reads what stands")
    ),
    codes.INTERRUPTED: Explanation(
        msg("The run was interrupted; shops it had closed were reopened unless the report says otherwise"),
        msg("Run plan again: it shows what is left to do"),
    ),
    codes.NOT_INVERTIBLE: Explanation(
        msg(
            "{label} cannot be brought back: the former value is a secret that nobody can read",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
        ),
        msg("Bring it back by hand in the admin screen, if it is wanted"),
    ),
    codes.FAULT: Explanation(
        msg("An internal fault ended the work on this shop: {kind}", kind="ZeroDivisionError"),
        msg("Run plan again to see what stands; report the fault"),
    ),
    codes.LEASE_HELD: Explanation(
        msg(
            "The shop is being written by {owner} (run {run}) until {expires}",
            owner="ci@runner-3",
            run="3f2a9c1e",
            expires="2026-04-01T03:00:00Z",
        ),
        msg("Wait for that run to end; a run that was killed gives its shops back by itself"),
    ),
    codes.LEASE_LOST: Explanation(
        msg(
            "{request} was not sent: the lease of the shop has run out",
            request="PUT /admin-api/v1/shops/kyoto-tea/storefront",
        ),
        msg("Run plan again: another run writes the shop now"),
    ),
    codes.CLOSED_BY_OTHER: Explanation(
        msg(
            "The shop is not closed by this run any more, and was left as it is: {reason}",
            reason=msg("{actor} closed the shop meanwhile", actor="hanako"),
        ),
        msg("Run plan again: it shows what is left; open the shop in the admin screens if it should be open"),
    ),
    codes.NOT_EXPECTED: Explanation(
        msg("The plan's fingerprint is {found}", found="sha256:5f1d..."),
        msg("Look at the plan once more, and apply the one that was approved"),
    ),
    codes.CLOSED_TOO_LONG: Explanation(
        msg(
            "The shop had been closed for {seconds} s, which is as long as it may be: nothing more was written,"
            " only its reopening was tried",
            seconds="300",
        ),
        msg("Run plan again: it shows what is left; limits.closed_seconds says how long a shop may be closed"),
    ),
    codes.HALTED: Explanation(
        msg(
            "The run halted itself. {why}",
            why=msg(
                "Shops that failed: {failed}; not as predicted when read back: {missed}; with unwell notifications: {unwell};"
                " of {begun}",
                failed=2,
                missed=1,
                unwell=0,
                begun=40,
            ),
        ),
        msg("Mend what failed, then `reconciler resume`, or the same command again: both go on with what is left"),
    ),
    codes.OVERTAKEN: Explanation(
        msg(
            "The manifests want something else than the run in waves was approved for, in shops: {count} ({shops})",
            count=2,
            shops="kyoto-tea, uji-cups",
        ),
        msg(
            "Look at `reconciler plan`, then apply anew: reconciler apply {words}",
            words="--waves canary,50%,100% --soak 10m --max-failures 0",
        ),
    ),
    codes.NOT_A_PLAYGROUND: Explanation(
        msg(
            "The backend {url} is not on this machine: nothing is simulated there", url="https://admin.platform.example"
        ),
        msg("Use the embedded backend, or one that `reconciler serve backend` serves here"),
    ),
    codes.NO_SUCH_NOTIFICATION: Explanation(
        msg("There is no notification with this number: {which}", which="17"),
        msg("`reconciler ipn list` shows the numbers that there are, and how each stands"),
    ),
    codes.NOTHING_TO_TELL: Explanation(
        msg("{shop} has no order {order} that is paid with Amazon Pay", shop="kyoto-tea", order="100000020732"),
        msg("Name one that has an Amazon order reference"),
    ),
    codes.SILENT: Explanation(
        msg(
            "No notification came after {last}, and polling found captures that were completed since {first}"
            " (count: {count})",
            last="2026-04-01T03:00:00Z",
            first="2026-04-02T09:30:00Z",
            count=12,
        ),
        msg("Send a test from Seller Central; look at what stands before the sidecar, and at `reconciler ipn stats`"),
    ),
    codes.FOREIGN_ENDPOINT: Explanation(
        msg(
            "{seller} has endpoints in Seller Central that are of no shop that was read (count: {count}): {urls}",
            seller="A1EXAMPLE234567",
            count=1,
            urls="https://elsewhere.example/ipn",
        ),
        msg("Take them away in Seller Central, or name them under `ipn.other_endpoints` if they belong there"),
    ),
    codes.INBOX_UNREAD: Explanation(
        msg("The store {place} holds no inbox: no sidecar was ever at work on it", place=".reconciler/inbox.db"),
        msg("Mend `ipn.inbox` or what the message names; the rest of the drift was compared all the same"),
    ),
}
