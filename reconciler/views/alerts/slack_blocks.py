"""An alert as a message for Slack, or for a chat that accepts its webhooks.

In: an alert and the code of a language. Out: the JSON text. Chats that know no blocks show `text`, as Markdown: there everything
but the title is a code block. `@here` and the like get an invisible character after the `@`, in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from reconciler.core.alerts.alert import Alert
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.views import i18n
from reconciler.views.alerts.sentences import AlertText, alert_text
from reconciler.views.common.context import RenderContext

HEADER: Final = 150
SECTION: Final = 3000
"""Characters that Slack allows."""
_FALLBACK: Final = 4000
_MENTION: Final = re.compile(r"(?<![\w.+-])@(?=\w)")
_ZERO_WIDTH_SPACE: Final = "\u200b"


def slack_alert(alert: Alert, language: str, runbooks: Runbooks = NO_RUNBOOKS) -> str:
    text = alert_text(alert, RenderContext(language=i18n.language(language)), runbooks)
    blocks = [{"type": "header", "text": _plain(text.title, HEADER)}, *_sections(text)]
    message = {"text": _fallback(text), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    return json.dumps(message)


def _sections(text: AlertText) -> Iterator[dict[str, Any]]:
    for part in _parts(text.lines):
        yield {"type": "section", "text": _plain(part, SECTION)}
    if text.command is not None:
        words = f"{_safe(text.settle or '')}: `{_code(text.command)}`"
        yield {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
    yield {"type": "context", "elements": [_plain(text.footer, SECTION)]}


def _parts(lines: tuple[str, ...]) -> Iterator[str]:
    """As many lines together as a section may hold."""
    part = ""
    for line in lines:
        joined = f"{part}\n{line}" if part else line
        if part and len(_safe(joined)) > SECTION:
            yield part
            joined = line
        part = joined
    if part:
        yield part


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _within(text, limit), "emoji": False}


def _fallback(text: AlertText) -> str:
    head = _within(_unmarked(text.title), SECTION)
    command = () if text.command is None else (f"{text.settle}: {text.command}",)
    body = "\n".join((*text.lines, *command, text.footer)).replace("`", "'")
    return f"{head}\n```\n{_within(body, _FALLBACK - len(head) - 9)}\n```"


def _within(text: str, limit: int) -> str:
    """Escaped, and cut where that is too long: never inside an escaped character."""
    safe = _safe(text)
    kept = text
    while len(safe) > limit:
        kept = kept[: len(kept) - max(1, (len(safe) - limit) // 5)]
        safe = _safe(f"{kept}…")
    return safe


def _safe(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", escaped)


def _code(text: str) -> str:
    return _safe(text.replace("`", "'"))


def _unmarked(text: str) -> str:
    """Without the characters that make a link, bold text or code of it."""
    return re.sub(r"[*_~`\[\]]", lambda match: f"{_ZERO_WIDTH_SPACE}{match[0]}", text)
