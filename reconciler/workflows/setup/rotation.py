"""The use case `secrets rotate`: another token of one merchant, in all of its shops together.

In: a SellerId, a shop or a reference, and perhaps the new reference. Out: a row for each shop. With a new reference it is written
into every file that declares the former one. Without, the value behind the reference is taken to be new, and the plan over these
shops says where it would be written; nothing is changed. A part of a merchant is never rotated: the command is refused instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import credential_kind, is_safe_text, redact
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.fleet_rules.token_shops import (
    TokenShops,
    declared_seller,
    token_reference,
    token_shops,
    users_of,
)
from reconciler.core.model.formats import TOKEN_DECLARATION
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Reason
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.values import Secret, SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SecretMissing, SetupError
from reconciler.workflows.gather import resolve_secrets
from reconciler.workflows.plan import plan_selection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from reconciler.core.model.state import Desired
    from reconciler.core.planning.plan import ShopPlan
    from reconciler.ports import Manifest
    from reconciler.ports.files.file_changes import FileChange
    from reconciler.workflows.session import Session

TOKEN: Final = FieldRef("amazon_settings", "mws_auth_token")
_COLUMNS: Final = (
    ("shop", msg("Shop")),
    ("before", msg("Reference")),
    ("after", msg("New reference")),
    ("place", msg("Place")),
    ("state", msg("State")),
    ("reason", msg("Reason")),
)
_EDITED: Final = NamedCell("edited", msg("edited"))
_TO_EDIT: Final = NamedCell("to-edit", msg("would be edited"))
_CURRENT: Final = NamedCell("current", msg("refers to it already"))
_PLANNED: Final = NamedCell("planned", msg("the next plan writes it"))
_MATCHES: Final = NamedCell("matches", msg("the backend has this token"))
_UNKNOWN: Final = NamedCell("unknown", msg("not compared"))
_NAMED: Final = 5


@frozen
class RotateRequest:
    """`target` is a SellerId, a shop's key or a reference; `to` the new reference. `check`: nothing is written."""

    target: str
    to: str | None = None
    check: bool = False


async def rotate_secret(session: Session, request: RotateRequest) -> TableResult:
    """Raises SetupError where nothing may be rotated, BackendError where the backend cannot be read at all."""
    manifest = session.manifests.read(Selection())
    _refuse_broken(manifest)
    group = token_shops(request.target, manifest.shops)
    if group is None:
        raise _unknown(request.target, manifest)
    _refuse_foreign(group.foreign, group)
    if not group.shops:
        raise _refused(
            msg("no shop of {target} refers to a secret", target=_shown(request.target)),
            msg("A token that is `pre-set` is held by Amazon; declare a reference to replace it"),
        )
    if request.to is None:
        return await _in_place(session, group)
    return _edited(session, group, _parsed(session, request.to), manifest.shops, check=request.check)


def _refuse_broken(manifest: Manifest) -> None:
    if manifest.broken:
        text = msg(
            "{count} manifests are invalid, and any of them may belong to the merchant: {shops}",
            count=len(manifest.broken),
            shops=_names(manifest.broken),
        )
        raise _refused(text, msg("Run `reconciler validate`, and correct them first"))


def _refuse_foreign(foreign: Sequence[Desired], group: TokenShops) -> None:
    if foreign:
        shown = [f"{shop.shop} ({declared_seller(shop)})" for shop in foreign]
        raise _refused(
            msg("shops of another SellerId refer to the same secret: {shops}", shops=_names(shown)),
            msg(
                "A token belongs to one SellerId ({seller}): give the other shops a reference of their own first",
                seller=group.seller or "",
            ),
        )


def _unknown(target: str, manifest: Manifest) -> SetupError:
    sellers = {seller for shop in manifest.shops if (seller := declared_seller(shop)) is not None}
    guess = suggestion_message(target, sorted({*map(str, manifest.names), *sellers}))
    return SetupError(
        msg("No manifest declares the SellerId, the shop or the reference {target}", target=_shown(target)),
        code=codes.NO_SUCH_SHOP,
        hint=guess or msg("`reconciler secrets list` shows the references and their shops"),
    )


