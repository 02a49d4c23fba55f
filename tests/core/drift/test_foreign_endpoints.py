"""Foreign endpoints in Seller Central: reported once per seller, only if shops were read, and without private data."""

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.drift.foreign_endpoints import (
    ForeignEndpoints,
    endpoints_of,
    find_foreign_endpoints,
    foreign_endpoint_diagnostic,
)
from reconciler.core.model.kinds import AmazonSettings, IpnEndpoint
from reconciler.core.model.state import Known, Observed
from reconciler.core.values import ShopKey
from tests.support.example_worlds import live, site_url
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import SELLERS, finding, origin_at

ELSEWHERE = "https://elsewhere.example/ipn"
PLACE = origin_at(3, "shops/a.yaml")


def seen(*shops, registered=()):
    backend = ModelBackend(shops, registered)
    return [endpoints_of(backend.look(shop.key)) for shop in shops]


def printed(*urls):
    return foreign_endpoint_diagnostic(
        ForeignEndpoints(shop=ShopKey("a"), seller=SELLERS[0], urls=urls), PLACE, certain=True
    )


def listed(*urls, seller=SELLERS[0]):
    return [(seller, url) for url in urls]


def test_an_unknown_url_is_a_foreign_endpoint():
    found = find_foreign_endpoints(seen(live("a"), registered=listed(site_url("a"), ELSEWHERE)))
    assert found == (ForeignEndpoints(shop=ShopKey("a"), seller=SELLERS[0], urls=(ELSEWHERE,)),)


def test_the_shops_of_a_seller_explain_each_other_s_urls_and_the_first_speaks_for_all():
    registered = listed(site_url("a"), site_url("b"), ELSEWHERE)
    a, b = seen(live("a"), live("b"), registered=registered)
    assert [(one.shop, one.urls) for one in find_foreign_endpoints([a, b])] == [("a", (ELSEWHERE,))]
    assert find_foreign_endpoints([b], beside=[a])[0].urls == (ELSEWHERE,)
    assert find_foreign_endpoints([b])[0].urls == (site_url("a"), ELSEWHERE)


def test_a_url_of_another_seller_s_shop_is_a_stranger_all_the_same():
    other = live("b", seller_id=SELLERS[1])
    found = find_foreign_endpoints(seen(live("a"), other, registered=listed(site_url("a"), site_url("b"))))
    assert [one.urls for one in found] == [(site_url("b"),)]


def test_an_allowed_endpoint_is_not_foreign():
    assert find_foreign_endpoints(seen(live("a"), registered=listed(ELSEWHERE)), known={ELSEWHERE}) == ()


def test_a_shop_without_a_seller_or_a_url_has_strangers_only_where_a_list_is():
    assert find_foreign_endpoints(seen(live("a", seller_id=None), live("b"))) == ()
    without = live("a", site_url=None)
    assert [one.urls for one in find_foreign_endpoints(seen(without, registered=listed(ELSEWHERE)))] == [(ELSEWHERE,)]


def test_what_was_not_read_is_unknown():
    unread = Observed.unknown(ShopKey("a"), finding())
    assert endpoints_of(unread) is None
    whole = ModelBackend([live("a")]).look(ShopKey("a"))
    assert endpoints_of(replace(whole, reads={**whole.reads, "ipn_endpoint": unread.reads["ipn_endpoint"]})) is None
    silent = {
        **whole.reads,
        "ipn_endpoint": Known(IpnEndpoint(), "v1"),
        "amazon_settings": Known(AmazonSettings(), "1"),
    }
    nothing = endpoints_of(replace(whole, reads=silent))
    assert nothing is not None
    assert (nothing.registered, nothing.seller, nothing.url, nothing.others) == (False, None, None, ())


def test_the_finding_names_the_seller_the_urls_and_the_place():
    finding_of = printed(ELSEWHERE)
    assert (finding_of.code, finding_of.severity) == (codes.FOREIGN_ENDPOINT, Severity.WARNING)
    assert (finding_of.shop, finding_of.origin) == ("a", PLACE)
    assert str(finding_of.summary).endswith(f"(1): {ELSEWHERE}")
    assert SELLERS[0] in str(finding_of.summary)


def test_what_is_not_certain_is_a_note():
    note = foreign_endpoint_diagnostic(
        ForeignEndpoints(shop=ShopKey("a"), seller=SELLERS[0], urls=(ELSEWHERE,)), PLACE, certain=False
    )
    assert (note.code, note.severity) == (codes.FOREIGN_ENDPOINT, Severity.NOTE)


def test_foreign_text_is_short_and_holds_nothing_private():
    text = str(
        printed("https://who:pass@elsewhere.example/ipn?key=hidden", "https://long.example/" + "x" * 5000).summary
    )
    assert "pass" not in text
    assert "hidden" not in text
    assert len(text) < 500


def test_of_many_a_few_are_named():
    text = str(printed(*(f"https://{number}.example/" for number in range(7))).summary)
    assert "(7)" in text
    assert text.endswith("https://4.example/, ...")
