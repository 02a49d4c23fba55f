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
        msg("Mend that and give the command again: it goes on with what is missing"),
    ),
    codes.MOVED_MEANWHILE: Explanation(
        msg("The file is not what it was any more: somebody else wrote or deleted it meanwhile"),
        msg("Nothing was written; give the command again"),
    ),
    codes.ALREADY_THERE: Explanation(
        msg("The shop {shop} has a manifest already", shop="kyoto-tea"), msg("Edit that file, or delete it first")
    ),
    codes.TO_FILL_IN: Explanation(
        msg("{label} is still to be filled in", label=field_name("SellerId", "amazon.api.seller_id")),
        msg("Declare {place}", place="amazon.api.seller_id"),
    ),
    codes.NOT_PROVEN: Explanation(
        msg("Tokens that nobody provides yet, and that could not be compared: {count}", count=3),
        msg("Provide them under the names that are listed; `reconciler plan` compares them"),
    ),
    codes.NOT_KEPT: Explanation(
        msg(
            "The plan would change {label}: {why}",
            label=field_name("Pre-order sales", "payment.amazon_pay.pre_order"),
            why=msg("what follows it does not stand as it says, and it is written again"),
        ),
        msg("Import the shop again if the backend moved meanwhile; else decide which of the two is right"),
    ),
    codes.NOT_IMPORTED: Explanation(
        msg("Nothing was imported: some rows cannot be mapped"),
        msg("Mend the rows, or import those that can be mapped with --partial"),
    ),
}
