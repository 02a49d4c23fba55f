"""Untrusted values of a backend: pasted credentials, very long texts, control characters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reconciler.core.drift.drift import Drift, drift_of, with_audit
from reconciler.core.model.kinds import AmazonSettings, IpnEndpoint, SystemParts
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.core.values import Registration, ShopKey
from reconciler.views.common.context import LONGEST, RenderContext
from reconciler.views.json.drift import drift_json
from reconciler.views.json.observed import observed_json
from reconciler.views.json.plan import plan_json
from reconciler.views.json.report import report_json
from reconciler.views.markdown.drift import drift_markdown
from reconciler.views.markdown.observed import observed_markdown
from reconciler.views.markdown.plan import plan_markdown
from reconciler.views.markdown.report import report_markdown
from reconciler.views.text.drift import render_drift
from reconciler.views.text.observed import render_observed
from reconciler.views.text.plan import render_plan
from reconciler.views.text.report import render_report
from tests.views import samples

LABEL = FieldRef("system_parts", "messages", "order_area.label")
CREDENTIALS = [
    "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1",
    "see amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1, please",
    "Atzr|IwEBI4ea38b7b",
    "-----BEGIN PRIVATE KEY----- 4ea38b7b",
]


def holding(text: str) -> Observed:
    """A shop that has the text wherever a backend can have one."""
    settings = samples.observed().kind(AmazonSettings)
    assert settings is not None
    return samples.observed(
        amazon_settings=replace(
            settings, seller_id=text, client_id=text, notification_email=text, merchant_site_url=text
        ),
        system_parts=SystemParts(output=False, messages={"order_area.label": text, "order_area.message": text}),
        ipn_endpoint=IpnEndpoint(registration=Registration.ABSENT, seller_id=text, others=(text, text)),
    )


def everything(text: str, context: RenderContext) -> Iterator[str]:
    """In every format: the observed shop, the desired state, the differences, and what a write read back."""
    world, declared, key = holding(text), samples.desired(), ShopKey("kyoto-tea")
    made = plan_shop(declared, world, RequestPace())
    plan = build_plan([made])
    drift = Drift(
        shops=(
            with_audit(
                drift_of(declared, world, made, LastApplied(applied={str(LABEL): text})), world, samples.trail()
            ),
        )
    )
    missed = PredictionMissed(shop=key, ref=LABEL, predicted="Amazon Pay", found=text, why=samples.manifest_finding())
    report = Report(fingerprint="f", shops=(ShopReport(shop=key, outcome=ShopOutcome.MISSED, missed=(missed,)),))
    yield from (plan_json(plan), drift_json(drift), observed_json(world), report_json(report))
    yield from (render_plan(plan, context), render_drift(drift, context), render_observed(world, context))
    yield from (plan_markdown(plan, [], context), drift_markdown(drift, context), observed_markdown(world, context))
    yield from (render_report(report, context), report_markdown(report, [], context))


@pytest.mark.parametrize("text", CREDENTIALS)
def test_a_credential_is_shown_in_no_field(text: str, context: RenderContext) -> None:
    reported = list(everything(text, context))
    assert len(reported) == 12
    assert [page for page in reported if "4ea38b7b" in page] == []


def test_a_value_that_replaces_it_says_so(english: RenderContext) -> None:
    assert english.value(CREDENTIALS[0]) == "(sensitive value)"
    kinds = json.loads(observed_json(holding(CREDENTIALS[0])))["kinds"]
    values = {field["field"]: field["value"] for kind in kinds for field in kind["fields"]}
    assert values["amazon_settings.notification_email"] == {"sensitive": True}
    assert values["ipn_endpoint.others"] == ["(sensitive value)"] * 2
    assert render_observed(holding(CREDENTIALS[0]), english).count("(sensitive value)") >= 6


def test_a_text_without_end_does_not_fill_the_screen(context: RenderContext) -> None:
    pages = [page for page in everything("長" * 100_000, context) if not page.startswith("{")]
    assert len(pages) == 8
    assert all(len(page) < 20_000 for page in pages)


@pytest.mark.parametrize("length", [1, LONGEST])
def test_a_text_of_a_sane_length_is_shown_whole(length: int, english: RenderContext) -> None:
    assert english.value("a" * length) == f'"{"a" * length}"'


def test_of_a_long_text_its_length_is_shown(english: RenderContext) -> None:
    assert english.value("a" * (LONGEST + 1)) == f'"{"a" * LONGEST}"... ({LONGEST + 1} characters)'


@pytest.mark.parametrize("at", [0, 10, LONGEST - 1, LONGEST, 5000])
@pytest.mark.parametrize("kind", ["another letter", "cut off", "goes on"])
def test_of_two_long_texts_the_part_is_shown_in_which_they_differ(at: int, kind: str, english: RenderContext) -> None:
    one = "a" * at + "X" + "a" * 300
    other = {"another letter": "a" * at + "Y" + "a" * 300, "cut off": "a" * at, "goes on": f"{one}Z"}[kind]
    left, right = english.value_pair(one, other)
    assert left.partition("(")[0] != right.partition("(")[0]
    assert max(len(left), len(right)) < LONGEST + 50


def test_two_short_texts_are_shown_whole(english: RenderContext) -> None:
    assert english.value_pair("a", "b") == ('"a"', '"b"')
    assert english.value_pair("a", True) == ('"a"', "true")


STEERING = ["\x1b[2J", "\x9b31m", "\x07", "\u202egnp.exe", "\u2066x\u2069", "\u200f", "\r", "\x00", "\ue000"]


@pytest.mark.parametrize("characters", STEERING)
def test_no_character_steers_the_screen(characters: str, context: RenderContext) -> None:
    for page in everything(f"a{characters}b", context):
        assert all(character.isprintable() or character in "\n\u3000" for character in page)


def test_nor_one_that_git_declares(context: RenderContext) -> None:
    """Manifests refuse them; a plan may come from a file."""
    declared = samples.desired(system_parts=SystemParts(messages={"order_area.label": "a\u202e\x1bb"}))
    plan = build_plan([plan_shop(declared, samples.observed(), RequestPace())])
    for page in (plan_json(plan), render_plan(plan, context), plan_markdown(plan, [], context)):
        assert all(character.isprintable() or character in "\n\u3000" for character in page)
