"""The waves of an apply as text: how a plan is cut, and how far a run has come.

In: waves, a plan, events. Out: lines without an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.plan import Plan
from reconciler.core.planning.waves import Wave
from reconciler.core.runs.events import WaveFinished, WaveSoaking, WaveStarted
from reconciler.core.values import ShopKey
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.run_progress import duration, wave_state
from reconciler.views.text.layout import Cell, columns

_INDENT: Final = "  "


def render_waves(waves: Sequence[Wave], plan: Plan, context: RenderContext) -> str:
    """Each with its shops, and those of them in which something is to be written."""
    changed = {shop.shop for shop in plan.shops if shop.steps and not shop.blocked}
    return join_lines(_lines(waves, changed, context))


def _lines(waves: Sequence[Wave], changed: AbstractSet[ShopKey], context: RenderContext) -> Iterator[str]:
    yield context.paint(context.translate(msg("Waves:")), Style.HEADING)
    yield from columns(
        (_row(wave, sum(shop in changed for shop in wave.shops), context) for wave in waves), context, _INDENT
    )


def _row(wave: Wave, changed: int, context: RenderContext) -> tuple[Cell, ...]:
    shops = context.plural("{count} shop", "{count} shops", len(wave.shops))
    return (
        Cell(f"{wave.number}."),
        Cell(wave.name),
        Cell(shops),
        Cell(context.translate(msg("to be written: {count}", count=changed))),
    )


def wave_name(wave: WaveStarted, context: RenderContext) -> str:
    return context.translate(msg("Wave {wave} of {waves} ({name})", wave=wave.wave, waves=wave.waves, name=wave.name))


def wave_soaks(wave: WaveStarted, soaks: WaveSoaking, context: RenderContext) -> str:
    named, time = wave_name(wave, context), duration(soaks.seconds)
    return context.translate(msg("{wave}: written; the next wave starts in {time}", wave=named, time=time))


def wave_finished(wave: WaveStarted, end: WaveFinished, failed: int, context: RenderContext) -> str:
    """How many shops failed is said only where some did."""
    named, state = wave_name(wave, context), wave_state(failed, context, ended=wave_end(end))
    return context.plural(
        "{wave}: {count} shop, {state}", "{wave}: {count} shops, {state}", wave.shops, wave=named, state=state
    )


def wave_end(end: WaveFinished) -> Message:
    return msg("halted") if end.why else msg("passed")
