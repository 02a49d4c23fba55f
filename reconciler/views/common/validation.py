"""What a validation found and fixed, in words.

In: a result of `validate` and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.fixes import FixedFile, ManifestFix
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.phrases import join_list


def validation_summary(
    valid: int, broken: Sequence[str], findings: Sequence[Diagnostic], context: RenderContext
) -> str:
    checked = valid + len(broken)
    problems = _problems(findings, context)
    if not problems:
        return context.plural(
            "No problems. {count} manifest checked.", "No problems. {count} manifests checked.", checked
        )
    if not broken:
        return context.plural(
            "Found {problems}. {count} manifest checked.",
            "Found {problems}. {count} manifests checked.",
            checked,
            problems=problems,
        )
    if len(broken) == checked:
        return context.plural(
            "Found {problems} in {count} manifest.",
            "Found {problems} in {count} manifests.",
            checked,
            problems=problems,
        )
    return context.plural(
        "Found {problems} in {broken} of {count} manifest.",
        "Found {problems} in {broken} of {count} manifests.",
        checked,
        problems=problems,
        broken=len(broken),
    )


def _problems(findings: Sequence[Diagnostic], context: RenderContext) -> str:
    """How many errors and warnings there are; empty for none."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    counts = []
    if errors:
        counts.append(context.plural("{count} error", "{count} errors", errors))
    if warnings:
        counts.append(context.plural("{count} warning", "{count} warnings", warnings))
    return join_list(counts, context)


def fixes_summary(fixed: Sequence[FixedFile], context: RenderContext, *, check: bool) -> str:
    """How much was fixed, or would be."""
    count = sum(len(file.fixes) for file in fixed)
    files = context.plural("{count} file", "{count} files", len(fixed))
    if not count:
        return context.translate(msg("Nothing to fix automatically."))
    if check:
        return context.plural(
            "{count} fix available in {files}; to write it, run `reconciler validate --fix`.",
            "{count} fixes available in {files}; to write them, run `reconciler validate --fix`.",
            count,
            files=files,
        )
    return context.plural("Fixed {count} place in {files}.", "Fixed {count} places in {files}.", count, files=files)


def fix_words(fix: ManifestFix) -> tuple[str, str]:
    """The place, and what its text was replaced by."""
    before, after = escape_unprintable(fix.before), escape_unprintable(fix.after)
    return escape_unprintable(str(fix.origin)), f"`{before}` → `{after}`"
