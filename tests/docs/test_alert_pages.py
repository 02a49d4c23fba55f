"""The pages about alerts: their files are valid, and their examples are what the tool sends."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.adapters.settings.alert_documents import AlertMailDocument, ChannelDocument
from reconciler.adapters.settings.alert_rules import read_alerts
from reconciler.core.alerts.alert import Alert
from reconciler.views.alerts.plain_text import plain_alert
from reconciler.views.json.alert_event import alert_event
from tests.support.alerts.alert_samples import alert, switched_off

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "alert-channels.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", ["alerts.md", "alert-channels.md"])
def test_the_file_of_a_page_is_valid(tmp_path: Path, name: str) -> None:
    (tmp_path / "alerts.yaml").write_text(blocks((DOCS / name).read_text(encoding="utf-8"), "yaml")[0])
    content = read_alerts(tmp_path / "alerts.yaml", "alerts.yaml")
    assert content.diagnostics == ()
    assert content.rules.rules


def test_the_event_is_what_a_webhook_posts() -> None:
    (example,) = blocks(PAGE, "json")
    assert json.loads(example) == json.loads(alert_event(alert()))


@pytest.mark.parametrize(("number", "language"), [(0, "en"), (1, "ja")])
def test_the_mail_is_what_is_sent(number: int, language: str) -> None:
    assert blocks(PAGE, "text")[number] == plain_alert(sample(), language)[1]


def sample() -> Alert:
    return alert(replace(switched_off("kyoto-tea"), file="shops/kyoto-tea.yaml"))


def test_every_key_of_a_channel_and_of_mail_is_in_a_table() -> None:
    keys = [*ChannelDocument.model_fields, *AlertMailDocument.model_fields]
    rows = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert [key for key in keys if f"`{key}`" not in rows] == []
