"""Pages without content: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.console.elements import Advice, ConsolePage, Section
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.views.common.context import RenderContext

NOT_FOUND = msg("There is no such page")
BAD_QUERY = msg("The address of this page is not valid")
STORE_FAILED = msg("The store cannot be read")
INTERNAL = msg("This page could not be made")
SIGN_IN = msg("Sign in")
NO_USER = msg("Nobody is signed in")
TOO_OFTEN = msg("Too many wrong tokens")


def message_page(
    title: Message, texts: Sequence[Message], context: RenderContext, *, status: int, hint: Message | None = None
) -> ConsolePage:
    """`hint` is what to do."""
    advice = () if hint is None else (Advice(text=context.translate(hint)),)
    sections = (Section(name="advice", title="", contents=advice),) if advice else ()
    return ConsolePage(
        title=context.translate(title),
        place="",
        lead=tuple(context.translate(text) for text in texts),
        sections=sections,
        status=status,
        tone="warn" if status < 500 else "bad",
    )


def token_page(context: RenderContext, wrong: Message | None, status: int) -> ConsolePage:
    lead = msg("Enter the token that the settings of the console refer to (`console.token`).")
    advice = () if wrong is None else (Advice(text=context.translate(wrong), tone="bad"),)
    return ConsolePage(
        title=context.translate(SIGN_IN),
        place="",
        lead=(context.translate(lead),),
        sections=(Section(name="advice", title="", contents=advice),) if advice else (),
        status=status,
    )
