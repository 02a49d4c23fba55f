"""Of the codes about watching a fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

WATCH: Final[Mapping[Code, Explanation]] = {
    codes.WATCH_STORE: Explanation(
        msg(
            "`watch` needs a store that lasts: {place} is inside the work tree of a CI job",
            place=".reconciler/journal.db",
        ),
        msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs"),
    ),
    codes.NOTHING_TO_PULL: Explanation(
        msg("`watch.pull` is set, but the checkout cannot be updated: {why}", why="there is no remote branch"),
        msg("Check out a branch that follows a remote one, or remove `watch.pull`"),
    ),
    codes.NO_WEBHOOK_SECRET: Explanation(
        msg("The secret of {sender} webhooks is not available: {why}", sender="github", why="HOOK_SECRET is not set"),
        msg("Set what the reference names, or remove the sender from `watch.webhooks`"),
    ),
    codes.ALREADY_WATCHED: Explanation(
        msg("Another process watches this fleet: {owner}", owner="watch-1"),
        msg("Wait until it ends, or stop it; `watch` without --once waits on standby"),
    ),
    codes.PART_FAILED: Explanation(
        msg("Part `{part}` failed: {why}", part="feed", why="the backend does not answer"),
        msg("It is tried again; the other parts continue"),
    ),
    codes.NOT_IN_GIT: Explanation(
        msg("The manifests are in no Git repository: changes in them are noticed within {period}", period="6h"),
        msg("Watch a clone of the repository; a commit that is checked out is noticed within seconds"),
    ),
}
