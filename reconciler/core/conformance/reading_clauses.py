"""The clauses that are checked by reads, and those of versions."""

from __future__ import annotations

from typing import Final

from reconciler.core.conformance.clause import Clause, ClauseGroup
from reconciler.core.diagnostics.messages import msg

READING_CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        id="K101",
        title=msg("Wrong credentials are refused with 401 `INVALID_CLIENT`"),
        group=ClauseGroup.ACCESS,
        writes=False,
    ),
    Clause(
        id="K102",
        title=msg("A token response has `access_token`, `token_type` Bearer and `expires_in`"),
        group=ClauseGroup.ACCESS,
        writes=False,
    ),
    Clause(
        id="K103",
        title=msg("A missing or unknown access token is refused with 401 `INVALID_TOKEN`"),
        group=ClauseGroup.ACCESS,
        writes=False,
    ),
    Clause(
        id="K104",
        title=msg("`X-SHOP-KEY` of another shop is refused with 403 `SHOP_KEY_MISMATCH`"),
        group=ClauseGroup.ACCESS,
        writes=False,
    ),
    Clause(id="K105", title=msg("An unknown shop is 404 `SHOP_NOT_FOUND`"), group=ClauseGroup.ACCESS, writes=False),
    Clause(id="K106", title=msg("`capabilities` is a list of names"), group=ClauseGroup.ACCESS, writes=False),
    Clause(
        id="K111",
        title=msg("`amazon-settings` has the keys and types of the contract"),
        group=ClauseGroup.READING,
        writes=False,
    ),
    Clause(
        id="K112",
        title=msg("`payment-methods/amazon-pay` has the keys and types of the contract"),
        group=ClauseGroup.READING,
        writes=False,
    ),
    Clause(
        id="K113",
        title=msg("`storefront` has the keys and types of the contract"),
        group=ClauseGroup.READING,
        writes=False,
    ),
    Clause(
        id="K114",
        title=msg("`system-parts` has the keys and types of the contract"),
        group=ClauseGroup.READING,
        writes=False,
    ),
    Clause(
        id="K115",
        title=msg("`entitlements` has the keys and types of the contract"),
        group=ClauseGroup.READING,
        writes=False,
    ),
    Clause(
        id="K116",
        title=msg("`integration` has the values and versions of the single routes"),
        group=ClauseGroup.READING,
        writes=False,
    ),
    Clause(id="K117", title=msg("Reading changes no version"), group=ClauseGroup.READING, writes=False),
    Clause(
        id="K118", title=msg("No response contains a token or a client secret"), group=ClauseGroup.READING, writes=False
    ),
    Clause(id="K119", title=msg("A JSON object has each key once"), group=ClauseGroup.READING, writes=False),
    Clause(id="K201", title=msg("Every resource has a strong `ETag`"), group=ClauseGroup.VERSIONS, writes=False),
    Clause(
        id="K202",
        title=msg("`If-None-Match` with the present version is 304"),
        group=ClauseGroup.VERSIONS,
        writes=False,
    ),
    Clause(
        id="K203",
        title=msg("A write without `If-Match` is 428 `PRECONDITION_REQUIRED` and changes nothing"),
        group=ClauseGroup.VERSIONS,
        writes=True,
    ),
    Clause(
        id="K204",
        title=msg("A write with another version is 412 `PRECONDITION_FAILED` and changes nothing"),
        group=ClauseGroup.VERSIONS,
        writes=True,
    ),
    Clause(
        id="K205",
        title=msg("The version is checked before the content of a write"),
        group=ClauseGroup.VERSIONS,
        writes=True,
    ),
    Clause(id="K206", title=msg("A changed resource has a new version"), group=ClauseGroup.VERSIONS, writes=True),
    Clause(
        id="K207",
        title=msg("Each accepted `PUT storefront` gives a new version, also with the same status"),
        group=ClauseGroup.VERSIONS,
        writes=True,
    ),
    Clause(
        id="K208",
        title=msg("Of two concurrent writes with one version, exactly one is accepted"),
        group=ClauseGroup.VERSIONS,
        writes=True,
    ),
)
