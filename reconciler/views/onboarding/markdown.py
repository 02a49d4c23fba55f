"""An onboarding status as Markdown: counts, what could not be read, a table of shops, where merchants find what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.words import ONBOARDING_STATE_WORDS
from reconciler.core.results.onboarding.status_result import OnboardingMailResult, OnboardingStatusResult
from reconciler.views.common.context import RenderContext
from reconciler.views.markdown.document import MarkdownPage, Part, write_document
from reconciler.views.markdown.escaping import escaped, fenced
from reconciler.views.markdown.parts import fleet_diagnostics, paragraphs, row, table
from reconciler.views.onboarding.mail import mail_text
from reconciler.views.onboarding.rows import party_sum, places_to_find, state_sum, status_rows

_TITLES = (msg("State"), msg("Shop"), msg("Missing since"), msg("Missing, by who acts"))


def status_markdown(status: OnboardingStatusResult, context: RenderContext) -> str:
    head = (f"### {escaped(state_sum(status, context))}",)
    return write_document(MarkdownPage(head=head, sections=tuple(_sections(status, context))), context)


def mail_markdown(mail: OnboardingMailResult, context: RenderContext) -> str:
    lines = mail_text(mail).removesuffix("\n").split("\n") if mail.tasks else []
    page = MarkdownPage(head=("\n".join(fenced(lines, "text")),) if lines else ())
    return write_document(page, context)


def _sections(status: OnboardingStatusResult, context: RenderContext) -> Iterator[Part]:
    yield from paragraphs((party_sum(status, context),))
    yield from fleet_diagnostics(status.diagnostics, context)
    rows = [
        row(
            (
                escaped(context.translate(ONBOARDING_STATE_WORDS[each.state])),
                escaped(each.shops),
                escaped(each.since),
                escaped(each.open),
            )
        )
        for each in status_rows(status, context)
    ]
    if rows:
        yield table([escaped(context.translate(title)) for title in _TITLES], rows)
    places = places_to_find(status, context)
    if places:
        titles = (msg("Missing"), msg("Where merchants find it"))
        found = [row((escaped(items), escaped(where))) for items, where in places]
        yield table([escaped(context.translate(title)) for title in titles], found)
