"""The mail's text: from a template with few places, and nothing but one printable line in each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.ipn.process.decision import MailContent
from reconciler.ipn.process.mail_template import PLACES, BadTemplate, MailTemplate, default_template
from reconciler.ports.payments import ObjectKind, PaymentObject
from tests.support.sns_signer import CAPTURE, NOW, REFERENCE

SHOP = ShopKey("kyoto-tea")
DECLINED = PaymentObject(
    kind=ObjectKind.CAPTURE,
    id=CAPTURE,
    reference=REFERENCE,
    state="Declined",
    reason="AmazonRejected",
    amount=Decimal("1000.0"),
    currency="JPY",
    updated=NOW,
    deadline=NOW,
)
FAILURE = MailContent(
    event=f"capture:{CAPTURE}:Declined", what=DECLINED, order="100000020732", text=msg("it failed"), failure=True
)


def failed(**other: Any) -> MailContent:
    return replace(FAILURE, what=replace(DECLINED, **other))


def text(template: str, failure: MailContent = FAILURE) -> str:
    return MailTemplate(subject="s", template=template).render(SHOP, failure, "to@shop.example").text


def test_the_default_mail_contains_all_that_is_known() -> None:
    reported = text(default_template())
    for value in (SHOP, "100000020732", "売上請求", CAPTURE, REFERENCE, "1000.0 JPY", "Declined", "AmazonRejected"):
        assert value in reported
    assert "2026-11-23 12:00:00 (JST)" in reported
    assert "{" not in reported


def test_what_is_not_known_is_a_dash() -> None:
    unknown = replace(failed(amount=None, currency=None, reason=None), order=None)
    assert text("{order}|{amount}|{currency}|{reason}", unknown) == "-|-|-|-"


@pytest.mark.parametrize("kind", ObjectKind)
def test_each_kind_of_object_has_a_name_in_japanese(kind: ObjectKind) -> None:
    assert text("{kind}", failed(kind=kind)).isascii() is False


def test_what_is_no_failed_payment_has_a_mail_of_its_own() -> None:
    template = MailTemplate(subject="失敗", template="-", translate=lambda message: f"訳 {message}")
    mail = template.render(SHOP, replace(failed(kind=ObjectKind.CHARGEBACK), failure=False), "to@shop.example")
    assert mail.subject == "Amazon Pay要確認通知"
    for value in ("訳 it failed", "チャージバック", "100000020732", "1000.0 JPY", "期限: 2026-11-23 12:00:00 (JST)"):
        assert value in mail.text
    assert "{" not in mail.text


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
    odd = failed(reason="Rejected\r\nBcc: x@evil.example\u202e{token}" + "x" * 200)
    reported = text("<{reason}>", odd)
    assert reported.startswith("<RejectedBcc: x@evil.example{token}xxx")
    assert len(reported) == 102


def test_the_event_is_the_key_of_the_mail() -> None:
    mail = MailTemplate(subject="件名", template="-").render(SHOP, FAILURE, "to@shop.example")
    assert (mail.event, mail.shop, mail.to, mail.subject) == (FAILURE.event, SHOP, "to@shop.example", "件名")
