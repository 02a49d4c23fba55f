"""The areas that `doctor` checks. A new area is a function here and a line in `AREAS`.

In: a session. Out: checks. A port that cannot be used is a problem with its fix, not an exception.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.selection import Selection
from reconciler.ports import BackendError, SecretMissing, SetupError
from reconciler.workflows.gather import resolve_secrets
from reconciler.workflows.setup.doctor.check import Check, passed, problem, problem_of, skipped
from reconciler.workflows.setup.doctor.ci.ci_area import check_ci

if TYPE_CHECKING:
    from reconciler.ports.alerts.channel_check import ChannelCheck
    from reconciler.workflows.session import Session

_SHOWN: Final = 20


async def check_settings(session: Session) -> list[Check]:
    """Settings that cannot be read end the command before any check."""
    file = session.project.settings_file
    if file is None:
        return [problem(msg("There is no settings file; the defaults are used"), msg("Run `reconciler init`"))]
    return [passed(msg("{file} is valid", file=file))]


async def check_store(session: Session) -> list[Check]:
    place = session.store.ephemeral_place()
    try:
        with session.store.history() as history:
            runs = () if history is None else history.runs(limit=1)
            created = history is not None
            unfinished = () if history is None else history.unfinished()
    except SetupError as error:
        return [problem(error.text, error.hint)]
    checks = [passed(_store_text(created=created, used=bool(runs)))]
    if place is not None:
        fix = msg("Use PostgreSQL: `store: postgresql://...` in the settings")
        checks.append(problem(msg("The store {place} is lost when the CI job ends", place=place), fix))
    if unfinished:
        text = msg("A run did not finish in {shop}", shop=unfinished[0].shop)
        checks.append(problem(text, msg("Run `reconciler resume`")))
    return checks


def _store_text(*, created: bool, used: bool) -> Message:
    if not created:
        return msg("The store (history of runs) does not exist yet; the first apply creates it")
    return msg("The store can be read") if used else msg("The store can be read; no run is recorded in it")


async def check_backend(session: Session) -> list[Check]:
    try:
        async with session.observe() as backend:
            async for shop in backend.shops():
                return [passed(msg("The backend answers; its first shop is {shop}", shop=shop))]
    except BackendError as error:
        return [problem(error.text, msg("Check `backend` in the settings, the network and the client secret"))]
    except (SetupError, SecretMissing) as error:
        return [problem(error.text, error.hint)]
    return [problem(msg("The backend has no shops"), msg("Check the client id: it may see no shop"))]


async def check_secrets(session: Session) -> list[Check]:
    try:
        shops = session.manifests.read(Selection()).shops
    except SetupError as error:
        return [problem(error.text, error.hint)]
    if not shops:
        return [skipped(msg("There are no valid manifests"))]
    missing = [secret.reason for shop in resolve_secrets(shops, session.secrets) for secret in shop.unresolved]
    if not missing:
        return [passed(msg("All secrets of the manifests can be resolved"))]
    more = len(missing) - _SHOWN
    rest = [problem(msg("{count} more secrets cannot be resolved", count=more), None)] if more > 0 else []
    return [*map(problem_of, missing[:_SHOWN]), *rest]


async def check_permissions(session: Session) -> list[Check]:
    return [
        passed(each.text) if each.fix is None else problem(msg("Not true: {text}", text=each.text), each.fix)
        for each in session.project.permissions()
    ]


async def check_ipn(session: Session) -> list[Check]:
    if session.sidecar_findings is None:
        return []
    try:
        found = await session.sidecar_findings()
    except BackendError as error:
        return [problem(error.text, msg("Check `backend` in the settings, the network and the client secret"))]
    except (SetupError, SecretMissing) as error:
        return [problem(error.text, error.hint)]
    return [
        problem(each.text, each.fix)
        if each.fix is not None
        else skipped(each.text)
        if each.unknown
        else passed(each.text)
        for each in found
    ]


async def check_alerts(session: Session) -> list[Check]:
    """The file, and each channel as far as that is known without an alert. Nothing to check without the file."""
    settings = session.alerts()
    if settings is None or session.channel_checks is None:
        return []
    config = settings.read()
    faults = list(map(problem_of, config.diagnostics))
    if any(each.blocking for each in config.diagnostics):
        return faults
    return [*faults, *map(_of_channel, await session.channel_checks())]


def _of_channel(found: ChannelCheck) -> Check:
    if found.problem is None:
        return passed(msg("The channel {channel} can be used; no alert was sent", channel=found.channel))
    return problem(
        msg("The channel {channel} cannot be used: {reason}", channel=found.channel, reason=found.problem),
        msg("Check the channel in alerts.yaml, its secrets and the network"),
    )


AREAS: Final[Mapping[str, Callable[[Session], Awaitable[list[Check]]]]] = {
    "settings": check_settings,
    "store": check_store,
    "backend": check_backend,
    "secrets": check_secrets,
    "permissions": check_permissions,
    "ipn": check_ipn,
    "alerts": check_alerts,
    "ci": check_ci,
}
