"""The clauses of pages, the feed, the trail, fences, bulk writes, sellers and orders."""

from __future__ import annotations

from typing import Final

from reconciler.core.conformance.clause import Clause, ClauseGroup
from reconciler.core.diagnostics.messages import msg

LIST_CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        id="K501",
        title=msg("Pages of `integrations` hold each shop once, in the order of their keys"),
        group=ClauseGroup.PAGING,
        writes=False,
    ),
    Clause(
        id="K502",
        title=msg("`nextUrl` is absolute, of the same origin, and keeps the filters"),
        group=ClauseGroup.PAGING,
        writes=False,
    ),
    Clause(id="K503", title=msg("A page has at most `limit` shops"), group=ClauseGroup.PAGING, writes=False),
    Clause(
        id="K504",
        title=msg("A `limit` outside 1 to 500 and an unknown cursor are refused with 422 `VALIDATION_ERROR`"),
        group=ClauseGroup.PAGING,
        writes=False,
    ),
    Clause(
        id="K505",
        title=msg("An integration of a page is that of the shop's own route"),
        group=ClauseGroup.PAGING,
        writes=False,
    ),
    Clause(
        id="K506",
        title=msg("`shopKeys` selects exactly these shops"),
        group=ClauseGroup.PAGING,
        writes=False,
        capability="bulk-read",
    ),
    Clause(id="K511", title=msg("A changed shop appears under `updatedSince`"), group=ClauseGroup.FEED, writes=True),
    Clause(
        id="K512",
        title=msg("`updatedAt` moves with each change and does not go back"),
        group=ClauseGroup.FEED,
        writes=True,
    ),
    Clause(
        id="K513",
        title=msg("`updatedSince` selects shops that changed at that time or later"),
        group=ClauseGroup.FEED,
        writes=False,
    ),
    Clause(
        id="K601",
        title=msg("A change is recorded: field, values, time and who made it"),
        group=ClauseGroup.AUDIT,
        writes=True,
        capability="changes",
    ),
    Clause(
        id="K602",
        title=msg("A derived change names the field that it followed"),
        group=ClauseGroup.AUDIT,
        writes=True,
        capability="changes",
    ),
    Clause(
        id="K603",
        title=msg("The trail is newest first, each change once, page by page"),
        group=ClauseGroup.AUDIT,
        writes=False,
        capability="changes",
    ),
    Clause(
        id="K604",
        title=msg("A refused write is not recorded"),
        group=ClauseGroup.AUDIT,
        writes=True,
        capability="changes",
    ),
    Clause(
        id="K605",
        title=msg("`X-Write-Key` is recorded with each change of its write"),
        group=ClauseGroup.AUDIT,
        writes=True,
        capability="write-key",
    ),
    Clause(
        id="K611",
        title=msg("An older fence is refused with 412 `FENCE_OUTDATED` and changes nothing"),
        group=ClauseGroup.FENCES,
        writes=True,
        capability="fence",
    ),
    Clause(
        id="K612",
        title=msg("The fence is checked before `If-Match`"),
        group=ClauseGroup.FENCES,
        writes=True,
        capability="fence",
    ),
    Clause(
        id="K613",
        title=msg("The same number and a newer one are accepted"),
        group=ClauseGroup.FENCES,
        writes=True,
        capability="fence",
    ),
    Clause(
        id="K614",
        title=msg("Fences of different issuers are not compared"),
        group=ClauseGroup.FENCES,
        writes=True,
        capability="fence",
    ),
    Clause(
        id="K701",
        title=msg("`PATCH integrations` answers each item in order, with its new version and value"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K702",
        title=msg("An item that fails does not hold the others"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K703",
        title=msg("An item with another version is 412 `PRECONDITION_FAILED` and changes nothing"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K704",
        title=msg("An item with `useAmazon` of an open shop is 423 `SHOP_OPEN`"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K705",
        title=msg("Items of one shop are written in order"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K706",
        title=msg("The idempotency key of an item returns its stored answer, and is refused with another value"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K707",
        title=msg("An item with an older fence is 412 `FENCE_OUTDATED`"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K708",
        title=msg("A request that is wrong as a whole is a problem document, and nothing is written"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K709",
        title=msg("More than 500 items are refused"),
        group=ClauseGroup.BULK,
        writes=True,
        capability="bulk-write",
    ),
    Clause(
        id="K801",
        title=msg("The list of a seller without endpoints is empty and has a version"),
        group=ClauseGroup.SELLER,
        writes=False,
    ),
    Clause(
        id="K802",
        title=msg("A new endpoint is 201, a registered one 200, and the list has it once"),
        group=ClauseGroup.SELLER,
        writes=True,
    ),
    Clause(
        id="K803",
        title=msg("A removed endpoint is 200, an unknown one 404 `NOT_FOUND`"),
        group=ClauseGroup.SELLER,
        writes=True,
    ),
    Clause(id="K804", title=msg("The environments are separate"), group=ClauseGroup.SELLER, writes=True),
    Clause(
        id="K805",
        title=msg("Writes to the list require its version: 428 and 412"),
        group=ClauseGroup.SELLER,
        writes=True,
    ),
    Clause(
        id="K811", title=msg("Orders have the keys and types of the contract"), group=ClauseGroup.ORDERS, writes=False
    ),
    Clause(
        id="K812",
        title=msg("`paymentStatus` and `amazonOrderReferenceId` select orders, page by page"),
        group=ClauseGroup.ORDERS,
        writes=False,
    ),
    Clause(
        id="K813",
        title=msg("A payment of an order that is already paid changes nothing"),
        group=ClauseGroup.ORDERS,
        writes=True,
    ),
    Clause(
        id="K814",
        title=msg("The payment of an unknown order is 404 `NOT_FOUND`"),
        group=ClauseGroup.ORDERS,
        writes=True,
    ),
    Clause(
        id="K821",
        title=msg("An unknown charge is 404 `NOT_FOUND`, and a permission without charges has an empty list"),
        group=ClauseGroup.CHARGES,
        writes=False,
    ),
)
