"""No view prints a secret in any state: neither a token nor its seal, in any format or language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, drift_of, with_audit
from reconciler.core.model.canonical import DigestKey, to_canonical
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Desired, FieldRef, Observed
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.core.values import Origin, SealedSecret, Secret, SecretDigest, SecretRef, ShopKey, seal_secret
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
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

TOKEN = FieldRef("amazon_settings", "mws_auth_token")
# Characters that occur in no text, label or value of the samples: a single one would be found.
RARE = st.sampled_from("龘靐齉爩麤灪")
SECRETS = st.text(RARE, min_size=1, max_size=12)
KEY = DigestKey(b"key of the house")
SALTS = st.sampled_from(["feedfacefeedface", "badc0ffeebadc0ff"])


@given(new=SECRETS, old=SECRETS, salt=SALTS)
def test_no_view_prints_a_secret(new: str, old: str, salt: str) -> None:
    fresh, held = Secret(new, SecretRef("ref+env://T")), seal_secret(Secret(old, SecretRef("ref+env://OLD")), salt)
    reported = list(everything(*shop(fresh, held)))
    assert len(reported) == 20
    for text in reported:
        assert not set(text) & set(new + old)
        assert salt not in text
        assert held.digest not in text


@pytest.mark.parametrize(
    "value", [Secret("t", SecretRef("ref+env://T")), SealedSecret("0a", "0b"), SecretDigest("s", "d")]
)
def test_a_secret_of_one_character_is_shown_in_words(
    value: Secret | SealedSecret | SecretDigest, english: RenderContext
) -> None:
    """A sign that occurs in any text cannot be looked for, so the whole of what is printed is named."""
    assert english.value(value) == "(sensitive value)"


def test_a_reference_is_shown_in_words_too(english: RenderContext) -> None:
    assert english.value(SecretRef("ref+file:///run/secrets/x")) == "(sensitive value)"


def shop(fresh: Secret, held: SealedSecret) -> tuple[Desired, Observed, Report]:
    declared = samples.desired(amazon_settings=AmazonSettings(enabled=True, mws_auth_token=fresh))
    world = samples.observed(amazon_settings=AmazonSettings(enabled=False, mws_auth_token=held))
    key = ShopKey("kyoto-tea")
    why = samples.manifest_finding()
    misses = tuple(
        PredictionMissed(shop=key, ref=TOKEN, predicted=predicted, found=found, why=why)
        for predicted, found in ((fresh, held), (held, fresh))
    )
    report = Report(fingerprint="f", shops=(ShopReport(shop=key, outcome=ShopOutcome.MISSED, missed=misses),))
    return declared, world, report


def everything(declared: Desired, world: Observed, report: Report) -> Iterator[str]:
    """All views of all results, in every format and language."""
    made = plan_shop(declared, world, RequestPace())
    reverse = Change(ref=TOKEN, before=world.value(TOKEN), after=declared.values["amazon_settings"].mws_auth_token,
                     reason=Reason.REWRITTEN, origin=Origin("f"))  # fmt: skip
    plan = build_plan([replace(made, changes=(*made.changes, reverse))])
    past = LastApplied(
        applied={str(TOKEN): to_canonical(declared.values["amazon_settings"].mws_auth_token, KEY)}, key=KEY
    )
    drift = Drift(shops=(with_audit(drift_of(declared, world, made, past), world, samples.trail()),))
    yield from (plan_json(plan), report_json(report), drift_json(drift), observed_json(world))
    for code in ("en", "ja"):
        context = RenderContext(language=language(code), colour=True)
        yield from (render_plan(plan, context), plan_markdown(plan, [], context))
        yield from (render_report(report, context), report_markdown(report, [], context))
        yield from (render_drift(drift, context), drift_markdown(drift, context))
        yield from (render_observed(world, context), observed_markdown(world, context))


def test_a_text_refuses_a_secret() -> None:
    argument: Callable[[], object] = lambda: msg("{x}", x=Secret("t", SecretRef("ref+env://T")))  # type: ignore[arg-type]  # noqa: E731
    with pytest.raises(TypeError):
        argument()
