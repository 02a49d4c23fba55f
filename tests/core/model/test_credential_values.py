"""A credential that a backend has in an ordinary field: compared as it is, and neither stored nor shown."""

import json

import pytest

from reconciler.core.documents.event_codec import decode_event, encode_event
from reconciler.core.documents.saved_plan import SavedPlan, encode_plan, verify_plan
from reconciler.core.model.canonical import display_canonical, dumps, to_canonical
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Change
from reconciler.core.planning.fingerprint import FingerprintScope, build_plan, plan_fingerprint
from reconciler.core.planning.plan import RequestPace, ShopPlan
from reconciler.core.planning.rebase import rebase
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.planning.undo import undo_plan
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.last_applied import LastApplied, stored_value
from reconciler.core.values import SecretDigest
from tests.support.example_worlds import desired_with, live
from tests.support.fake_backend import ModelBackend
from tests.support.plan_samples import KEY, MADE, OTHER_KEY
from tests.support.strategies import MAILS

CREDENTIAL = "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1"
ANOTHER = "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d2"
MAIL = FieldRef("amazon_settings", "notification_email")
LABEL = FieldRef("system_parts", "messages", "order_area.label")


def shop(mail: str = CREDENTIAL) -> ModelBackend:
    return ModelBackend([live(mail=mail)])


def planned(backend: ModelBackend) -> ShopPlan:
    """The manifest declares a mail address there."""
    return plan_shop(desired_with(notification_email=MAILS[0]), backend.look("a"), RequestPace())


def saved(plan: ShopPlan) -> ShopPlan:
    """The plan as it comes back from a file."""
    document = json.loads(encode_plan(SavedPlan(plan=build_plan([plan]), metadata=MADE), KEY))
    assert "4ea38b7b" not in dumps(document)
    return verify_plan(document, KEY).plan.shops[0]


def change_of(plan: ShopPlan) -> Change:
    return next(change for change in plan.written_changes if change.ref == MAIL)


def test_it_is_written_like_a_secret():
    assert to_canonical(CREDENTIAL) == {"sensitive": True}
    assert to_canonical(CREDENTIAL, KEY) == {"sensitive": True, "digest": KEY.digest(CREDENTIAL)}
    assert to_canonical(CREDENTIAL, KEY) != to_canonical(ANOTHER, KEY)
    assert to_canonical(CREDENTIAL, KEY) != to_canonical(CREDENTIAL, OTHER_KEY)


def test_it_is_shown_in_words():
    assert display_canonical(CREDENTIAL) == "(sensitive value)"
    assert "4ea38b7b" not in dumps(to_canonical((f"https://x.example/{CREDENTIAL}", "https://y.example/")))


def test_of_a_long_text_the_start_is_shown():
    assert display_canonical("a" * 200) == f'"{"a" * 200}"'
    assert display_canonical("a" * 201) == f'"{"a" * 200}"...'


def test_a_saved_plan_keeps_a_digest_of_it():
    assert change_of(saved(planned(shop()))).before == SecretDigest(None, KEY.digest(CREDENTIAL))


@pytest.mark.parametrize("covers", FingerprintScope)
def test_the_fingerprint_is_that_of_the_plan_that_was_saved(covers):
    plan = planned(shop())
    key = KEY if covers is FingerprintScope.DIGESTS else None
    assert plan_fingerprint((plan,), covers, key) == plan_fingerprint((saved(plan),), covers, key)


def test_a_saved_plan_is_stale_once_the_value_changed():
    plan = saved(planned(shop()))
    fresh = rebase(plan, shop().look("a"), RequestPace(), KEY)
    assert isinstance(fresh, ShopPlan)
    assert change_of(fresh).before == CREDENTIAL
    assert [moved.ref for moved in rebase(plan, shop(ANOTHER).look("a"), RequestPace(), KEY)] == [MAIL]


def test_what_a_saved_plan_does_not_touch_is_no_miss():
    plan = plan_shop(desired_with(pre_order=False), shop().look("a"), RequestPace())
    fresh = rebase(saved(plan), shop().look("a"), RequestPace(), KEY)
    assert dict(fresh.predicted).get(MAIL, CREDENTIAL) == CREDENTIAL


def test_an_event_keeps_a_digest_of_it():
    event = PredictionMissed(shop="a", ref=LABEL, predicted="x", found=CREDENTIAL, why=planned_finding())
    document = json.loads(dumps(encode_event(event, KEY)))
    assert "4ea38b7b" not in dumps(document)
    assert decode_event(document).found == SecretDigest(None, KEY.digest(CREDENTIAL))


def planned_finding():
    return undo_plan(planned(shop()), shop().look("a"), RequestPace()).findings[0]


def test_it_is_not_brought_back():
    (finding,) = (
        d
        for d in undo_plan(planned(shop()), shop().look("a"), RequestPace()).findings
        if d.subject == MAIL.manifest_path
    )
    assert finding.code.slug == "not-invertible"
    assert "looks like a secret" in str(finding.summary)
    undo = undo_plan(planned(shop()), shop().look("a"), RequestPace())
    assert MAIL not in {change.ref for change in undo.changes}


@pytest.mark.parametrize(("now", "agrees"), [(CREDENTIAL, True), (ANOTHER, False), (MAILS[0], None)])
def test_whether_it_is_the_one_that_was_applied(now, agrees):
    past = LastApplied(applied={str(MAIL): stored_value(CREDENTIAL, None, KEY)}, key=KEY)
    assert past.matches(MAIL, now) is agrees


def test_an_old_journal_that_has_it_in_clear_is_read():
    past = LastApplied(applied={str(MAIL): CREDENTIAL}, key=KEY)
    assert past.matches(MAIL, CREDENTIAL) is True
    assert past.matches(MAIL, ANOTHER) is False


def test_what_is_like_one_is_no_credential():
    assert to_canonical("amzn.mws.") == "amzn.mws."
