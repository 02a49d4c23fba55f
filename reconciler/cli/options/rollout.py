"""--waves, --soak, --max-failures, --max-closed: how an apply takes the fleet a part at a time, and what halts it.

In: words. Out: `RolloutOptions`, which is kept as the words it was given in, so that a run that goes on later goes on the
same way. What the words mean is decided here; which shops they are about, once there is a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from gettext import gettext
from typing import Any

import click

from reconciler.cli.shell.click_ext import _, option
from reconciler.workflows.apply.rollout_options import ALL_SHOPS, RolloutOptions, parse_duration, parse_failure_limit

Body = Callable[..., Any]


def pacing(body: Body) -> Body:
    """Gives the command `pacing`: None where none of these options was given."""

    @option(
        "--waves", callback=_waves, metavar="WAVE,...",
        help=_(
            "Take the shops in waves, such as canary,10%,50%,100%: NAME is the label wave=NAME, KEY=VALUE any label, N% so many"
            " of the shops in scope together with the waves before. The run halts after a wave that goes wrong."
        ),
    )  # fmt: skip
    @option(
        "--soak", callback=_soak, metavar="TIME",
        help=_("Wait after each wave, such as 90s, 10m or 1h, and look at its shops again before the next begins."),
    )  # fmt: skip
    @option(
        "--max-failures", callback=_max_failures, metavar="N|N%",
        help=_("Go on while no more shops than this fail; of those begun, with %. With --waves and without this: none."),
    )  # fmt: skip
    @option(
        "--max-closed", type=click.IntRange(min=1), metavar="N",
        help=_("Close no more shops than this at one time; a shop that cannot be reopened halts the run."),
    )  # fmt: skip
    @wraps(body)
    def inner(
        *, waves: str | None, soak: str | None, max_failures: str | None, max_closed: int | None, **words: Any
    ) -> Any:
        if soak is not None and waves is None:
            raise click.UsageError(gettext(_("--soak is the time between waves: give --waves as well")))
        if waves is None and max_failures is None and max_closed is None:
            return body(pacing=None, **words)
        # Without waves or a number it is only asked that few are closed at a time: no failure but a shop left closed ends that.
        failures = max_failures or ("0" if waves else "100%")
        said = RolloutOptions(waves=waves or ALL_SHOPS, soak=soak or "0s", max_failures=failures, max_closed=max_closed)
        return body(pacing=said, **words)

    return inner


def _waves(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    from reconciler.core.planning.waves import InvalidWaveSpec, parse_waves

    if value is None:
        return None
    try:
        parse_waves(value)
    except InvalidWaveSpec as wrong:
        raise click.BadParameter(wrong.text.render(gettext)) from None
    return value


def _soak(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return _read(parse_duration, value, _("{value!r} is no time: write 90s, 10m or 1h, a week at most."))


def _max_failures(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return _read(parse_failure_limit, value, _("{value!r} is no number of shops: write 3, or 5%."))


def _read(reader: Callable[[str], object], value: str | None, message: str) -> str | None:
    if value is None:
        return None
    try:
        reader(value)
    except ValueError:
        raise click.BadParameter(gettext(message).format(value=value)) from None
    return value
