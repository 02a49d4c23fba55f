"""Words of an onboarding that more than one format uses: what a shop lacks, the closing sentence, the lines of CODEOWNERS.

In: an onboarding and a look. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity
from reconciler.core.diagnostics.messages import say
from reconciler.core.importing.table_rows import OWNER_HEADERS
from reconciler.core.model.kinds import AMAZON_SETTINGS, ENTITLEMENTS
from reconciler.core.model.policy import Owner
from reconciler.core.results.authoring import Does, Onboarded, OnboardedRow
from reconciler.views.common.context import Look
from reconciler.views.common.phrases import listed, sentence
from reconciler.views.tables.columns import mapping_table
from reconciler.views.tables.table import Table

SIGNS: Final = {Does.CREATED: "+", Does.CHANGED: "~", Does.UNCHANGED: " "}
_APPLIED_FOR: Final[dict[Code, str]] = {
    codes.NEEDS_OPTION: "pay_option",
    codes.NEEDS_CONTRACT: "amazon_contract",
    codes.NEEDS_COMMERCE_CREATOR: "commerce_creator",
    codes.NEEDS_SUBSCRIPTION: "subscription_applications",
}
_ITEMS: Final = {spec.policy.declared: spec.policy.label for spec in AMAZON_SETTINGS.owned(Owner.OURS)}


def lack(finding: Diagnostic, look: Look) -> str:
    """By the name that the admin screens have for it."""
    if finding.code is codes.TO_FILL_IN:
        return _ITEMS[finding.subject]
    field = _APPLIED_FOR.get(finding.code)
    return look.tell(finding.code.title) if field is None else ENTITLEMENTS.field(field).policy.label


def lacks(row: OnboardedRow, look: Look) -> str:
    return listed([lack(finding, look) for finding in row.lacks], look)


def worth_telling(onboarded: Onboarded) -> Iterator[OnboardedRow]:
    """A row whose manifest stands as it should, and which lacks nothing, is only counted."""
    return (row for row in onboarded.rows if row.lacks or row.does is not Does.UNCHANGED)


def onboarded_sum(onboarded: Onboarded, look: Look) -> str:
    wrong = sum(finding.severity is Severity.ERROR for finding in onboarded.findings)
    if wrong:
        head = look.plural("Nothing was written: {count} error", "Nothing was written: {count} errors", wrong)
        rows = look.plural("{count} row was read", "{count} rows were read", onboarded.count)
        return sentence([head, rows], look)
    return sentence([_written(onboarded, look), *_clauses(onboarded, look)], look)


def _written(onboarded: Onboarded, look: Look) -> str:
    created, changed, unchanged = (onboarded.counted(does) for does in Does)
    if onboarded.check:
        return look.plural(
            "Onboarding: {created} to create, {changed} to change, {unchanged} unchanged in {count} row",
            "Onboarding: {created} to create, {changed} to change, {unchanged} unchanged in {count} rows",
            onboarded.count,
            created=created,
            changed=changed,
            unchanged=unchanged,
        )
    return look.plural(
        "Onboarding: {created} created, {changed} changed, {unchanged} unchanged in {count} row",
        "Onboarding: {created} created, {changed} changed, {unchanged} unchanged in {count} rows",
        onboarded.count,
        created=created,
        changed=changed,
        unchanged=unchanged,
    )


def _clauses(onboarded: Onboarded, look: Look) -> Iterator[str]:
    lacking = sum(bool(row.lacks) for row in onboarded.rows)
    if lacking:
        yield look.plural("{count} shop lacks something", "{count} shops lack something", lacking)
    if not onboarded.asked:
        yield look.tell(say("the backend was not asked"))


def codeowners(onboarded: Onboarded) -> Iterator[str]:
    """A line for each shop with owners; the path is that from the folder in which the tool was started."""
    return (f"/{row.file} {' '.join(row.owners)}" for row in onboarded.rows if row.owners)


def columns_table(look: Look | None) -> Table:
    """Those of an export, and the owners."""
    table = mapping_table(look)
    words = say("a user, an organisation/team without the @, or a mail address; several with spaces between them")
    told = str(words) if look is None else look.tell(words)
    rows = tuple(
        (header, "CODEOWNERS", told if look is None or not at else "") for at, header in enumerate(OWNER_HEADERS)
    )
    return replace(table, name="onboarding-columns", rows=(*table.rows, *rows))
