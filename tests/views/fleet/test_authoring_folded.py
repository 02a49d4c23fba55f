"""The import and the onboarding of hundreds of shops: equal things once, the others by name, and what to do next at the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.results.authoring.file_changes import FileAction, FileEdit
from reconciler.core.results.authoring.import_result import ImportResult, ImportVerification
from reconciler.core.results.authoring.onboard_result import OnboardResult, OnboardRowResult
from reconciler.core.values import Origin, ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.formats import text
from reconciler.views.markdown.importing import import_markdown
from reconciler.views.markdown.onboarding import onboard_markdown
from reconciler.views.text.importing import render_import
from reconciler.views.text.onboarding import render_onboard

SHOPS = tuple(ShopKey(f"shop-{number:03}") for number in range(400))
SILENT = tuple(ShopKey(f"silent-{number:02}") for number in range(12))
FILES = (
    FileEdit(file="shops/_defaults.yaml", before=None, after="apiVersion: reconciler/v1\n"),
    FileEdit(file="shops/_groups/standard.yaml", before=None, after="apiVersion: reconciler/v1\n"),
    *(FileEdit(file=f"shops/{shop}.yaml", before=None, after=f"shop: {shop}\n") for shop in SHOPS[:300]),
    *(
        FileEdit(
            file=f"shops/{shop}.yaml",
            before=f"shop: {shop}\namazon:\n  enabled: true\n",
            after=f"shop: {shop}\namazon:\n  enabled: {'false' if shop == SHOPS[377] else '~'}\n",
        )
        for shop in SHOPS[300:380]
    ),
)


def imported() -> ImportResult:
    """300 new manifests, 80 changed ones, one of them in another way; 12 shops that did not answer."""
    pattern = SecretNamePattern()
    secrets = [(shop, pattern.for_shop(shop).uri) for shop in SHOPS]
    secrets[7] = (SHOPS[7], "ref+file:///run/secrets/seven")
    return ImportResult(
        shops=SHOPS,
        files=FILES,
        secrets=tuple(secrets),
        proof=ImportVerification(shops=400, kept=400, unproven=frozenset(SHOPS[:250]), findings=()),
        diagnostics=tuple(unreachable(shop) for shop in SILENT),
    )


def unreachable(shop: ShopKey) -> Diagnostic:
    return diagnostic(codes.UNREACHABLE, msg("no answer within {seconds} s", seconds=10), shop=shop)


def onboarded() -> OnboardResult:
    """300 new manifests, two of which miss something else than the others; 60 changed, 40 unchanged."""
    rows = [
        OnboardRowResult(
            line=number + 2, shop=shop, file=f"shops/{shop}.yaml", does=_action(number), lacks=_missing(shop, number)
        )
        for number, shop in enumerate(SHOPS)
    ]
    return OnboardResult(count=len(rows), rows=tuple(rows), asked=True)


def _action(number: int) -> FileAction:
    return FileAction.CREATED if number < 300 else FileAction.CHANGED if number < 360 else FileAction.UNCHANGED


def _missing(shop: ShopKey, number: int) -> tuple[Diagnostic, ...]:
    if number >= 300:
        return ()
    places = ["amazon.api.mws_auth_token"] + (["amazon.notification.email"] if number in (100, 200) else [])
    return tuple(
        diagnostic(codes.TO_FILL_IN, msg("it is missing"), shop=shop, subject=place, origin=Origin("shops", 1, 1))
        for place in places
    )


@pytest.mark.parametrize("width", [80, 120])
def test_an_import(width: int, context: RenderContext, as_text) -> None:
    look = replace(context, width=width)
    page = text.aside(imported(), look) + render_import(imported(), look)
    assert page == as_text
    assert len(page.splitlines()) < 24
    assert "shops/_groups/standard.yaml" in page
    assert "ref+file:///run/secrets/seven" in page


def test_what_an_import_would_write(context: RenderContext, as_text) -> None:
    """The one edit that differs from the others is shown."""
    page = render_import(replace(imported(), check=True, proof=None, diagnostics=()), replace(context, width=80))
    assert page == as_text
    assert page.count("\n+++ shops/shop-") == 2


def test_an_import_as_markdown(context: RenderContext, as_markdown) -> None:
    page = import_markdown(imported(), context)
    assert page == as_markdown
    assert len(import_markdown(replace(imported(), check=True, proof=None), context)) < 5_000


@pytest.mark.parametrize("width", [80, 120])
def test_an_onboarding(width: int, context: RenderContext, as_text) -> None:
    page = render_onboard(onboarded(), replace(context, width=width))
    assert page == as_text
    assert all(name in page for name in ("shop-000", "shop-100", "shop-200"))


def test_an_onboarding_as_markdown(context: RenderContext, as_markdown) -> None:
    assert onboard_markdown(onboarded(), context) == as_markdown


def test_what_an_onboarding_would_write(english: RenderContext) -> None:
    checked = replace(onboarded(), check=True, news=FILES[2:])
    page = render_onboard(checked, english)
    assert page.count("\n+++ shops/") + page.startswith("--- shops/shop-300.yaml\n+++") >= 2
    assert "the same change in 78 more shops: shop-301, shop-302 and 76 more" in page
    assert page.endswith("nothing was written.\nTo write the files: run the same command without `--check`\n")
    assert len(onboard_markdown(checked, english)) < 5_000


def test_expanded_each_shop_is_shown(english: RenderContext) -> None:
    each = replace(english, expand=True)
    assert render_import(imported(), each).count("_MWS_AUTH_TOKEN") == 399
    assert (
        sum(line.startswith(("+ shops/", "~ shops/")) for line in render_import(imported(), each).splitlines()) == 382
    )
    assert (
        sum(line.startswith(("+ shop-", "~ shop-")) for line in render_onboard(onboarded(), each).splitlines()) == 360
    )
    assert text.aside(imported(), each).count("error[B101]") == 12


def test_errors_come_last_with_what_to_do(english: RenderContext) -> None:
    wrong = diagnostic(codes.ROW, msg("for the test"), origin=Origin("new.csv", 2, 1))
    lines = render_onboard(OnboardResult(count=3, diagnostics=(wrong,)), english).splitlines()
    assert lines == [
        "Nothing was written: 1 error; 3 rows were read.",
        "To continue: correct the table and run the same command again",
    ]
    last = render_import(imported(), english).splitlines()[-1]
    assert last == "To continue: correct this and run the same command again"
    assert render_import(replace(imported(), diagnostics=()), english).endswith("then run `reconciler plan`\n")
