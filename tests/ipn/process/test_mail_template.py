"""The mail's text: from a template with few places, and nothing but one printable line in each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import Failure
from reconciler.ipn.process.mail_template import PLACES, BadTemplate, MailTemplate, default_template
from tests.support.sns_signer import CAPTURE, NOW, REFERENCE

SHOP = ShopKey("kyoto-tea")
FAILURE = Failure(
    event=f"capture:{CAPTURE}:Declined",
    object_id=CAPTURE,
    reference=REFERENCE,
    order="100000020732",
    state="Declined",
    reason="AmazonRejected",
    amount=Decimal("1000.0"),
    currency="JPY",
    at=NOW,
)


def text(template: str, failure: Failure = FAILURE) -> str:
    return MailTemplate(subject="s", template=template).render(SHOP, failure, "to@shop.example").text


def test_the_default_mail_contains_all_that_is_known() -> None:
    reported = text(default_template())
    for value in (SHOP, "100000020732", "売上請求", CAPTURE, REFERENCE, "1000.0 JPY", "Declined", "AmazonRejected"):
        assert value in reported
    assert "2026-11-23 12:00:00 (JST)" in reported
    assert "{" not in reported


def test_what_is_not_known_is_a_dash() -> None:
    unknown = replace(FAILURE, order=None, amount=None, currency=None, reason=None)
    assert text("{order}|{amount}|{currency}|{reason}", unknown) == "-|-|-|-"


def test_an_authorization_is_named_so() -> None:
    assert text("{kind}", replace(FAILURE, object_id=f"{REFERENCE}-A000001")) == "オーソリ"


@pytest.mark.parametrize("place", PLACES)
def test_each_place_can_be_used_alone_and_twice(place: str) -> None:
    once = text(f"{{{place}}}")
    assert once not in {"", "-"}
    assert text(f"{{{place}}} {{{place}}}") == f"{once} {once}"


@pytest.mark.parametrize(
    ("template", "fault"),
    [("{token}", "token"), ("{}", "{}"), ("{shop!r}", "shop!r"), ("{shop.__class__}", "__class__"), ("{shop", "^{$")],
)
def test_a_template_with_another_place_is_refused_when_it_is_read(template: str, fault: str) -> None:
    with pytest.raises(BadTemplate, match=fault):
        MailTemplate(subject="s", template=template)


def test_l_a_value_is_one_printable_line() -> None:
    odd = replace(FAILURE, reason="Rejected\r\nBcc: x@evil.example\u202e{token}" + "x" * 200)
    reported = text("<{reason}>", odd)
    assert reported.startswith("<RejectedBcc: x@evil.example{token}xxx")
    assert len(reported) == 102


def test_the_event_is_the_key_of_the_mail() -> None:
    mail = MailTemplate(subject="件名", template="-").render(SHOP, FAILURE, "to@shop.example")
    assert (mail.event, mail.shop, mail.to, mail.subject) == (FAILURE.event, SHOP, "to@shop.example", "件名")
