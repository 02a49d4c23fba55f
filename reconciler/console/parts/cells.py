"""Cells that several pages have: a shop, a run, a time, a state with its tone.

In: values of read models and a visit. Out: `GridCell`s, in the words that reports and commands have for the same.
"""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import GridCell
from reconciler.console.http.query import page_address
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.findings.words import SEVERITY_NAMES
from reconciler.core.healing.policy import actor_words
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.shop_rows import ShopState
from reconciler.core.overview.words import SHOP_STATE_WORDS
from reconciler.core.results.table_result import Cell
from reconciler.core.runs.run_summary import RunStatus, RunSummary
from reconciler.core.values import ShopKey
from reconciler.lib.utc import seconds_between
from reconciler.views.common.display_width import clipped
from reconciler.views.common.run_progress import duration
from reconciler.views.html.elements import Tone
from reconciler.views.i18n.local_times import is_moment
from reconciler.views.tables.history import short_run, status_message
from reconciler.views.tables.results import cell_for_people

SEVERITY_TONES: Final[dict[FindingSeverity, Tone]] = {
    FindingSeverity.CRITICAL: "bad",
    FindingSeverity.HIGH: "warn",
    FindingSeverity.MEDIUM: "plain",
    FindingSeverity.LOW: "quiet",
}
STATE_TONES: Final[dict[ShopState, Tone]] = {
    ShopState.DRIFTED: "bad",
    ShopState.UNREAD: "warn",
    ShopState.NEW: "quiet",
    ShopState.ACCEPTED: "plain",
    ShopState.IN_SYNC: "good",
}
_RUN_TONES: Final[dict[RunStatus, Tone]] = {
    RunStatus.RUNNING: "plain",
    RunStatus.KILLED: "bad",
    RunStatus.RESUMED: "warn",
    RunStatus.UNFINISHED: "warn",
    RunStatus.INTERRUPTED: "warn",
    RunStatus.PARTLY_APPLIED: "warn",
    RunStatus.FAILED: "bad",
    RunStatus.REFUSED: "warn",
    RunStatus.APPLIED: "good",
    RunStatus.NOTHING: "quiet",
}
NOTHING: Final = GridCell(text="")
_LONGEST: Final = 300
"""Columns of a value in a table; its whole text is what the command line shows."""
_DAY: Final = 86_400


def plain_cell(text: str | int | None, *, tone: Tone = "", note: str = "") -> GridCell:
    if isinstance(text, int):
        return GridCell(text=f"{text:,}", tone=tone, note=note)
    return GridCell(text=_readable(text or ""), tone=tone, note=note)


def code_cell(text: str | None, *, href: str = "") -> GridCell:
    return GridCell(text=_readable(text), code=True, href=href) if text else NOTHING


def said_cell(text: Message, visit: PageVisit, tone: Tone = "") -> GridCell:
    return GridCell(text=visit.say(text), tone=tone)


def actor_cell(run: RunSummary, visit: PageVisit) -> GridCell:
    return plain_cell(visit.say(actor_words(run.actor)), note=run.host)


def field_value_cell(cell: Cell, visit: PageVisit) -> GridCell:
    """A value of a field. It comes without secrets; what looks like a credential was pasted somewhere, and is not shown."""
    word = cell_for_people(cell, visit.context)
    if word is None:
        return NOTHING
    if isinstance(word, str) and contains_credential(word):
        return GridCell(text=visit.say(msg("(sensitive value)")), tone="quiet")
    return GridCell(text=clipped(str(word), _LONGEST), code=isinstance(cell, str))


def row_cell(cell: Cell, visit: PageVisit) -> GridCell:
    """A cell of a table that a command prints as well."""
    word = cell_for_people(cell, visit.context)
    if word is None:
        return NOTHING
    if isinstance(cell, str) and is_moment(cell):
        return moment_cell(cell, visit)
    return plain_cell(word)


def moment_cell(moment: str | None, visit: PageVisit, *, age: bool = False) -> GridCell:
    """`age`: also for how long that is ago."""
    if moment is None:
        return NOTHING
    return GridCell(text=visit.time(moment), moment=moment, note=age_text(moment, visit) if age else "")


def age_text(moment: str, visit: PageVisit) -> str:
    try:
        seconds = max(0.0, seconds_between(moment, visit.now))
    except ValueError:
        return ""
    return visit.say(msg("{time} ago", time=length_message(seconds)))


def length_message(seconds: float) -> Message:
    """A length of time in one or two units."""
    if seconds < 1:
        return msg("{milliseconds} ms", milliseconds=round(seconds * 1000))
    days = int(seconds // _DAY)
    if days >= 2:  # below, hours say more
        return msg("{days} days", days=days)
    return duration(seconds)


def shop_page_address(shop: str) -> str:
    return page_address(("shops", shop))


def shop_cell(shop: str) -> GridCell:
    return GridCell(text=_readable(shop), href=shop_page_address(shop), code=True)


def shops_text(shops: tuple[ShopKey, ...], most: int, visit: PageVisit) -> str:
    """Names of shops in a sentence; of many only the first."""
    shown = ", ".join(f"`{shop}`" for shop in shops[:most])
    return (
        shown
        if len(shops) <= most
        else visit.say(msg("{names} and {count} more", names=shown, count=len(shops) - most))
    )


def run_page_address(run: str) -> str:
    return page_address(("runs", run))


def run_cell(run: str | None) -> GridCell:
    return NOTHING if run is None else GridCell(text=short_run(run), href=run_page_address(run), code=True)


def run_status_cell(run: RunSummary, visit: PageVisit) -> GridCell:
    return said_cell(status_message(run), visit, _RUN_TONES[run.status])


def severity_grid_cell(severity: FindingSeverity | None, visit: PageVisit) -> GridCell:
    return NOTHING if severity is None else said_cell(SEVERITY_NAMES[severity], visit, SEVERITY_TONES[severity])


def shop_state_cell(state: ShopState, visit: PageVisit) -> GridCell:
    return said_cell(SHOP_STATE_WORDS[state], visit, STATE_TONES[state])


def _readable(text: str) -> str:
    return clipped(text, _LONGEST)
