"""Of the codes that come of speaking to the backend, and of an apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import say

_REQUEST: Final = "PATCH /admin-api/v1/shops/kyoto-tea/amazon-settings"

OF_RUNS: Final[Mapping[Code, Explanation]] = {
    codes.UNREACHABLE: Explanation(
        say(
            "{request} to {address}: {why}",
            request="POST /oauth/token",
            address="https://admin.example",
            why=say("no connection could be made"),
        ),
        say("Check the address (backend.url) and that it runs; to try the tool out: `reconciler serve backend`"),
    ),
    codes.THROTTLED: Explanation(
        say("{request}: {code}: {words}", request=_REQUEST, code="TOO_MANY_REQUESTS", words="too many requests"),
        say("Set a lower requests_per_second, or run again later"),
    ),
    codes.CONFLICT: Explanation(
        say("{request}: {code}: {words}", request=_REQUEST, code="PRECONDITION_FAILED", words="another version"),
        say("Plan again: what was read is no longer what stands"),
    ),
    codes.LOCKED: Explanation(
        say("{request}: {code}: {words}", request=_REQUEST, code="SHOP_OPEN", words="要閉店"),
        say("Close the shop for this change (要閉店)"),
    ),
    codes.REJECTED: Explanation(
        say("{request}: {code}: {words}", request=_REQUEST, code="AMAZON_API_ERROR", words="sellerId"),
        say("Mend the value that the backend names, and run plan again"),
    ),
    codes.MAINTENANCE: Explanation(
        say(
            "{request}: {code}: {words}",
            request=_REQUEST,
            code="MAINTENANCE",
            words="the platform is under maintenance",
        ),
        say("Run again when the platform's maintenance is over"),
    ),
    codes.UNEXPECTED: Explanation(
        say("{request}: {why}", request=_REQUEST, why=say("the answer is a web page, not JSON")),
        say("Check that the address is the backend's, and that it keeps the contract in docs/backend.md"),
    ),
    codes.SHOP_UNKNOWN: Explanation(
        say(
            "The backend knows no shop of this key ({answer})",
            answer=say(
                "{request}: {code}: {words}",
                request="GET /admin-api/v1/shops/kyoto-tae/integration",
                code="SHOP_NOT_FOUND",
                words="there is no such shop",
            ),
        ),
        say("Check the shop key, and that this client may see the shop"),
    ),
    codes.UNAUTHORISED: Explanation(
        say(
            "{request}: {code}: {words}",
            request="POST /oauth/token",
            code="INVALID_CLIENT",
            words="this client id and secret are not known",
        ),
        say("Check the client id and the client secret, and which shop the client belongs to"),
    ),
    codes.NO_TRAIL: Explanation(
        say(
            "Who changed what was not asked in every shop that drifted (asked: {asked}, left out: {count})",
            asked=100,
            count=20,
        ),
        say("Name the shops to be asked about"),
    ),
    codes.NOT_CONFIRMED: Explanation(
        say("Nobody can be asked: the standard input is not a terminal"),
        say("Look at `reconciler plan`, then apply with --auto-approve"),
    ),
    codes.PREDICTION_MISS: Explanation(
        say("{label} was predicted otherwise than it reads back", label="通常販売"),
        say("Run plan again: it shows what the backend did instead"),
    ),
    codes.LEFT_CLOSED: Explanation(
        say("The shop was open, is CLOSED NOW, and could not be reopened: {reason}", reason=say("it did not answer")),
        say("Open it in the admin screens, or run apply again once the backend answers"),
    ),
    codes.STALE: Explanation(
        say(
            "{label} was {planned} when planned, is {now} now, and should become {wanted}",
            label="利用設定",
            planned="false",
            now="true",
            wanted="true",
        ),
        say("Look at what changed it, and plan again"),
    ),
    codes.OUTCOME_UNKNOWN: Explanation(
        say("A write was sent and its outcome is not known"), say("Run plan again: it reads what stands")
    ),
    codes.INTERRUPTED: Explanation(
        say("The run was interrupted; shops it had closed were reopened unless the report says otherwise"),
        say("Run plan again: it shows what is left to do"),
    ),
    codes.NOT_INVERTIBLE: Explanation(
        say("{label} cannot be brought back: the former value is a secret that nobody can read", label="MWSAuthToken"),
        say("Bring it back by hand in the admin screen, if it is wanted"),
    ),
    codes.FAULT: Explanation(
        say("An internal fault ended the work on this shop: {kind}", kind="ZeroDivisionError"),
        say("Run plan again to see what stands; report the fault"),
    ),
    codes.LEASE_HELD: Explanation(
        say(
            "The shop is being written by {owner} (run {run}) until {expires}",
            owner="ci@runner-3",
            run="3f2a9c1e",
            expires="2026-04-01T03:00:00Z",
        ),
        say("Wait for that run to end; a run that was killed gives its shops back by itself"),
    ),
    codes.NOT_EXPECTED: Explanation(
        say("The plan's fingerprint is {found}", found="sha256:5f1d..."),
        say("Look at the plan once more, and apply the one that was approved"),
    ),
    codes.CLOSED_TOO_LONG: Explanation(
        say(
            "The shop had been closed for {seconds} s, which is as long as it may be: nothing more was written,"
            " only its reopening was tried",
            seconds="300",
        ),
        say("Run plan again: it shows what is left; limits.closed_seconds says how long a shop may be closed"),
    ),
    codes.HALTED: Explanation(
        say(
            "The run halted itself. {why}",
            why=say(
                "Shops that failed: {failed}; not as predicted when read back: {missed}; with unwell notifications: {unwell};"
                " of {begun}",
                failed=2,
                missed=1,
                unwell=0,
                begun=40,
            ),
        ),
        say("Mend what failed, then `reconciler resume`, or the same command again: both go on with what is left"),
    ),
    codes.OVERTAKEN: Explanation(
        say(
            "The manifests want something else than the run in waves was approved for, in shops: {count} ({shops})",
            count=2,
            shops="kyoto-tea, uji-cups",
        ),
        say(
            "Look at `reconciler plan`, then apply anew: reconciler apply {words}",
            words="--waves canary,50%,100% --soak 10m --max-failures 0",
        ),
    ),
    codes.NOT_A_PLAYGROUND: Explanation(
        say(
            "The backend {url} is not on this machine: nothing is simulated there", url="https://admin.platform.example"
        ),
        say("Use the embedded backend, or one that `reconciler serve backend` serves here"),
    ),
    codes.NO_SUCH_NOTIFICATION: Explanation(
        say("There is no notification with this number: {which}", which="17"),
        say("`reconciler ipn list` shows the numbers that there are, and how each stands"),
    ),
    codes.NOTHING_TO_TELL: Explanation(
        say("{shop} has no order {order} that is paid with Amazon Pay", shop="kyoto-tea", order="100000020732"),
        say("Name one that has an Amazon order reference"),
    ),
    codes.SILENT: Explanation(
        say(
            "No notification came after {last}, and polling found captures that were completed since {first}"
            " (count: {count})",
            last="2026-04-01T03:00:00Z",
            first="2026-04-02T09:30:00Z",
            count=12,
        ),
        say("Send a test from Seller Central; look at what stands before the sidecar, and at `reconciler ipn stats`"),
    ),
    codes.FOREIGN_ENDPOINT: Explanation(
        say(
            "{seller} has endpoints in Seller Central that are of no shop that was read (count: {count}): {urls}",
            seller="A1EXAMPLE234567",
            count=1,
            urls="https://elsewhere.example/ipn",
        ),
        say("Take them away in Seller Central, or name them under `ipn.other_endpoints` if they belong there"),
    ),
    codes.INBOX_UNREAD: Explanation(
        say("The store {place} holds no inbox: no sidecar was ever at work on it", place=".reconciler/inbox.db"),
        say("Mend `ipn.inbox` or what the message names; the rest of the drift was compared all the same"),
    ),
}
