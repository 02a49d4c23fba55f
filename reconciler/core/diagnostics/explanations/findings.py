"""Of the codes about recorded findings and accepted drift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

FINDINGS: Final[Mapping[Code, Explanation]] = {
    codes.NO_LASTING_STORE: Explanation(
        msg(
            "--new needs a store that lasts: {place} is inside the work tree of a CI job",
            place=".reconciler/journal.db",
        ),
        msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs"),
    ),
    codes.LOOK_NOT_RECORDED: Explanation(
        msg("This check was not recorded: {why}", why="the disk is full"),
        msg("`reconciler findings` does not know what it saw"),
    ),
    codes.STATUS_NOT_RECORDED: Explanation(
        msg("This status was not recorded: {why}", why="the disk is full"),
        msg("Since when items have been missing is not known"),
    ),
    codes.BAD_LEDGER: Explanation(
        msg("{day} is more than {count} days ahead", day="2027-12-31", count=90),
        msg("Fix the entry or delete it; `reconciler findings accept` writes valid ones"),
    ),
    codes.NOT_ACCEPTABLE: Explanation(
        msg(
            "Not accepted: {reason}",
            reason=msg("`{field}` is a secret: a changed secret is never accepted", field="amazon.api.mws_auth_token"),
        ),
        msg("`reconciler drift {shop}` names the fields that differ", shop="kyoto-tea"),
    ),
    codes.NOT_ADOPTABLE: Explanation(
        msg(
            "Not adopted: {reason}",
            reason=msg(
                "`{field}` is a secret: a manifest holds a reference to it only", field="amazon.api.mws_auth_token"
            ),
        ),
        msg("`reconciler explain` lists the fields"),
    ),
    codes.NO_SUCH_FINDING: Explanation(
        msg("No finding has the id {name}", name="00ff00"),
        msg("`reconciler findings list --resolved` shows the ids"),
    ),
    codes.UNKNOWN_SEVERITY: Explanation(
        msg("the label `{label}` has the value {value}", label="severity", value="'urgent'"),
        msg("Correct the label, or remove it"),
    ),
    codes.BAD_ALERTS: Explanation(
        msg("`{place}` names the unknown channel `{channel}`", place="rules.0.channels.0", channel="ops-caht"),
        msg("Correct alerts.yaml at the line; nothing was checked or sent"),
    ),
    codes.UNUSED_CHANNEL: Explanation(
        msg("No rule sends alerts to the channel `{channel}`", channel="oncall"),
        msg("Add the channel to a rule, or remove it"),
    ),
    codes.ALERT_DELAYED: Explanation(
        msg("Alerts to {channel} could not be sent: {reason}", channel="ops-chat", reason=msg("no connection")),
        msg("The next `drift` or `alerts send` tries again"),
    ),
    codes.ALERT_FAILED: Explanation(
        msg("Alerts to {channel} were given up ({count}): {reason}", channel="oncall", count=2, reason=msg("refused")),
        msg("Fix the channel, then run `reconciler alerts resend --failed`"),
    ),
    codes.ALERTS_NOT_QUEUED: Explanation(
        msg("Alerts were not queued or sent: {why}", why="the disk is full"),
        msg("The next `drift` tries again"),
    ),
    codes.NO_SUCH_ALERT: Explanation(
        msg("No alert has the id {name}", name="00ff00"),
        msg("`reconciler alerts list` shows the ids"),
    ),
    codes.NO_SUCH_CHANNEL: Explanation(
        msg("unknown channel `{name}` (available: {channels})", name="ops-caht", channels="ops-chat, oncall"),
        msg("Channels are declared in alerts.yaml"),
    ),
    codes.ALERT_NOT_SENT: Explanation(
        msg(
            "The test alert to {channel} was not accepted: {reason}",
            channel="oncall",
            reason=msg("redirected, which is not followed"),
        ),
        msg("Check the channel in alerts.yaml, then run `reconciler doctor alerts`"),
    ),
}
