"""The mail to a merchant: what is missing and is the merchant's to do, in numbered steps.

In: a mail's content. Out: text with the subject in its first line. It is in the mail's own language, independent of the
language that messages have, and has no word that a merchant does not know.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.onboarding.guides import MerchantTask
from reconciler.core.onboarding.items import OnboardingItem
from reconciler.core.results.onboarding.status_result import OnboardingMailResult
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language


def mail_text(mail: OnboardingMailResult) -> str:
    """Empty where there is nothing to write about."""
    if not mail.tasks:
        return ""
    context = RenderContext(language=language(mail.language))
    return "".join(f"{line}\n" for line in _lines(mail, context))


def mail_subject(mail: OnboardingMailResult) -> str:
    context = RenderContext(language=language(mail.language))
    return context.translate(msg("Amazon Pay: steps to complete before you can start ({name})", name=mail.name))


def _lines(mail: OnboardingMailResult, context: RenderContext) -> Iterator[str]:
    say = context.translate
    yield say(msg("Subject: {subject}", subject=mail_subject(mail)))
    yield ""
    yield say(msg("Dear {name},", name=mail.name))
    yield ""
    yield say(msg("Thank you for your continued cooperation."))
    yield say(msg("We are preparing Amazon Pay and Amazonログイン for your shop."))
    yield context.plural(
        "Please complete the following step.",
        "Please complete the following {count} steps.",
        len(mail.tasks),
    )
    for number, task in enumerate(mail.tasks, 1):
        yield ""
        yield from _task(number, task, context)
    yield from _token_note(mail, context)
    yield ""
    yield say(msg("When you have finished, please reply to this mail."))
    yield say(msg("If anything is unclear, please do not hesitate to ask us."))
    yield say(msg("Questions about Amazon Seller Central are answered at 「サポートを受ける」 in Seller Central."))
    yield ""
    yield say(msg("Kind regards"))


def _task(number: int, task: MerchantTask, context: RenderContext) -> Iterator[str]:
    yield context.translate(msg("{number}. {title}", number=number, title=task.title))
    for at, step in enumerate(task.steps, 1):
        yield context.translate(msg("   ({number}) {step}", number=at, step=step))


def _token_note(mail: OnboardingMailResult, context: RenderContext) -> Iterator[str]:
    """Wherever a token is entered: a mail is no place for it."""
    if not any(OnboardingItem.TOKEN in task.items for task in mail.tasks):
        return
    notes: tuple[Message, ...] = (
        msg("Please note about the MWS token (MWS認証トークン)"),
        msg("- The token is confidential, like a password. Please do not send it to us by mail, chat or telephone."),
        msg("- Please enter it in the admin yourself, as described above. We do not need to know it."),
        msg("- If you have sent it by mail, please revoke it in Amazon Seller Central and get a new one."),
        msg(
            "- If 「Pre-Set_with_information_from_Amazon」 is shown, the token is set already: please do not change or"
            " delete it."
        ),
    )
    yield ""
    yield from map(context.translate, notes)
