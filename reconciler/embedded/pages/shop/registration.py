"""会員登録: a form, with what Amazon knows of the buyer filled in. Out: a member of the shop.

Who came from Amazon signs in at the shop once afterwards, on S5, which links the accounts: registering links nothing.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from reconciler.embedded.contract.times import stamp
from reconciler.embedded.pages.forms import Form, half_width_fault, line_fault, text_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest
from reconciler.embedded.resources.screens.passwords import hash_password
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.members import NewMember, add_hashed_member

router = APIRouter(prefix="/{shop_key}")

REGISTERED: Final = N_("会員登録が完了しました。")
LABELS: Final = {
    "name": N_("氏名"),
    "email": N_("メールアドレス"),
    "login_id": N_("ログインID"),
    "password": N_("パスワード"),
    "terms": N_("会員規約"),
}
SHORTEST_PASSWORD: Final = 8
_LIMITS: Final[Mapping[str, int]] = {"name": 64, "email": 254, "login_id": 254, "password": 128}
_EMAIL: Final = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LOGIN_ID: Final = re.compile(r"[!-~]+")


@router.get("/register")
async def show_register(guest: Guest) -> Response:
    if guest.member is not None:
        return guest.redirect(guest.address("mypage"))
    filled = {"name": guest.buyer.name, "email": guest.buyer.email} if guest.buyer else {}
    return _page(guest, filled, {})


@router.post("/register")
async def post_register(guest: GuestPost) -> Response:
    if guest.member is not None:
        return guest.redirect(guest.address("mypage"))
    form = guest.form
    errors = _faults(form)
    if errors:
        return _page(guest, form.values, errors, 422)
    hashed = await to_thread.run_sync(hash_password, form.text("password"))
    member = NewMember(
        shop_key=guest.shop_key,
        login_id=form.text("login_id"),
        name=form.text("name").strip(),
        email=form.text("email"),
        mail_accepted=form.checked("mail_accepted"),
    )
    try:
        token = _add(guest, member, hashed)
    except IntegrityError:
        taken = {"login_id": _("このログインIDは、すでに使用されています。")}
        return _page(guest, form.values, taken, 422)
    return guest.with_token(token).redirect(guest.address("after-login" if guest.buyer else "mypage"), _(REGISTERED))


def _add(guest: ShopGuest, member: NewMember, hashed: str) -> str:
    """The session's token from now on. Raises IntegrityError where the login id is taken."""
    now = guest.services.now()
    with guest.services.database.writing() as connection:
        member_id = add_hashed_member(connection, member, hashed, stamp(now))
        if guest.buyer is not None:
            return guest.token
        return sessions.sign_in_member(connection, guest.required_session(), member_id, now)


def _page(guest: ShopGuest, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> Response:
    shown = {name: values.get(name, "") for name in ("name", "email", "login_id")}
    checks = {name: name in values for name in ("terms", "mail_accepted")}
    labels = {name: _(label) for name, label in LABELS.items()}
    words: dict[str, Any] = {"values": shown, "checks": checks, "labels": labels, "errors": errors}
    return guest.page("shop/register.jinja", _("会員登録"), status, **words)


def _faults(form: Form) -> dict[str, str]:
    found = {name: _fault(name, form.text(name)) for name in _LIMITS}
    if not form.checked("terms"):
        found["terms"] = _("会員規約をご確認のうえ、チェックを入れてください。")
    return {name: text for name, text in found.items() if text}


def _fault(name: str, text: str) -> str | None:
    if not text.strip():
        return _("{label}を入力してください。", label=_(LABELS[name]))
    if name == "name":
        return line_fault(text.strip(), _LIMITS[name])
    if len(text) > _LIMITS[name]:
        return text_fault(text, _LIMITS[name])
    if name == "password":
        too_short = _("{count}文字以上で入力してください。", count=SHORTEST_PASSWORD)
        return too_short if len(text) < SHORTEST_PASSWORD else None
    form = _EMAIL if name == "email" else _LOGIN_ID
    wrong = None if form.fullmatch(text) else _("{label}の形式が正しくありません。", label=_(LABELS[name]))
    return half_width_fault(text) or wrong
