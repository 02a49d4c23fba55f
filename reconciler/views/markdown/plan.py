"""A plan as Markdown: the sum, the findings, a table a shop; folded away when there are many.

In: a plan and what was found in the manifests. Out: text for a pull request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import say
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.views.common.context import Look, page
from reconciler.views.common.phrases import SIGNS, changes_in_order, route, shown_values, why
from reconciler.views.common.summaries import compared, fingerprint, plan_sum
from reconciler.views.markdown.parts import code, escaped, finding_items, fold, shop_finding_items, table

_OPEN: Final = 5  # more shops than this are folded away


def plan_markdown(plan: Plan, diagnostics: Sequence[Diagnostic], look: Look) -> str:
    return page(_lines(plan, diagnostics, look))


def _lines(plan: Plan, diagnostics: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    yield f"### {escaped(plan_sum(plan, look))}"
    yield ""
    yield from finding_items((*diagnostics, *plan.findings), look)
    told = [shop for shop in plan.shops if shop.changes or shop.findings]
    for shop in told:
        yield ""
        yield from _shop(shop, look, folded=len(told) > _OPEN)
    if compared(plan):
        yield ""
        yield escaped(fingerprint(plan.fingerprint, look))


def _shop(shop: ShopPlan, look: Look, *, folded: bool) -> Iterator[str]:
    count = look.plural("{count} change", "{count} changes", len(shop.written))
    name = f"<b>{escaped(shop.shop)}</b> {code(shop.origin.file)}: {escaped(count)}"
    if folded:
        yield from fold(name, _inside(shop, look))
    else:
        yield name
        yield ""
        yield from _inside(shop, look)


def _inside(shop: ShopPlan, look: Look) -> Iterator[str]:
    if shop.changes:
        header = [say("Field"), say("Label"), say("Change"), say("Place"), say("Note")]
        titles = ["", *(escaped(look.tell(title)) for title in header)]
        yield from table(titles, (_row(change, look) for change in changes_in_order(shop)))
    if len(shop.steps) > 1:
        yield ""
        yield escaped(route(shop, look))
    if shop.findings:
        yield ""
        yield from shop_finding_items(shop.findings, look)


def _row(change: Change, look: Look) -> tuple[str, ...]:
    sign = "↳" if change.derived else escaped(SIGNS[change.action])
    place = "" if change.derived else code(str(change.origin))
    return (
        sign,
        "" if change.derived else code(change.ref.declared or str(change.ref)),
        escaped(change.ref.called),
        code(shown_values(change, look)),
        place,
        escaped(why(change, look)),
    )
