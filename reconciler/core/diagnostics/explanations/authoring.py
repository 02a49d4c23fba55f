"""Of the codes of writing manifests: by hand through the tool, from a backend, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import msg

AUTHORING: Final[Mapping[Code, Explanation]] = {
    codes.NOT_WRITTEN: Explanation(
        msg("The file cannot be written: {reason}", reason="No space left on device"),
        msg("Fix this and run the command again; it continues where it stopped"),
    ),
    codes.MOVED_MEANWHILE: Explanation(
        msg("The file changed in the meantime: someone else wrote or deleted it"),
        msg("Nothing was written; run the command again"),
    ),
    codes.ALREADY_THERE: Explanation(
        msg("Shop {shop} already has a manifest", shop="kyoto-tea"), msg("Edit that file, or delete it first")
    ),
    codes.TO_FILL_IN: Explanation(
        msg("{label} is missing", label=field_name("SellerId", "amazon.api.seller_id")),
        msg("Set {place}", place="amazon.api.seller_id"),
    ),
    codes.ROW_CHANGED: Explanation(
        msg(
            "The row of `{shop}` changed since the last status, where it was {before}",
            shop="nara-ink",
            before="new-shops.csv:12",
        ),
        msg("Run `reconciler onboard {file}` to bring the manifest up to date", file="new-shops.csv"),
    ),
    codes.NOT_PROVEN: Explanation(
        msg("Tokens not compared because they are not provided yet: {count}", count=3),
        msg("Provide them under the listed names; `reconciler plan` then compares them"),
    ),
    codes.NOT_KEPT: Explanation(
        msg(
            "The plan would change {label}: {why}",
            label=field_name("Pre-order sales", "payment.amazon_pay.pre_order"),
            why=msg("a field that follows it does not match, so it is written again"),
        ),
        msg("If the backend changed in the meantime, import the shop again; otherwise decide which value is right"),
    ),
    codes.NOT_IMPORTED: Explanation(
        msg("Nothing was imported: some rows cannot be mapped"),
        msg("Fix the rows, or import only those that can be mapped with --partial"),
    ),
    codes.NOT_INSTALLED: Explanation(
        msg(
            "{part} is not installed: run `pip install 'reconciler[{extra}]'`",
            part=msg("The embedded backend"),
            extra="embedded",
        ),
        msg("Run the command that the message names, in the environment of the tool"),
    ),
}
