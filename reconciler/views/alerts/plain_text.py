"""An alert as a subject and a text: for mails and other services.

In: an alert and the code of a language. Out: a subject without line breaks, and the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.alerts.alert import Alert
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.views import i18n
from reconciler.views.alerts.sentences import AlertText, alert_text
from reconciler.views.common.context import RenderContext, join_lines


def plain_alert(alert: Alert, language: str, runbooks: Runbooks = NO_RUNBOOKS) -> tuple[str, str]:
    text = alert_text(alert, RenderContext(language=i18n.language(language)), runbooks)
    return f"[reconciler] {text.title}", join_lines(_body(text))


def _body(text: AlertText) -> Iterator[str]:
    yield text.title
    yield ""
    yield from text.lines
    if text.command is not None:
        yield ""
        yield f"{text.settle}:"
        yield f"    {text.command}"
    yield ""
    yield f"-- {text.footer}"
