"""The language of the pages: Japanese until a reader chooses English, and what the switch keeps."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from tests.embedded.harness import KYOTO

HOME = f"/admin/shops/{KYOTO}"


def test_a_first_visit_is_in_japanese_whatever_the_browser_prefers(visitor) -> None:
    person = visitor()
    person.client.headers["Accept-Language"] = "en-GB,en;q=0.9"
    page = person.opens("/admin/sign-in")
    assert page.lang == "ja"
    assert page.links["English"] == "/admin/sign-in?lang=en"


def test_the_switch_keeps_the_page_and_its_other_parameters(sign_in) -> None:
    person = sign_in(KYOTO)
    page = person.opens(f"{HOME}/changes?field=amazonPay.regular&lang=xx&actor=")
    assert page.lang == "ja"
    page = person.opens(page.links["English"])
    assert (page.lang, page.status) == ("en", 200)
    assert str(person.client.get(page.links["日本語"], follow_redirects=False).headers["location"]) == (
        f"{HOME}/changes?field=amazonPay.regular&actor="
    )


def test_the_choice_stays_for_every_area(sign_in) -> None:
    person = sign_in(KYOTO)
    person.opens(f"{HOME}/amazon-settings?lang=en")
    for address in (f"{HOME}/orders", f"/admin/seller-central/{KYOTO}/endpoints", f"/shop/{KYOTO}/", "/admin/nothing"):
        assert person.opens(address).lang == "en", address
    assert person.opens(f"{HOME}/orders?lang=ja").lang == "ja"


def test_an_unexpected_failure_is_a_page_of_the_chosen_language(sign_in, app: FastAPI) -> None:
    person = sign_in(KYOTO)
    person.opens(f"{HOME}/orders?lang=en")
    with app.state.services.database.writing() as connection:
        connection.execute(text("DROP TABLE changes"))
    page = person.opens(f"{HOME}/changes")
    assert (page.status, page.lang, page.headings) == (500, "en", [(1, "Error")])
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("value", ["fr", "", "EN", "en/../x"])
def test_a_language_that_there_is_not_chooses_nothing(sign_in, value: str) -> None:
    person = sign_in(KYOTO)
    person.opens(f"{HOME}/orders?lang=en")
    page = person.opens(f"{HOME}/orders?lang={value}")
    assert (page.lang, page.status) == ("en", 200)
    person.client.cookies.set("reconciler_language", value or "xx", path="/")
    assert person.opens(f"{HOME}/orders").status == 200


def test_the_answer_to_a_post_leads_to_the_page_with_its_form(sign_in) -> None:
    person = sign_in(KYOTO)
    person.opens(f"{HOME}/orders?tab=unpaid")
    page = person.posts(f"{HOME}/orders/forged", [], Referer=f"{person.client.base_url}{HOME}/orders?tab=unpaid")
    assert page.status >= 400
    assert page.links["English"] == f"{HOME}/orders?tab=unpaid&lang=en"


@pytest.mark.parametrize("referer", ["", "https://other.example/admin/shops", "http://[", "/admin/sign-out"])
def test_without_a_page_that_it_came_from_it_leads_to_the_page_above(sign_in, referer: str) -> None:
    person = sign_in(KYOTO)
    assert person.posts(f"{HOME}/storefront", [], Referer=referer).links["English"] == f"{HOME}/storefront?lang=en"
    assert person.posts("/admin/sign-out", [], Referer=referer).links["English"] == "/admin/?lang=en"


def test_the_switch_leads_to_no_other_host(visitor) -> None:
    person = visitor()
    answer = person.client.get("/admin//other.example/%22%3E?lang=en&next=//other.example", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/admin//other.example/%22%3E?next=")
    assert "no-store" in answer.headers["cache-control"]
