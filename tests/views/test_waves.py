"""The progress of a rollout, line by line."""

from __future__ import annotations

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import WaveFinished, WaveSoaking, WaveStarted
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.text.waves import wave_finished, wave_name, wave_soaks

CANARY = WaveStarted(wave=1, waves=3, name="canary", shops=4)
HALTED = WaveFinished(wave=1, why=(diagnostic(codes.HALTED, msg("too many shops failed")),))


def test_a_wave_is_shown_with_its_place_and_name(english: RenderContext) -> None:
    assert wave_name(CANARY, english) == "Wave 1 of 3 (canary)"


def test_a_wave_that_is_left_alone_says_for_how_long(english: RenderContext) -> None:
    soaking = wave_soaks(CANARY, WaveSoaking(wave=1, seconds=600), english)
    assert soaking == "Wave 1 of 3 (canary): written; the next wave starts in 10 min"


@pytest.mark.parametrize(("end", "came"), [(WaveFinished(wave=1), "passed"), (HALTED, "halted")])
def test_a_wave_that_is_over_says_what_came_of_it(end: WaveFinished, came: str, english: RenderContext) -> None:
    assert wave_finished(CANARY, end, 1, english) == f"Wave 1 of 3 (canary): 4 shops, {came}, 1 failed"


def test_in_japanese_too(english: RenderContext) -> None:
    japanese = RenderContext(language=language("ja"))
    text = wave_soaks(CANARY, WaveSoaking(wave=1, seconds=600), japanese)
    assert "canary" in text
    assert "10 分" in text
    assert text != wave_soaks(CANARY, WaveSoaking(wave=1, seconds=600), english)
