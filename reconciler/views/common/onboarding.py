"""Words of an onboarding that more than one format uses: missing values, the closing sentence, the lines of CODEOWNERS.

In: an onboarding and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AMAZON_SETTINGS, ENTITLEMENTS
from reconciler.core.model.policy import Owner
from reconciler.core.results.authoring import FileAction, OnboardResult, OnboardRowResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_clauses, join_list

SIGNS: Final = {FileAction.CREATED: "+", FileAction.CHANGED: "~", FileAction.UNCHANGED: " "}
_APPLIED_FOR: Final[dict[Code, str]] = {
    codes.NEEDS_OPTION: "pay_option",
    codes.NEEDS_CONTRACT: "amazon_contract",
    codes.NEEDS_COMMERCE_CREATOR: "commerce_creator",
    codes.NEEDS_SUBSCRIPTION: "subscription_applications",
}
_ITEMS: Final = {spec.policy.manifest_path: spec.policy.label for spec in AMAZON_SETTINGS.managed_fields(Owner.MANAGED)}


def missing_item(finding: Diagnostic, context: RenderContext) -> str:
    """By the name that the admin screens have for it."""
    if finding.code is codes.TO_FILL_IN:
        return _ITEMS[finding.subject]
    field = _APPLIED_FOR.get(finding.code)
    return context.translate(finding.code.title) if field is None else ENTITLEMENTS.field(field).policy.label


def missing_items(row: OnboardRowResult, context: RenderContext) -> str:
    return join_list([missing_item(finding, context) for finding in row.lacks], context)


def rows_to_show(onboarded: OnboardResult) -> Iterator[OnboardRowResult]:
    """A row whose manifest needs no change, and with nothing missing, is only counted."""
    return (row for row in onboarded.rows if row.lacks or row.does is not FileAction.UNCHANGED)


def onboarded_sum(onboarded: OnboardResult, context: RenderContext) -> str:
    wrong = sum(finding.severity is Severity.ERROR for finding in onboarded.diagnostics)
    if wrong:
        head = context.plural("Nothing was written: {count} error", "Nothing was written: {count} errors", wrong)
        rows = context.plural("{count} row was read", "{count} rows were read", onboarded.count)
        return join_clauses([head, rows], context)
    return join_clauses([_written(onboarded, context), *_clauses(onboarded, context)], context)


def _written(onboarded: OnboardResult, context: RenderContext) -> str:
    created, changed, unchanged = (onboarded.counted(does) for does in FileAction)
    if onboarded.check:
        return context.plural(
            "Onboarding: {created} to create, {changed} to change, {unchanged} unchanged in {count} row",
            "Onboarding: {created} to create, {changed} to change, {unchanged} unchanged in {count} rows",
            onboarded.count,
            created=created,
            changed=changed,
            unchanged=unchanged,
        )
    return context.plural(
        "Onboarding: {created} created, {changed} changed, {unchanged} unchanged in {count} row",
        "Onboarding: {created} created, {changed} changed, {unchanged} unchanged in {count} rows",
        onboarded.count,
        created=created,
        changed=changed,
        unchanged=unchanged,
    )


def _clauses(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    lacking = sum(bool(row.lacks) for row in onboarded.rows)
    if lacking:
        yield context.plural("{count} shop is incomplete", "{count} shops are incomplete", lacking)
    if not onboarded.asked:
        yield context.translate(msg("the backend was not read"))


def codeowners(onboarded: OnboardResult) -> Iterator[str]:
    """A line for each shop with owners; the path is that from the folder in which the tool was started."""
    return (f"/{row.file} {' '.join(row.owners)}" for row in onboarded.rows if row.owners)
