"""The clauses of writes: what they change, what follows, and what is refused."""

from __future__ import annotations

from typing import Final

from reconciler.core.conformance.clause import Clause, ClauseGroup
from reconciler.core.diagnostics.messages import msg

WRITING_CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(id="K211", title=msg("A PATCH changes only the keys that it names"), group=ClauseGroup.WRITES, writes=True),
    Clause(
        id="K212",
        title=msg("A PATCH returns 200, the whole resource and the version that the next read has"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K213",
        title=msg("`null` in a PATCH is refused with 422 `VALIDATION_ERROR`"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K214",
        title=msg("An empty PATCH is refused with 422 `VALIDATION_ERROR`"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K215",
        title=msg("An unknown key is refused with 422 `VALIDATION_ERROR`, and nothing of the PATCH is stored"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K216",
        title=msg("Keys that cannot be written are refused with 422 `DERIVED_FIELD`"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K217",
        title=msg("An unknown part is refused with 422 `UNKNOWN_PART`"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K218",
        title=msg("A PATCH of one part keeps the other parts and texts"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(id="K219", title=msg("A write to one shop changes no other shop"), group=ClauseGroup.WRITES, writes=True),
    Clause(
        id="K221",
        title=msg("A value of the wrong type is refused with 422 `VALIDATION_ERROR`"),
        group=ClauseGroup.WRITES,
        writes=True,
    ),
    Clause(
        id="K231",
        title=msg("Wrong API values are refused with 422 `AMAZON_API_ERROR`, name their fields, and nothing is stored"),
        group=ClauseGroup.CREDENTIALS,
        writes=True,
    ),
    Clause(
        id="K232",
        title=msg("The digest of a token is the HMAC-SHA256 of its salt and text"),
        group=ClauseGroup.CREDENTIALS,
        writes=True,
    ),
    Clause(
        id="K233",
        title=msg("The salt of a token stays the same until the token changes"),
        group=ClauseGroup.CREDENTIALS,
        writes=True,
    ),
    Clause(
        id="K234",
        title=msg("A pre-set token cannot be changed: 409 `TOKEN_PRE_SET`"),
        group=ClauseGroup.CREDENTIALS,
        writes=True,
    ),
    Clause(
        id="K235",
        title=msg("The literal of a pre-set token cannot be written: 422 `VALIDATION_ERROR`"),
        group=ClauseGroup.CREDENTIALS,
        writes=True,
    ),
    Clause(
        id="K301",
        title=msg("`use`, `regular` and `output` get the value of `useAmazon`"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(
        id="K302",
        title=msg("`preOrder`, `subscription` and `autoLink` do not follow `useAmazon`"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(id="K303", title=msg("What follows `useAmazon` gets a new version"), group=ClauseGroup.CASCADE, writes=True),
    Clause(
        id="K304",
        title=msg("`buttonsVisible` is true exactly when `useAmazon` is on and all four values are set"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(
        id="K305",
        title=msg("Credentials, mail address and texts keep their values when `useAmazon` changes"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(
        id="K306",
        title=msg("A change of the payment side does not change `amazon-settings`"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(
        id="K307",
        title=msg("`useAmazon: true` without its entitlements is 409 `NOT_ENTITLED`"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(
        id="K308",
        title=msg("`preOrder` and `subscription` without their entitlements are 409 `NOT_ENTITLED`"),
        group=ClauseGroup.CASCADE,
        writes=True,
    ),
    Clause(
        id="K311",
        title=msg(
            "`useAmazon` of an open shop is refused with 423 `SHOP_OPEN`, in either direction and with any value"
        ),
        group=ClauseGroup.LOCKS,
        writes=True,
    ),
    Clause(
        id="K312", title=msg("A PATCH refused with 423 stores none of its keys"), group=ClauseGroup.LOCKS, writes=True
    ),
    Clause(
        id="K313",
        title=msg("Everything else can be changed while the shop is open"),
        group=ClauseGroup.LOCKS,
        writes=True,
    ),
    Clause(id="K314", title=msg("`PUT storefront` opens and closes the shop"), group=ClauseGroup.LOCKS, writes=True),
    Clause(
        id="K401",
        title=msg("Refusals are problem documents with a status, a code and `errors`"),
        group=ClauseGroup.ERRORS,
        writes=False,
    ),
    Clause(id="K402", title=msg("Each code has the status of the contract"), group=ClauseGroup.ERRORS, writes=False),
    Clause(id="K403", title=msg("A 422 names the fields that are wrong"), group=ClauseGroup.ERRORS, writes=True),
    Clause(
        id="K404",
        title=msg("A body that is no JSON is refused with 422 `VALIDATION_ERROR`"),
        group=ClauseGroup.ERRORS,
        writes=True,
    ),
    Clause(
        id="K405",
        title=msg("A duplicate key is refused with 400 `DUPLICATE_KEY`"),
        group=ClauseGroup.ERRORS,
        writes=True,
    ),
    Clause(
        id="K406",
        title=msg("A body that is too large is refused with 413 `BODY_TOO_LARGE`"),
        group=ClauseGroup.ERRORS,
        writes=True,
    ),
    Clause(id="K407", title=msg("A 429 has `Retry-After` in seconds"), group=ClauseGroup.ERRORS, writes=False),
    Clause(
        id="K411",
        title=msg("The same `Idempotency-Key` with the same body returns the stored response"),
        group=ClauseGroup.IDEMPOTENCY,
        writes=True,
    ),
    Clause(
        id="K412",
        title=msg("The same `Idempotency-Key` with another body is 409 `IDEMPOTENCY_KEY_REUSED`"),
        group=ClauseGroup.IDEMPOTENCY,
        writes=True,
    ),
)
