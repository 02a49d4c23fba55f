"""What was looked after of a run that was cut off, a sentence a shop: as text, and as Markdown.

In: what became of each shop, and a look. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.runs.recovery import Found, Resumed
from reconciler.views.common.context import Look, page
from reconciler.views.markdown.parts import escaped
from reconciler.views.text.layout import named, paragraph

_NOTHING: Final = say("Nothing was left unfinished.")


def render_resumed(told: Sequence[Resumed], look: Look) -> str:
    return page(_lines(told, look) if told else [look.tell(_NOTHING)])


def resumed_markdown(told: Sequence[Resumed], look: Look) -> str:
    return page(f"- {escaped(line.strip())}" for line in _lines(told, look)) if told else page([look.tell(_NOTHING)])


def _lines(told: Sequence[Resumed], look: Look) -> Iterator[str]:
    for resumed in told:
        line = resumed_line(resumed)
        yield from paragraph(look.tell(line), look, whole=named(line))
        if resumed.why is not None and resumed.why.way_on is not None:
            below = say("way on: {text}", text=resumed.why.way_on)
            yield from paragraph(look.tell(below), look, "    ", whole=named(below))


def resumed_line(resumed: Resumed) -> Text:
    """What was known, what was found, what was done."""
    match resumed.found:
        case Found.REOPENED:
            return say("{shop}: a run that was cut off had closed it; it is open again", shop=resumed.shop)
        case Found.STANDS:
            return say(
                "{shop}: a run that was cut off left it unfinished (writes without an outcome: {intents});"
                " it is not closed by us",
                shop=resumed.shop,
                intents=resumed.intents,
            )
        case Found.UNSEEN:
            return say(
                "{shop}: a run that was cut off left it unfinished and did not close it; it could not be looked at: {reason}",
                shop=resumed.shop,
                reason=_reason(resumed),
            )
        case Found.HELD:
            return say("{shop}: another run is at work on it", shop=resumed.shop)
    return say("{shop}: {reason}", shop=resumed.shop, reason=_reason(resumed))


def _reason(resumed: Resumed) -> Text:
    return resumed.why.summary if resumed.why else say("it did not answer")