def _parsed(session: Session, text: str) -> SecretRef:
    """Never quotes what may be a secret."""
    form = credential_kind(text)
    if not (is_safe_text(text) and text.startswith("ref+") and TOKEN_DECLARATION.accepts(text)):
        raise SetupError(
            msg("The value of --to is not a reference")
            if form is None
            else msg("The value of --to looks like {credential}", credential=form),
            code=codes.USAGE,
            hint=msg("Write where the new token is stored, such as ref+env://NAME, never the token itself"),
        )
    reference = SecretRef(text)
    try:
        session.secrets.check_scheme(reference)
    except SecretMissing as unknown:
        raise SetupError(unknown.text, code=unknown.code, hint=unknown.hint) from None
    return reference


def _edited(
    session: Session, group: TokenShops, to: SecretRef, fleet: Sequence[Desired], *, check: bool
) -> TableResult:
    """All files or none: the writer replaces no file before each can be."""
    _refuse_foreign([shop for shop in users_of(to, group, fleet) if declared_seller(shop) != group.seller], group)
    moved = [shop for shop in group.shops if token_reference(shop) != to]
    files = {_file(shop) for shop in moved}
    changes = tuple(session.manifest_files.token_references().changes(files, to))
    if {change.display_path for change in changes} != files:
        raise _refused(msg("a manifest changed while it was read"), msg("Run the command again"))
    if changes and not check:
        session.manifest_files.writer().write(changes)
    state = _TO_EDIT if check else _EDITED
    rows = (_row(shop, to, state if shop in moved else _CURRENT) for shop in group.shops)
    return TableResult(
        name="rotation",
        columns=_COLUMNS,
        rows=tuple(rows),
        empty=msg("No shop refers to this secret."),
        brief=("shop", "before", "after", "place", "state"),
        notices=tuple(_edit_notices(group, changes, to, check=check)),
    )


def _edit_notices(group: TokenShops, changes: Sequence[FileChange], to: SecretRef, *, check: bool) -> Iterable[Message]:
    if group.others:
        yield _without_reference(group)
    if not changes:
        yield msg("Nothing to edit: every shop of the merchant refers to {to}", to=to.uri)
    elif check:
        yield msg("Files to edit: {count}", count=len(changes))
    else:
        shops = _selection(group)
        yield msg("Edited files: {count}. Review them with `git diff`, and commit them together", count=len(changes))
        yield msg("Next: `reconciler plan {shops}`, and `reconciler apply {shops}` after the review", shops=shops)
        yield _keep_former()


async def _in_place(session: Session, group: TokenShops) -> TableResult:
    """The references stay. What is written is what a plan over all shops of the merchant writes, and no part of it."""
    shops = resolve_secrets(group.shops, session.secrets)
    _refuse_missing(shops)
    _refuse_two_tokens(shops, group)
    names = frozenset(str(shop.shop) for shop in shops)
    planned, requests = await plan_selection(session, Selection(names=names), ())
    plans = {plan.shop: plan for plan in planned.plan.shops}
    rows = tuple(_planned_row(shop, plans.get(shop.shop)) for shop in shops)
    return TableResult(
        name="rotation",
        columns=_COLUMNS,
        rows=rows,
        empty=msg("No shop refers to this secret."),
        brief=("shop", "before", "state", "reason"),
        requests=tuple(requests),
        notices=tuple(_plan_notices(group, rows, planned.plan.shops)),
        status=ExitCode.ERROR if any(row[4] is _UNKNOWN for row in rows) else ExitCode.DONE,
    )


