"""From the observed values to the desired values that keep them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.core.importing.adopt import Adopted, adopt, unsuitable_reason
from reconciler.core.importing.secret_names import SecretNamePattern, variable
from reconciler.core.model.kinds import AmazonSettings, SystemParts, kind_named
from reconciler.core.model.layers import field_ref_at
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import Desired, Known, Observed, Unknown
from reconciler.core.planning.field_diff import diff
from reconciler.core.values import PRE_SET, Registration, ShopKey, StorefrontStatus
from tests.support.example_worlds import bare, live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import TOKENS, finding, observed, origin_at

NAMES = SecretNamePattern()


def adopted(seen: Observed) -> Adopted:
    result = adopt(seen, NAMES)
    assert isinstance(result, Adopted)
    return result


def seen(**state: object) -> Observed:
    return ModelBackend([live("kyoto-tea", **state)]).look(ShopKey("kyoto-tea"))


def with_texts(texts: dict[str, str]) -> Observed:
    look = seen()
    return replace(look, reads={**look.reads, "system_parts": Known(SystemParts(output=True, messages=texts), "1")})


def as_desired(of: Adopted) -> Desired:
    """What a manifest with these values declares, but for the token."""
    kinds: dict[str, dict[str, object]] = {}
    for place, value in of.values.items():
        ref = field_ref_at(place)
        assert ref is not None
        if ref.field == "mws_auth_token":
            continue
        typed = {"registration": Registration, "status": StorefrontStatus}.get(ref.field, lambda text: text)(value)  # type: ignore[arg-type]
        if ref.entry:
            kinds.setdefault(ref.kind, {}).setdefault(ref.field, {})[ref.entry] = typed  # type: ignore[index]
        else:
            kinds.setdefault(ref.kind, {})[ref.field] = typed
    return Desired(
        shop=of.shop,
        origin=origin_at(1),
        values={name: kind_named(name).model(**fields) for name, fields in kinds.items()},
    )


@given(observed)
def test_what_was_adopted_wishes_for_no_change(world: Observed) -> None:
    assert diff(as_desired(adopted(world)), world) == ()


@given(observed)
def test_nothing_issued_or_derived_is_imported_and_no_token(world: Observed) -> None:
    values = adopted(world).values

    assert all(ref.spec.policy.owner is Owner.MANAGED for place in values if (ref := field_ref_at(place)))
    assert all(field_ref_at(place) for place in values)
    assert not any(token in str(value) for value in values.values() for token in TOKENS)


def test_everything_that_a_manifest_can_declare_is_imported() -> None:
    assert adopted(seen()).values == {
        "amazon.enabled": True,
        "amazon.api.seller_id": "A1EXAMPLE234567",
        "amazon.api.client_id": f"amzn1.application-oa2-client.{'a' * 32}",
        "amazon.api.mws_auth_token": "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        "amazon.notification.email": "pay@kyoto-tea.example",
        "payment.amazon_pay.pre_order": True,
        "payment.amazon_pay.subscription": True,
        "payment.amazon_pay.auto_link": True,
        "seller_central.ipn_endpoint": "absent",
        "storefront.status": "open",
    }


def test_a_pre_set_token_stays_pre_set() -> None:
    assert adopted(seen(token=PRE_SET)).values["amazon.api.mws_auth_token"] == "pre-set"


def test_what_was_never_entered_stays_unmanaged() -> None:
    values = adopted(ModelBackend([bare("kyoto-tea")]).look(ShopKey("kyoto-tea"))).values

    assert not any(place.startswith(("amazon.api", "amazon.notification", "amazon.messages")) for place in values)


def test_texts_have_the_line_ends_of_manifests() -> None:
    assert (
        adopted(with_texts({"order_area.message": "one\r\ntwo"})).values["amazon.messages.order_area.message"]
        == "one\ntwo"
    )


def test_a_read_that_failed_is_not_taken_for_an_empty_shop() -> None:
    look = seen()
    why = finding()
    failed = replace(look, reads={**look.reads, "entitlements": Unknown(why)})

    assert adopt(failed, NAMES) == (why.for_shop(ShopKey("kyoto-tea")),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("amzn.mws.00000000-0000-0000-0000-000000000000", "it looks like an MWSAuthToken"),
        ("turned \u202e around", "it contains a control character that is not displayed"),
        ("half \ud83d", "it contains a control character that is not displayed"),
    ],
)
def test_a_text_that_no_manifest_may_hold_is_omitted_and_reported(text: str, why: str) -> None:
    result = adopted(with_texts({"order_area.label": text}))

    assert "amazon.messages.order_area.label" not in result.values
    (printed,) = result.omitted
    name = "System part label order_area.label (`amazon.messages.order_area.label`)"
    assert str(printed.summary) == f"{name} is not managed: {why}"
    assert (printed.shop, printed.subject) == ("kyoto-tea", "amazon.messages.order_area.label")
    assert text not in f"{printed.summary}{printed.expected}{printed.hint}"


def test_an_id_with_a_pasted_space_is_omitted_and_reported() -> None:
    look = seen()
    settings = look.kind(AmazonSettings)
    assert settings is not None
    pasted = replace(
        look, reads={**look.reads, "amazon_settings": Known(replace(settings, seller_id=" A1EXAMPLE234567"), "1")}
    )
    (printed,) = adopted(pasted).omitted

    assert "it has spaces or line breaks around it, as" in str(printed.summary)
    assert "capital letters" in str(printed.expected)
    assert "設定>連携サービス>Amazon設定" in str(printed.hint)


def test_a_switch_is_always_fit() -> None:
    assert unsuitable_reason("amazon.enabled", True) is None


def test_names_of_secrets_are_those_of_variables() -> None:
    assert [variable(ShopKey(key)) for key in ("kyoto-tea", "1st", "a--b")] == ["KYOTO_TEA", "_1ST", "A__B"]
    assert SecretNamePattern("ref+file:///run/{shop}").for_shop(ShopKey("kyoto-tea")).uri == "ref+file:///run/kyoto-tea"


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("ref+env://{SHOP}_TOKEN", None),
        ("ref+env://TOKEN", "it does not name the shop: add"),
        ("ref+env://{SHOP}_{seller}", "only {shop} and {SHOP} may be in braces"),
        ("ref+env://{{SHOP}}", "it is not a reference"),
        ("{SHOP}", "it is not a reference"),
        ("pre-set{shop}", "it is not a reference"),
        ("ref+env://{SHOP} TOKEN", "it is not a reference"),
        ("ref+file:///{shop}/amzn.mws.00000000-0000-0000-0000-000000000000", "it looks like a secret"),
    ],
)
def test_a_pattern_that_cannot_name_secrets(pattern: str, fault: str | None) -> None:
    printed = SecretNamePattern(pattern).error

    assert (printed is None) is (fault is None)
    assert (fault or "") in str(printed)
