"""The use cases `onboard --status --mail` and `--mail-folder`: what a merchant has to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.guides import merchant_tasks
from reconciler.core.onboarding.items import OnboardingState, ShopOnboarding
from reconciler.core.results.onboarding.status_result import OnboardingMailResult, OnboardingStatusResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.onboarding.status import OnboardingStatusRequest, onboarding_status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.workflows.session import Session

NAME_LABEL: Final = "name"
"""The label of a manifest that says what the shop is called."""


@frozen
class MerchantMailRequest:
    """`language` is the code of the mail's language."""

    shop: str
    language: str
    tables: tuple[Path, ...] = ()


async def merchant_mail(session: Session, request: MerchantMailRequest) -> OnboardingMailResult | FailureResult:
    """Raises SetupError where a table cannot be read."""
    shop = _shop_key(request.shop)
    known = frozenset(session.manifests.names())
    if shop is None or (shop not in known and not request.tables):
        return failure(diagnostic(codes.NO_SUCH_SHOP, _unknown(request.shop), hint=_hint(request.shop, known)))
    status = await onboarding_status(session, OnboardingStatusRequest(tables=request.tables, only=shop))
    found = next((each for each in status.shops if each.shop == shop), None)
    if found is None:
        return failure(diagnostic(codes.NO_SUCH_SHOP, _unknown(request.shop), hint=_hint(request.shop, known)))
    mail = _mail(found, _names(session, shop), request.language)
    return OnboardingMailResult(
        shop=mail.shop,
        name=mail.name,
        language=mail.language,
        tasks=mail.tasks,
        diagnostics=status.diagnostics,
        requests=status.requests,
        notices=() if mail.tasks else (_nothing_to_do(found),),
    )


def merchant_mails(
    session: Session, status: OnboardingStatusResult, language: str
) -> Iterator[tuple[str, OnboardingMailResult]]:
    """The name of a file, and the mail: for each shop whose merchant has something to do."""
    names = _names(session)
    for shop in status.shops:
        mail = _mail(shop, names, language)
        if mail.tasks:
            yield f"{shop.shop}.txt", mail


def write_mails(
    session: Session, folder: Path, mails: Iterator[tuple[str, OnboardingMailResult]], render: Callable[..., str]
) -> tuple[Message, ...]:
    """What was done. Raises SetupError where the folder cannot be written: then no file is replaced."""
    written, others = session.manifest_files.write_texts(folder, ((name, render(mail)) for name, mail in mails))
    notices = [msg("Mails written to {folder}: {count}", folder=folder.as_posix(), count=written)]
    if others:
        shown = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        notices.append(
            msg("Not written this time, so do not send them: {files} ({count})", files=shown, count=len(others))
        )
    return tuple(notices)


_SHOWN: Final = 5


def _mail(shop: ShopOnboarding, names: Mapping[str, str], language: str) -> OnboardingMailResult:
    name = names.get(shop.shop, shop.shop)
    return OnboardingMailResult(shop=shop.shop, name=name, language=language, tasks=merchant_tasks(shop))


def _names(session: Session, only: ShopKey | None = None) -> Mapping[str, str]:
    """What the manifests call the shops; a shop without that label is called by its key."""
    selection = Selection(names=frozenset() if only is None else frozenset((only,)))
    shops = session.manifests.read(selection).shops
    return {desired.shop: desired.labels[NAME_LABEL] for desired in shops if desired.labels.get(NAME_LABEL)}


def _shop_key(text: str) -> ShopKey | None:
    try:
        return ShopKey(text)
    except ValueError:
        return None


def _unknown(shop: str) -> Message:
    return msg("No manifest matches {asked}", asked=repr(shop))


def _hint(shop: str, known: frozenset[str]) -> Message:
    return suggestion_message(shop, known) or msg(
        "`reconciler onboard --status` lists the shops; a shop that is only in a table needs the table as well"
    )


def _nothing_to_do(shop: ShopOnboarding) -> Message:
    if shop.state is OnboardingState.COMPLETE:
        return msg("{shop} is complete: no mail is needed", shop=shop.shop)
    return msg(
        "No mail is needed: nothing missing in {shop} is for the merchant to do; see `reconciler onboard --status`",
        shop=shop.shop,
    )
