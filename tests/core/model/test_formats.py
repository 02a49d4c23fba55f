"""Forms: each accepts its example and explains what it does not accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model import formats as forms
from reconciler.core.model.formats import Format

FORMS = [value for value in vars(forms).values() if isinstance(value, Format)]
each = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def test_forms_have_names_of_their_own():
    assert len({form.name for form in FORMS}) == len(FORMS)


@each
def test_a_form_accepts_its_example(form):
    assert form.accepts(form.example)


@each
@pytest.mark.parametrize("around", ["{}\n", " {}", "{}\t", "\u3000{}", "{}\r\n"])
def test_pasted_spaces_and_line_ends_are_refused_and_named(form, around):
    pasted = around.format(form.example)
    assert not form.accepts(pasted)
    assert "it has spaces or line breaks around it, as" in str(form.violation(pasted))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.SELLER_ID, "a1example234567"),
        (forms.CLIENT_ID, forms.CLIENT_ID.example.upper()),
        (forms.MWS_AUTH_TOKEN, "amzn.mws.ABCDEF00-0000-0000-0000-000000000000"),
        (forms.SHOP_KEY, "Kyoto-Tea"),
    ],
)
def test_letters_in_the_wrong_case_are_named(form, text):
    assert not form.accepts(text)
    assert "wrong case" in str(form.violation(text))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.SELLER_ID, "A12345678"),
        (forms.SELLER_ID, "A" * 22),
        (forms.CLIENT_ID, forms.CLIENT_ID.example[:-1]),
        (forms.MWS_AUTH_TOKEN, "Pre-Set_with_information_from_Amazon"),
        (forms.TOKEN_DECLARATION, "ref+env://"),
        (forms.EMAIL, "one@shop.example, two@shop.example"),
        (forms.EMAIL, "shop@localhost"),
        (forms.WINDOW, "24:00-05:00"),
        (forms.WINDOW, "1:00-5:00"),
        (forms.LABEL, "-canary"),
        (forms.PART_NAME, "1st"),
    ],
)
def test_what_has_another_form_is_refused(form, text):
    assert not form.accepts(text)
    assert "it has an invalid format" in str(form.violation(text))


@pytest.mark.parametrize(
    ("form", "text", "named"),
    [
        (forms.SELLER_ID, forms.CLIENT_ID.example, "it is a ClientId"),
        (forms.SELLER_ID, f" {forms.CLIENT_ID.example}\n", "it is a ClientId"),
        (forms.CLIENT_ID, forms.SELLER_ID.example, "it is a SellerId"),
        (forms.TOKEN_DECLARATION, forms.MWS_AUTH_TOKEN.example, "it is an MWSAuthToken"),
        (forms.SELLER_ID, forms.MWS_AUTH_TOKEN.example, "it is an MWSAuthToken"),
        (forms.CLIENT_ID, "pay@shop.example", "it is an email address"),
        (forms.CLIENT_ID, "LIVE-AFEXAMPLE00000000000000", "it is the id of an Amazon Pay public key, not"),
        (forms.SELLER_ID, "SANDBOX-AFEXAMPLE000000000000", "it is the id of an Amazon Pay public key, not"),
        (forms.CLIENT_ID, "-----BEGIN PUBLIC KEY-----", "a PEM block"),
        (forms.MWS_AUTH_TOKEN, "-----BEGIN PRIVATE KEY-----\nabc", "a PEM block"),
        (forms.EMAIL, "pay＠shop.example", "full-width"),
        (forms.SELLER_ID, "Ａ１EXAMPLE234567", "full-width"),
    ],
)
def test_a_value_that_belongs_elsewhere_is_named(form, text, named):
    assert not form.accepts(text)
    assert named in str(form.violation(text))
    assert form.explains(text)


@each
@given(text=st.text(max_size=60))
def test_a_fault_never_quotes_the_text(form, text):
    assert form.violation(text).arguments == ()
