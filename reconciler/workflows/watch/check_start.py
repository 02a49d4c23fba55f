"""What is checked before a fleet is watched: settings that cannot work are refused and named.

In: a session, the sources, the settings. Out: warnings about what is noticed later than people may expect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.durations import duration_word
from reconciler.ports import SecretMissing, SetupError

if TYPE_CHECKING:
    from reconciler.core.values import Secret
    from reconciler.core.watch.watch_settings import WatchSettings
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.sources import WatchSources


async def check_start(session: Session, sources: WatchSources, settings: WatchSettings) -> tuple[Diagnostic, ...]:
    """Raises SetupError."""
    _require_lasting_store(session)
    with sources.states.open() as states:
        states.read(session.target.fleet_name)
    checkout = sources.checkout
    head = None if checkout is None else await anyio.to_thread.run_sync(checkout.head)
    if settings.pull:
        await _require_upstream(sources, in_git=head is not None)
    return () if head is not None else (_not_in_git(settings),)


def webhook_secrets(session: Session, settings: WatchSettings) -> dict[str, Secret]:
    """By sender: `backend`, `github`, `gitlab`. Raises SetupError where one is not available."""
    named = settings.webhooks
    references = {"backend": named.backend, "github": named.github, "gitlab": named.gitlab}
    found = {}
    for sender, reference in references.items():
        if reference is None:
            continue
        try:
            found[sender] = session.secrets.resolve(reference)
        except SecretMissing as missing:
            raise SetupError(
                msg("The secret of {sender} webhooks is not available: {why}", sender=sender, why=missing.text),
                hint=msg("Set what the reference names, or remove the sender from `watch.webhooks`"),
                code=codes.NO_WEBHOOK_SECRET,
                subject=f"watch.webhooks.{sender}",
            ) from None
    return found


def _require_lasting_store(session: Session) -> None:
    place = session.findings.ephemeral_place()
    if place is not None:
        raise SetupError(
            msg("`watch` needs a store that lasts: {place} is inside the work tree of a CI job", place=place),
            hint=msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs"),
            code=codes.WATCH_STORE,
        )


async def _require_upstream(sources: WatchSources, *, in_git: bool) -> None:
    """Whether the remote answers is seen later: an outage is no reason not to start."""
    why = msg("the manifests are in no Git repository")
    if in_git and sources.checkout is not None:
        try:
            await anyio.to_thread.run_sync(sources.checkout.upstream)
        except SetupError as error:
            why = error.text
        else:
            return
    raise SetupError(
        msg("`watch.pull` is set, but the checkout cannot be updated: {why}", why=why),
        hint=msg("Check out a branch that follows a remote one, or remove `watch.pull`"),
        code=codes.NOTHING_TO_PULL,
        subject="watch.pull",
    )


def _not_in_git(settings: WatchSettings) -> Diagnostic:
    return diagnostic(
        codes.NOT_IN_GIT,
        msg(
            "The manifests are in no Git repository: changes in them are noticed within {period}",
            period=duration_word(settings.period),
        ),
        hint=msg("Watch a clone of the repository; a commit that is checked out is noticed within seconds"),
    )
