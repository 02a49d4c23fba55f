"""The endpoints in the lists of former sellers: which are named, and how many requests that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.drift.foreign_endpoints import Endpoints, endpoints_of
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.cascade import SELLER_FIELD
from reconciler.core.values import Origin, ShopKey
from reconciler.ports import BackendError, Unreachable
from reconciler.workflows.drift.former_endpoints import FORMER_SELLERS, with_former_endpoints
from reconciler.workflows.drift.notifications import SeenShop
from reconciler.workflows.sources import DriftSources
from tests.support.example_worlds import live, site_url
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import SELLERS
from tests.workflows.drift.test_check import Remembered

KYOTO, UJI = ShopKey("kyoto-tea"), ShopKey("uji-cups")
NOW, FORMER = SELLERS[0], "A1FORMER000001"
PLACE = Origin("shops/kyoto-tea.yaml", 8, 3)


class Replaced(Remembered):
    """A history of the sellers that were replaced, by shop."""

    def __init__(self, sellers: Mapping[ShopKey, Sequence[str]]) -> None:
        super().__init__()
        self.sellers = sellers

    def replaced_values(self, ref: FieldRef) -> Mapping[ShopKey, Sequence[str]]:
        assert ref == SELLER_FIELD
        return self.sellers


class Central(ModelBackend):
    """A backend that shows the lists of former sellers, or none of those in `silent`."""

    def __init__(self, lists: Mapping[str, frozenset[str]] | None = None, silent: Sequence[str] = ()) -> None:
        super().__init__([live(KYOTO), live(UJI)])
        self.lists = lists or {}
        self.silent = silent
        self.read: list[str] = []

    async def seller_endpoints(self, seller: str) -> frozenset[str]:
        self.read.append(seller)
        if seller in self.silent:
            error: BackendError = Unreachable(msg("no answer"))
            raise error
        return self.lists.get(seller, frozenset())


def check(
    backend: ModelBackend, history: Replaced, *, remembered: bool = False, accepted: frozenset[str] = frozenset()
) -> Drift:
    """Of both shops, which are in sync."""
    drift = Drift(shops=tuple(ShopDrift(shop=shop, origin=PLACE) for shop in (KYOTO, UJI)))
    seen = {
        shop: SeenShop(endpoints=_endpoints(backend, shop, known=not remembered), origin=PLACE) for shop in (KYOTO, UJI)
    }
    sources = DriftSources(history=history, other_endpoints=accepted)
    return anyio.run(with_former_endpoints, drift, seen, sources, backend)


def _endpoints(backend: ModelBackend, shop: ShopKey, *, known: bool) -> Endpoints:
    read = endpoints_of(backend.look(shop))
    assert read is not None
    return read if known else Endpoints(shop=shop, registered=True, seller=None, url=None, others=())


@pytest.mark.parametrize(
    "remembered",
    [False, True],
    ids=["read", "remembered"],
)
def test_an_endpoint_that_is_still_registered_is_named_and_is_no_difference(remembered: bool) -> None:
    backend = Central(lists={FORMER: frozenset({site_url(KYOTO), "https://another.example/ipn"})})
    drift = check(backend, Replaced({KYOTO: [FORMER]}), remembered=remembered)
    ((finding,), untouched) = (shop.findings for shop in drift.shops)
    assert (finding.code, finding.severity, finding.origin) == (codes.FORMER_ENDPOINT, Severity.WARNING, PLACE)
    assert FORMER in str(finding.summary)
    assert site_url(KYOTO) in str(finding.summary)
    assert untouched == ()
    assert not drift.differs
    assert backend.read == [FORMER]


def test_one_that_was_removed_is_not_named() -> None:
    backend = Central(lists={FORMER: frozenset({"https://another.example/ipn"})})
    assert check(backend, Replaced({KYOTO: [FORMER]})).all_findings == ()


@pytest.mark.parametrize("sellers", [{}, {KYOTO: [NOW]}, {ShopKey("nara-ink"): [FORMER]}], ids=str)
def test_no_list_is_read_for_shops_that_left_no_seller(sellers: Mapping[ShopKey, Sequence[str]]) -> None:
    backend = Central()
    assert check(backend, Replaced(sellers)).all_findings == ()
    assert backend.read == []


def test_a_list_is_read_once_for_all_its_shops() -> None:
    backend = Central(lists={FORMER: frozenset({site_url(KYOTO), site_url(UJI)})})
    drift = check(backend, Replaced({KYOTO: [FORMER], UJI: [FORMER]}))
    assert [finding.shop for finding in drift.all_findings] == [KYOTO, UJI]
    assert backend.read == [FORMER]


def test_an_endpoint_that_the_settings_accept_is_not_named() -> None:
    backend = Central(lists={FORMER: frozenset({site_url(KYOTO)})})
    drift = check(backend, Replaced({KYOTO: [FORMER]}), accepted=frozenset({site_url(KYOTO)}))
    assert (drift.all_findings, backend.read) == ((), [])


def test_a_list_that_cannot_be_read_is_a_note() -> None:
    drift = check(Central(silent=[FORMER]), Replaced({KYOTO: [FORMER]}))
    (finding,) = drift.all_findings
    assert (finding.code, finding.severity) == (codes.FORMER_ENDPOINT, Severity.NOTE)
    assert "no answer" in str(finding.summary)


def test_a_check_reads_a_limited_number_of_lists_and_says_so() -> None:
    backend = Central()
    sellers = [f"A1FORMER{number:06}" for number in range(FORMER_SELLERS + 3)]
    (finding,) = check(backend, Replaced({KYOTO: sellers})).findings
    assert len(backend.read) == FORMER_SELLERS
    assert (finding.severity, "omitted: 3" in str(finding.summary)) == (Severity.NOTE, True)


def test_a_backend_without_such_lists_is_not_asked() -> None:
    assert check(ModelBackend([live(KYOTO), live(UJI)]), Replaced({KYOTO: [FORMER]})).all_findings == ()