def _refuse_missing(shops: Sequence[Desired]) -> None:
    """Without the new value it is not known where it would be written; and a part of a merchant is not rotated."""
    missing = [shop for shop in shops if shop.unresolved]
    if missing:
        reason = missing[0].unresolved[0].reason
        text = msg(
            "The token of {missing} of {count} shops cannot be used: {reason}",
            missing=len(missing),
            count=len(shops),
            reason=reason.summary,
        )
        raise SetupError(text, code=reason.code, hint=reason.hint, origin=reason.origin)


def _refuse_two_tokens(shops: Sequence[Desired], group: TokenShops) -> None:
    """The values behind several references of one merchant have to be equal: else only some of its shops would change."""
    values = {
        secret.reveal() for shop in shops if isinstance(secret := shop.kind(AmazonSettings).mws_auth_token, Secret)
    }
    if len(values) > 1:
        used = [f"{reference.uri} ({len(users)})" for reference, users in group.by_reference.items()]
        raise _refused(
            msg("the references of these shops hold different tokens: {references}", references=_names(used)),
            msg("Store the new token behind each of them, or give all shops one reference with `--to REFERENCE`"),
        )


def _planned_row(shop: Desired, plan: ShopPlan | None) -> tuple[Cell, ...]:
    if plan is not None and any(change.ref == TOKEN for change in plan.changes):
        return _row(shop, None, _PLANNED)
    reason = next((each for each in (() if plan is None else plan.findings) if each.blocking), None)
    if plan is None or reason is not None:
        return _row(shop, None, _UNKNOWN, None if reason is None else NamedCell(reason.code.number, reason.summary))
    return _row(shop, None, _MATCHES)


def _plan_notices(group: TokenShops, rows: Sequence[tuple[Cell, ...]], plans: Sequence[ShopPlan]) -> Iterable[Message]:
    if group.others:
        yield _without_reference(group)
    planned = sum(row[4] is _PLANNED for row in rows)
    if not planned:
        return
    yield msg("The next plan writes the token to {count} of {total} shops", count=planned, total=len(rows))
    written = [change for plan in plans for change in plan.written_changes]
    more = sum(change.ref != TOKEN for change in written)
    if more:
        yield msg("Other changes that the same plan writes: {count}", count=more)
    shops = _selection(group)
    rotated = any(change.ref == TOKEN and change.reason is Reason.ROTATED for change in written)
    allowed = f"{shops} --allow secret-rotation" if rotated else shops
    yield msg(
        "Next: review `reconciler plan {shops}`, then run `reconciler apply {allowed}`", shops=shops, allowed=allowed
    )
    yield _keep_former()


def _without_reference(group: TokenShops) -> Message:
    return msg(
        "Not rotated, since their token is `pre-set` or not managed: {shops}",
        shops=_names([str(shop.shop) for shop in group.others]),
    )


def _keep_former() -> Message:
    return msg("Keep the former token valid until the apply is done; then revoke it in Amazon Seller Central")


def _row(shop: Desired, to: SecretRef | None, state: NamedCell, reason: NamedCell | None = None) -> tuple[Cell, ...]:
    reference = token_reference(shop)
    place = str(shop.origin_of(TOKEN.manifest_path))
    return (
        str(shop.shop),
        None if reference is None else reference.uri,
        None if to is None else to.uri,
        place,
        state,
        reason,
    )


def _file(shop: Desired) -> str:
    return shop.origin_of(TOKEN.manifest_path).file


def _selection(group: TokenShops) -> str:
    return Selection(names=frozenset(str(shop.shop) for shop in group.shops)).to_args


def _names(names: Collection[str]) -> str:
    shown = sorted(names)
    return ", ".join([*shown[:_NAMED], *(["..."] if len(shown) > _NAMED else [])])


def _shown(target: str) -> str:
    return redact(target)


def _refused(reason: Message, hint: Message) -> SetupError:
    return SetupError(msg("Not rotated: {reason}", reason=reason), code=codes.NOT_ROTATED, hint=hint)
