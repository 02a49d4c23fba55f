"""--waves, --soak, --max-failures, --max-closed: an apply in parts, and what halts it.

In: words. Out: `RolloutOptions`, which keeps the words as they were given, so that a resumed run continues the same way. Their
form is checked here; which shops they select is decided once there is a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from gettext import gettext
from typing import Any

import click

from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import _, option, shared_option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.workflows.apply.rollout_options import ALL_SHOPS, RolloutOptions, parse_duration, parse_failure_limit

Body = Callable[..., Any]


def auto_approve_option(body: Body) -> Body:
    """--auto-approve: gives the command `auto_approve`."""
    decorated: Body = shared_option("--auto-approve", is_flag=True, help=_("Do not ask for approval."))(body)
    return decorated


def pacing(body: Body) -> Body:
    """Gives the command `pacing`: None if none of these options was given."""

    @option(
        "--waves", callback=_waves, metavar="WAVE,...",
        help=_(
            "Apply in waves, for example canary,10%,50%,100%. NAME stands for the label wave=NAME, KEY=VALUE for any label, N%"
            " for a share of the selected shops that includes the waves before. The run halts after a wave with failures."
        ),
    )  # fmt: skip
    @option(
        "--soak", callback=_soak, metavar="DURATION",
        help=_("Wait after each wave (90s, 10m, 1h) and check its shops again before the next wave starts."),
    )  # fmt: skip
    @option(
        "--max-failures", callback=_max_failures, metavar="N|N%",
        help=_("Halt when more shops than this fail: a number, or a share of the started shops. Default with --waves: 0."),
    )  # fmt: skip
    @option(
        "--max-closed", type=WholeNumber(min=1), metavar="N",
        help=_("Close at most N shops at the same time. A shop that cannot be reopened halts the run."),
    )  # fmt: skip
    @wraps(body)
    def inner(
        *, waves: str | None, soak: str | None, max_failures: str | None, max_closed: int | None, **words: Any
    ) -> Any:
        if waves is None:
            refuse_without_effect(("soak",), _("--soak needs --waves: it is the time between waves"))
        if waves is None and max_failures is None and max_closed is None:
            return body(pacing=None, **words)
        # With --max-closed alone the run ends for no failure except a shop that stays closed.
        failures = max_failures or ("0" if waves else "100%")
        pause = soak if waves and soak else "0s"
        said = RolloutOptions(waves=waves or ALL_SHOPS, soak=pause, max_failures=failures, max_closed=max_closed)
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
    return _read(parse_duration, value, _("invalid duration {value!r} (examples: 90s, 10m, 1h; maximum: 7 days)"))


def _max_failures(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return _read(parse_failure_limit, value, _("invalid number of shops {value!r} (examples: 3, 5%)"))


def _read(reader: Callable[[str], object], value: str | None, message: str) -> str | None:
    if value is None:
        return None
    try:
        reader(value)
    except ValueError:
        raise click.BadParameter(gettext(message).format(value=value)) from None
    return value
