"""Words of an onboarding that more than one format uses: its rows, the closing sentence, what to do next, CODEOWNERS.

In: an onboarding and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AMAZON_SETTINGS, ENTITLEMENTS
from reconciler.core.model.policy import Owner
from reconciler.core.results.authoring.file_changes import FileAction
from reconciler.core.results.authoring.onboard_result import OnboardResult, OnboardRowResult
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.phrases import join_clauses, join_list
from reconciler.views.common.shop_lists import listed_shops, shop_count

SIGNS: Final = {FileAction.CREATED: "+", FileAction.CHANGED: "~", FileAction.UNCHANGED: " "}
_APPLIED_FOR: Final[dict[Code, str]] = {
    codes.NEEDS_OPTION: "pay_option",
    codes.NEEDS_CONTRACT: "amazon_contract",
    codes.NEEDS_COMMERCE_CREATOR: "commerce_creator",
    codes.NEEDS_SUBSCRIPTION: "subscription_applications",
}
_ITEMS: Final = {spec.policy.manifest_path: spec for spec in AMAZON_SETTINGS.managed_fields(Owner.MANAGED)}
FEW_ROWS: Final = 10
"""So many shops are shown one by one."""
_NAMED: Final = 2


@frozen
class OnboardingRow:
    """`shops` is one shop by name, or how many there are; `names` its file, or the first of them. `missing` lists items."""

    does: FileAction
    sign: str
    shops: str
    names: str
    missing: str


def missing_item(finding: Diagnostic, context: RenderContext) -> str:
    """A field by its name."""
    if finding.code is codes.TO_FILL_IN:
        return context.translate(_ITEMS[finding.subject].policy.short_name)
    field = _APPLIED_FOR.get(finding.code)
    return context.translate(finding.code.title if field is None else ENTITLEMENTS.field(field).policy.short_name)


def missing_items(row: OnboardRowResult, context: RenderContext) -> str:
    return join_list([missing_item(finding, context) for finding in row.lacks], context)


def folds_rows(onboarded: OnboardResult, context: RenderContext) -> bool:
    return _folds(_shown(onboarded), context)


def _shown(onboarded: OnboardResult) -> list[OnboardRowResult]:
    return [row for row in onboarded.rows if row.lacks or row.does is not FileAction.UNCHANGED]


def _folds(shown: list[OnboardRowResult], context: RenderContext) -> bool:
    return not context.expand and len(shown) > FEW_ROWS


def onboarding_rows(onboarded: OnboardResult, context: RenderContext) -> list[OnboardingRow]:
    """A row whose manifest needs no change, and with nothing missing, is only counted. Of many, equal ones are one."""
    shown = _shown(onboarded)
    if not _folds(shown, context):
        return [_row([row], context) for row in shown]
    alike: dict[tuple[FileAction, str], list[OnboardRowResult]] = defaultdict(list)
    for row in shown:
        alike[row.does, missing_items(row, context)].append(row)
    return [_row(rows, context) for rows in sorted(alike.values(), key=lambda rows: (-len(rows), rows[0].line))]


def _row(rows: list[OnboardRowResult], context: RenderContext) -> OnboardingRow:
    first, alone = rows[0], len(rows) == 1
    return OnboardingRow(
        does=first.does,
        sign=SIGNS[first.does],
        shops=first.shop if alone else shop_count(len(rows), context),
        names=escape_unprintable(first.file) if alone else listed_shops([row.shop for row in rows], context, _NAMED),
        missing=missing_items(first, context),
    )


def onboarded_sum(onboarded: OnboardResult, context: RenderContext) -> str:
    wrong = sum(finding.severity is Severity.ERROR for finding in onboarded.diagnostics)
    if wrong and onboarded.rejected is None:
        head = context.plural("Nothing was written: {count} error", "Nothing was written: {count} errors", wrong)
        rows = context.plural("{count} row was read", "{count} rows were read", onboarded.count)
        return join_clauses([head, rows], context)
    return join_clauses([_written(onboarded, context), *_clauses(onboarded, context)], context)


def _written(onboarded: OnboardResult, context: RenderContext) -> str:
    """Without the counts of which there are none."""
    rows = context.plural("{count} row", "{count} rows", onboarded.count)
    files = join_list([_counted(onboarded, does, context) for does in FileAction if onboarded.counted(does)], context)
    if not files:
        return context.translate(msg("Onboarding of {rows}: no manifest", rows=rows))
    if onboarded.check:
        return context.translate(msg("Onboarding of {rows}: {files}", rows=rows, files=files))
    return context.translate(msg("Onboarded {rows}: {files}", rows=rows, files=files))


def _counted(onboarded: OnboardResult, does: FileAction, context: RenderContext) -> str:
    count = onboarded.counted(does)
    if does is FileAction.UNCHANGED:
        return context.plural("{count} unchanged", "{count} unchanged", count)
    if onboarded.check:
        if does is FileAction.CREATED:
            return context.plural("{count} to create", "{count} to create", count)
        return context.plural("{count} to change", "{count} to change", count)
    if does is FileAction.CREATED:
        return context.plural("{count} created", "{count} created", count)
    return context.plural("{count} changed", "{count} changed", count)


def _clauses(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    if onboarded.rejected is not None and onboarded.rejected.rows:
        rejected = len(onboarded.rejected.rows)
        yield context.plural("{count} row was rejected", "{count} rows were rejected", rejected)
    lacking = sum(bool(row.lacks) for row in onboarded.rows)
    if lacking:
        yield context.plural("{count} shop is incomplete", "{count} shops are incomplete", lacking)
    if not onboarded.asked:
        yield context.translate(msg("the backend was not read"))
    if onboarded.check:
        yield context.translate(msg("nothing was written"))


def onboarding_next_step(onboarded: OnboardResult, context: RenderContext) -> str:
    """The one thing to do now; empty where there is nothing."""
    if onboarded.rejected is not None and onboarded.rejected.rows and not onboarded.check:
        file = onboarded.rejected.file
        return context.translate(
            msg(
                "To continue: correct the rows in {file}, then run `reconciler onboard {file} --rejects {file}`",
                file=file,
            )
        )
    if any(finding.severity is Severity.ERROR for finding in onboarded.diagnostics):
        return context.translate(msg("To continue: correct the table and run the same command again"))
    if onboarded.news:
        return context.translate(msg("To write the files: run the same command without `--check`"))
    if any(row.lacks for row in onboarded.rows):
        return context.translate(
            msg("To continue: add the missing values to the manifests, then run `reconciler plan`")
        )
    changed = onboarded.counted(FileAction.CREATED) + onboarded.counted(FileAction.CHANGED)
    return context.translate(msg("To continue: `reconciler plan`")) if changed and not onboarded.check else ""


def codeowners(onboarded: OnboardResult) -> Iterator[str]:
    """A line for each shop with owners; the path is that from the folder in which the tool was started."""
    return (f"/{row.file} {' '.join(row.owners)}" for row in onboarded.rows if row.owners)
