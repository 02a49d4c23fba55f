"""The typical calls of each command. A command without a row fails the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cli.texts import fleets
from tests.cli.texts.alerted_fleet import alerted
from tests.cli.texts.fleets import Call
from tests.cli.texts.healed_fleet import healing


@dataclass(frozen=True, slots=True)
class Calls:
    """`of` are the command lines, called one after the other in a copy of the state."""

    state: Callable[[Call], None]
    of: tuple[str, ...]


CALLS = {
    "plan": Calls(fleets.fleet, ("plan", "plan uji-cups --out plan.json")),
    "show-plan": Calls(fleets.planned, ("show-plan plan.json",)),
    "apply": Calls(fleets.fleet, ("apply --auto-approve", "apply")),
    "resume": Calls(fleets.killed, ("status", "resume --auto-approve", "resume")),
    "heal": Calls(healing, ("heal --check", "heal", "heal", "runs list", "history nara-brush --steps")),
    "validate": Calls(fleets.broken, ("validate", "validate --fix", "validate kyoto-tea --online")),
    "fmt": Calls(fleets.untidy, ("fmt --check", "fmt", "fmt")),
    "new": Calls(fleets.fleet, ("new matsue-clay --group standard",)),
    "onboard": Calls(
        fleets.tabled,
        (
            "onboard new-shops.csv --check",
            "onboard new-shops.csv",
            "onboard --status",
            "onboard --status --expand",
            "onboard --status --mail uji-cups",
            "onboard --status --mail uji-cup",
        ),
    ),
    "import": Calls(fleets.imported, ("import", "import", "import --init --ci gitlab")),
    "adopt": Calls(fleets.strayed, ("adopt nara-brush --check", "adopt nara-brush", "adopt uji-cups")),
    "attest": Calls(
        fleets.fleet,
        (
            "attest kyoto-tea privacy-url --by Hanako --on 2026-11-01 --expires-in 40 --note checkout",
            "attest kyoto-tea test-order --by Hanako --on 2026-11-01 --expires 2026-11-02",
            "attest --list",
            "validate",
            "attest kyoto-tea test-order --withdraw",
            "attest kyoto-tea test-order --withdraw",
            "attest kyoto-tea test-ordr",
            "attest kyoto-te test-order",
            "attest kyoto-tea",
        ),
    ),
    "offboard": Calls(
        fleets.applied,
        (
            "offboard kyoto-tea uji-cups",
            "offboard kyoto-tea --write --step remove-manifest",
            "offboard kyoto-tea --write --step stop-use",
            "attest kyoto-tea revoked-at-amazon --by Hanako --on 2026-11-20",
            "offboard kyoto-tea",
            "apply kyoto-tea --allow turning-off --auto-approve --quiet",
            "offboard kyoto-tea --write",
            "apply kyoto-tea --auto-approve --quiet",
            "attest kyoto-tea authorisations-closed --by Hanako --on 2026-11-20",
            "offboard kyoto-tea --write",
            "offboard kyoto-tea",
            "offboard kyoto-te",
            "offboard kyoto-tea --step stop-use",
        ),
    ),
    "status": Calls(fleets.watched, ("status",)),
    "drift": Calls(fleets.strayed, ("drift", "drift kyoto-tea")),
    "findings list": Calls(fleets.watched, ("findings list", "findings list kyoto-tea --severity high", "drift --new")),
    "findings show": Calls(fleets.watched, (f"findings show {fleets.FINDING}", "findings show 00000000")),
    "findings timeline": Calls(fleets.watched, (f"findings timeline {fleets.FINDING}",)),
    "findings metrics": Calls(
        fleets.watched, ("findings metrics --out drift.prom", "findings metrics --out missing/drift.prom")
    ),
    "findings accept": Calls(
        fleets.watched,
        (
            "findings accept nara-brush amazon.notification.email --until 2026-12-31 --reason campaign",
            "drift nara-brush",
            "findings accept kyoto-tea amazon.api.mws_auth_token --until 2026-12-31 --reason campaign",
        ),
    ),
    "alerts list": Calls(
        alerted, ("alerts list", "alerts list --state failed", "alerts list --limit 1", "alerts list --before 00ff00ff")
    ),
    "alerts send": Calls(
        alerted, ("alerts send", "alerts resend --failed", "alerts send", "drift --new", "drift --new")
    ),
    "alerts resend": Calls(
        alerted, ("alerts resend --failed", "alerts resend --failed", "alerts resend 00ff00ff", "alerts resend")
    ),
    "alerts test": Calls(alerted, ("alerts test ops-chat", "alerts test ops-caht")),
    "show": Calls(fleets.applied, ("show uji-cups", "show kyoto-tea --field merchant_site_url")),
    "why": Calls(
        fleets.committed,
        (
            "why nara-brush amazon.notification.email",
            "why uji-cups amazon.notification.email",
            "why nara-brush amazon.api.mws_auth_token",
            "why nara-brush buttons_visible",
            "why nara-brsh amazon.enabled",
        ),
    ),
    "blame": Calls(fleets.committed, ("blame uji-cups", "blame nara-brsh")),
    "history": Calls(fleets.applied, ("history", "history kyoto-tea --steps")),
    "runs list": Calls(fleets.applied, ("runs list",)),
    "runs show": Calls(fleets.applied, ("runs show 00000001",)),
    "runs watch": Calls(fleets.applied, ("runs watch 00000001",)),
    "runs cancel": Calls(fleets.applied, ("runs cancel 00000001",)),
    "leases": Calls(fleets.applied, ("leases",)),
    "watch": Calls(fleets.applied, ("watch --once", "watch --once")),
    "worker": Calls(fleets.applied, ("worker",)),
    "ci plan": Calls(fleets.fleet, ("ci plan",)),
    "ci comment": Calls(fleets.fleet, ("ci comment --artifact validated.json",)),
    "ci check": Calls(fleets.fleet, ("ci check",)),
    "ci apply": Calls(fleets.fleet, ("ci apply",)),
    "ci issues": Calls(fleets.fleet, ("ci issues", "ci issues --dry-run")),
    "deferred list": Calls(fleets.deferred, ("deferred list",)),
    "deferred apply": Calls(fleets.deferred, ("deferred apply", "deferred apply nobody")),
    "deferred drop": Calls(fleets.deferred, ("deferred drop kyoto-tea", "deferred drop uji-cups")),
    "deferred run": Calls(fleets.fleet, ("deferred run",)),
    "init": Calls(
        fleets.empty, ("init matsue-clay --owner @example/payments", "init --ci github", "init --ci gitlab", "init")
    ),
    "config show": Calls(fleets.fleet, ("config show",)),
    "secrets rotate": Calls(
        fleets.fleet,
        (
            "secrets rotate A1UJICUPS00000",
            "secrets rotate uji-cups --to ref+vault://secret/shops#uji --check",
            "secrets rotate uji-cups --to ref+vault://secret/shops#uji",
            "secrets rotate nobody",
            "secrets rotate uji-cups --to uji",
        ),
    ),
    "secrets list": Calls(fleets.fleet, ("secrets list", "secrets list --missing", "secrets list nobody")),
    "store prune": Calls(
        fleets.watched, ("store prune --older-than 180d", "store prune --older-than 180d --dry-run", "store prune")
    ),
    "store backup": Calls(fleets.watched, ("store backup missing/journal.db",)),
    "store copy": Calls(
        fleets.watched,
        (
            "store copy --to moved.db",
            "store copy --to moved.db",
            "store copy --to .reconciler/journal.db",
            "store copy --to postgresql://operator@127.0.0.1:1/reconciler",
            "store copy --inbox --to inbox.db",
        ),
    ),
    "doctor": Calls(fleets.keyed, ("doctor", "doctor ci")),
    "key create": Calls(fleets.fleet, ("key create",)),
    "key list": Calls(fleets.keyed, ("key list",)),
    "key rotate": Calls(fleets.keyed, ("key rotate",)),
    "ipn list": Calls(
        fleets.received, ("ipn list", "ipn list --standing parked", "ipn list --shop uji-cups --limit 1")
    ),
    "ipn show": Calls(fleets.received, ("ipn show 1",)),
    "ipn replay": Calls(
        fleets.undelivered,
        (
            "ipn replay 3",
            "ipn replay --reason declined --check",
            "ipn replay --reason declined --limit 1",
            "ipn replay --reason declined --shop kobe-coffee",
            "ipn replay",
        ),
    ),
    "ipn park": Calls(fleets.received, ("ipn park 2", "ipn park 9")),
    "ipn stats": Calls(fleets.received, ("ipn stats",)),
    "ipn refused": Calls(fleets.received, ("ipn refused", "ipn refused --signed", "ipn refused --limit 1")),
    "ipn mails list": Calls(
        fleets.undelivered,
        (
            "ipn mails list",
            "ipn mails list --undelivered",
            "ipn mails list --limit 1",
            "ipn list --reason declined",
            "ipn show 4",
        ),
    ),
    "ipn mails show": Calls(fleets.undelivered, ("ipn mails show 1",)),
    "ipn mails resend": Calls(
        fleets.undelivered, ("ipn mails resend 2 9", "ipn mails resend --all", "ipn mails resend")
    ),
    "ipn mails dismiss": Calls(
        fleets.undelivered,
        (
            "ipn mails dismiss 2 9 --reason called",
            "ipn mails dismiss 1 --reason called",
            "ipn mails show 1",
            "ipn mails dismiss 1",
        ),
    ),
    "ipn readmit": Calls(fleets.received, ("ipn readmit --all", "ipn readmit 9")),
    "ipn poll": Calls(fleets.charged, ("ipn poll",)),
    "backend clauses": Calls(fleets.empty, ("backend clauses", "explain K204")),
    "explain": Calls(fleets.empty, ("explain", "explain M101", "explain seller_central.ipn_endpoint")),
    "schema": Calls(fleets.empty, ("schema",)),
    "lsp": Calls(fleets.empty, ("lsp",)),
    "completion": Calls(fleets.empty, ("completion bash",)),
}
"""Each command with its calls. `backend check`, `serve` and `ipn simulate` need a process that serves: `test_served_texts.py`."""
SERVED = frozenset({"backend check", "serve backend", "serve console", "serve ipn", "ipn simulate"})
