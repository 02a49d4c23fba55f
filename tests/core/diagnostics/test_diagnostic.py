"""Diagnostics: collected, sorted, each reported once."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from tests.support.strategies import finding, keys, origins

diagnostics = st.builds(
    lambda code, words, shop, origin: diagnostic(code, msg("{words}", words=words), shop=shop, origin=origin),
    st.sampled_from(codes.all_codes()),
    st.sampled_from(("one", "other")),
    st.none() | keys,
    st.none() | origins,
)


@given(st.lists(diagnostics), st.randoms(use_true_random=False))
def test_diagnostics_have_one_order_whatever_order_they_were_found_in(several, random):
    mixed = list(several)
    random.shuffle(mixed)
    assert sort_diagnostics(mixed) == sort_diagnostics(several)


@given(st.lists(diagnostics))
def test_each_diagnostic_is_reported_once_and_none_is_lost(several):
    printed = sort_diagnostics((*several, *several))
    assert set(printed) == set(several)
    assert len(printed) == len(set(printed))


def test_what_concerns_the_run_comes_before_what_concerns_a_shop():
    of_run, of_shop = finding(), finding(shop=ShopKey("a"))
    assert sort_diagnostics([of_shop, of_run]) == (of_run, of_shop)


def test_errors_and_refusals_stop_and_warnings_do_not():
    stopping = [severity for severity in Severity if replace(finding(), severity=severity).blocking]
    assert stopping == [Severity.ERROR, Severity.REFUSED]


def test_a_severity_has_the_word_that_machine_formats_write():
    assert [severity.name_lower for severity in Severity] == ["critical", "error", "refused", "warning", "note"]


def test_a_diagnostic_without_a_shop_can_get_one():
    assert finding().for_shop(ShopKey("a")).shop == "a"
