"""How far a run has come, in words: one shop that went wrong, a wave, the run as a whole.

In: counts, seconds and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.runs.report import ShopReport
from reconciler.views.common.context import RenderContext
from reconciler.views.common.outcomes import outcome_word, shop_progress
from reconciler.views.common.phrases import join_list

_EXACT: Final = 5
"""Minutes up to which seconds matter."""


def shop_line(shop: ShopReport, context: RenderContext) -> str:
    """One shop of a run that goes on."""
    outcome = context.translate(msg("{shop}: {outcome}", shop=shop.shop, outcome=outcome_word(shop)))
    far = shop_progress(shop, context)
    return join_list([outcome, far] if far else [outcome], context)


def soak_state(seconds: float, context: RenderContext) -> str:
    return context.translate(msg("soaking, {time} left", time=duration(seconds)))


def wave_state(failed: int, context: RenderContext, *, ended: Message | None = None) -> str:
    """Of a wave that works, or has ended: how many of its shops failed stays in view."""
    words = [] if ended is None else [context.translate(ended)]
    if failed:
        words.append(context.translate(msg("{count} failed", count=f"{failed:,}")))
    return join_list(words, context)


def run_state(elapsed: float, left: float | None, context: RenderContext) -> str:
    """For how long the run has gone on, and how long it still takes as a whole."""
    words = [context.translate(msg("{time} elapsed", time=duration(elapsed)))]
    if left is not None:
        words.append(context.translate(msg("about {time} left", time=duration(left))))
    return join_list(words, context)


def milestone(finished: int, shops: int, failed: int, left: float | None, context: RenderContext) -> str:
    head = context.plural(
        "{finished} of {count} shop finished", "{finished} of {count} shops finished", shops, finished=finished
    )
    words = [head, wave_state(failed, context)]
    if left is not None and finished < shops:
        words.append(context.translate(msg("about {time} left", time=duration(left))))
    return join_list([word for word in words if word], context)


def duration(seconds: float) -> Message:
    """In the two units that matter."""
    whole = round(seconds)
    if whole < 60:
        return msg("{seconds} s", seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < _EXACT:
        return msg("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
    if minutes < 60:
        return msg("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    return msg("{hours} h {minutes} min", hours=hours, minutes=minutes)
