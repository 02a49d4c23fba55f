"""The sentences that sum an import up: its files, its secrets, its verification, what to do next.

In: an import and a context. Out: one-line strings without markup.
"""

from __future__ import annotations

from collections import defaultdict

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.secret_names import variable
from reconciler.core.results.authoring.file_changes import FileAction
from reconciler.core.results.authoring.import_result import ImportResult, ImportVerification
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.authoring.onboarding import SIGNS
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.phrases import join_list
from reconciler.views.common.shop_lists import listed_shops, shop_count

_FEW: int = 10
_NAMED: int = 5


@frozen
class SecretRow:
    """`shops` is one shop by name, or how many there are. `missing` says that the secret is not provided yet."""

    shops: str
    reference: str
    missing: str


def secret_rows(imported: ImportResult, context: RenderContext) -> list[SecretRow]:
    """Of many secrets, those of one pattern are one row; `{SHOP}` and `{shop}` are what `--secret-pattern` knows."""
    if context.expand or len(imported.secrets) <= _FEW:
        return [_secret_row((shop,), reference, imported, context) for shop, reference in imported.secrets]
    patterns: dict[tuple[str, bool], list[ShopKey]] = defaultdict(list)
    references = dict(imported.secrets)
    for shop, reference in imported.secrets:
        patterns[_pattern(shop, reference), shop in imported.unproven].append(shop)
    ordered = sorted(patterns.items(), key=lambda item: (-len(item[1]), item[1]))
    return [
        _secret_row(tuple(shops), pattern if len(shops) > 1 else references[shops[0]], imported, context)
        for (pattern, _), shops in ordered
    ]


def _secret_row(
    shops: tuple[ShopKey, ...], reference: str, imported: ImportResult, context: RenderContext
) -> SecretRow:
    return SecretRow(
        shops=shops[0] if len(shops) == 1 else shop_count(len(shops), context),
        reference=escape_unprintable(reference),
        missing=context.translate(msg("not provided yet")) if shops[0] in imported.unproven else "",
    )


def _pattern(shop: ShopKey, reference: str) -> str:
    return reference.replace(variable(shop), "{SHOP}").replace(shop, "{shop}")


def secrets_summary(imported: ImportResult, context: RenderContext) -> str:
    """Shops of one SellerId share a secret."""
    count = len({reference for _, reference in imported.secrets})
    return context.plural("The manifests refer to {count} secret:", "The manifests refer to {count} secrets:", count)


def files_summary(imported: ImportResult, context: RenderContext) -> str:
    if not imported.shops:
        return context.translate(msg("No shop was imported."))
    if not imported.files:
        return context.plural(
            "{count} manifest already matches the backend; nothing to write.",
            "{count} manifests already match the backend; nothing to write.",
            len(imported.shops),
        )
    shops = shop_count(len(imported.shops), context)
    if imported.check:
        return context.translate(
            msg("Import of {shops}: {files}. Nothing was written.", shops=shops, files=_files(imported, context))
        )
    return context.translate(msg("Imported {shops}: {files}.", shops=shops, files=_files(imported, context)))


def _files(imported: ImportResult, context: RenderContext) -> str:
    """Without those of which there are none."""
    new = sum(news.is_new for news in imported.files)
    changed = len(imported.files) - new
    if imported.check:
        counts = (
            context.plural("{count} file to create", "{count} files to create", new),
            context.plural("{count} file to change", "{count} files to change", changed),
        )
    else:
        counts = (
            context.plural("{count} file created", "{count} files created", new),
            context.plural("{count} file changed", "{count} files changed", changed),
        )
    return join_list([text for text, count in zip(counts, (new, changed), strict=True) if count], context)


def failed_summary(imported: ImportResult, context: RenderContext) -> str:
    """Which shops were not imported, or were imported without being equal; empty for none."""
    failed = _failed_shops(imported)
    if not failed:
        return ""
    return context.plural(
        "{count} shop was not imported: {shops}",
        "{count} shops were not imported: {shops}",
        len(failed),
        shops=listed_shops(failed, context, _NAMED),
    )


def _failed_shops(imported: ImportResult) -> list[ShopKey]:
    done = frozenset(imported.shops)
    return sorted({each.shop for each in imported.diagnostics if each.blocking and each.shop} - done)


def proof_summary(proof: ImportVerification, context: RenderContext) -> str:
    if proof.holds and not proof.unproven:
        return context.plural(
            "Verified: the plan for {count} shop is empty.",
            "Verified: the plan for {count} shops is empty.",
            proof.shops,
        )
    if proof.holds:
        return context.plural(
            "Verified: the plan for {count} shop is empty (tokens that are not provided yet were not compared).",
            "Verified: the plan for {count} shops is empty (tokens that are not provided yet were not compared).",
            proof.shops,
        )
    return context.plural(
        "Not verified: an apply would change {open} of {count} shop.",
        "Not verified: an apply would change {open} of {count} shops.",
        proof.shops,
        open=f"{proof.shops - proof.kept:,}",
    )


@frozen
class ProjectRow:
    """A file of the folder; `sign` is a space where it was there already, which `note` says."""

    sign: str
    file: str
    note: str


def project_rows(imported: ImportResult, context: RenderContext) -> list[ProjectRow]:
    kept = context.translate(msg("kept"))
    return [
        ProjectRow(
            sign=SIGNS[each.action],
            file=escape_unprintable(each.file),
            note=kept if each.action is FileAction.UNCHANGED else "",
        )
        for each in imported.project
    ]


def import_next_step(imported: ImportResult, context: RenderContext) -> str:
    """The one thing to do now; empty where there is nothing."""
    step = next_import_step(imported)
    return "" if step is None else context.translate(step)


def next_import_step(imported: ImportResult) -> Message | None:
    if _failed_shops(imported) or not imported.shops:
        return msg("To continue: correct this and run the same command again")
    if imported.check:
        changes = imported.files or imported.project_changes
        return msg("To write the files: run the same command without `--check`") if changes else None
    waiting = imported.secrets and imported.unproven
    if imported.project:
        return _project_step(waiting=bool(waiting))
    if waiting:
        return msg("To continue: provide the secrets, then run `reconciler plan`")
    return msg("To continue: `reconciler plan`")


def _project_step(*, waiting: bool) -> Message:
    if waiting:
        return msg("To continue: provide the secrets, check the setup with `reconciler doctor`, then commit the files")
    return msg("To continue: check the setup with `reconciler doctor`, then commit the files")
