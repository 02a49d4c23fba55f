"""Who orders with Amazon: the buyer who came back from Amazon, a member, or who becomes a member with this very order.

A new member's ログインID is the mail address at Amazon. Its password is random and not shown: it signs in by amazonでログイン,
with the account that is linked here, which no other member has.
"""

import secrets
from dataclasses import replace

from reconciler.embedded.pages.shop.order_entry import OrderEntry
from reconciler.embedded.pages.shop.visit import ShopGuest
from reconciler.embedded.resources.screens import passwords
from reconciler.embedded.resources.shopping import account_links, amazon_codes, checkouts, members
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.amazon_buyers import get_buyer
from reconciler.embedded.resources.shopping.checkouts import Checkout
from reconciler.embedded.resources.shopping.confirming import MemberOf
from reconciler.embedded.resources.shopping.merchants import find_merchant
from reconciler.embedded.storage.audited_write import AuditedTransaction


def recognise_buyer(guest: ShopGuest, checkout_id: str, code: str) -> ShopGuest:
    """The buyer who chose a card for this session's checkout is signed in with Amazon at the shop, and as the linked member. The
    code proves that they chose in this very browser: others may have been led to a checkout that is not theirs.
    """
    session, now = guest.session, guest.services.now()
    if session is None:
        return guest
    with guest.services.database.writing() as connection:
        checkout = checkouts.find_checkout(connection, checkout_id)
        merchant = find_merchant(connection, guest.shop_key)
        if checkout is None or merchant is None or checkout.buyer_id is None:
            return guest
        if checkout.session_id != session.session_id or not checkout.open_at(now):
            return guest
        came = amazon_codes.redeem_code(connection, "pay", merchant, code, now)
        known = session.buyer is not None and session.buyer.buyer_id == came
        if known or came != checkout.buyer_id:
            return guest
        member_id = account_links.linked_member(connection, merchant, checkout.buyer_id)
        buyer = sessions.BuyerSignIn(buyer_id=checkout.buyer_id, seller_id=merchant.seller_id)
        token = sessions.sign_in_buyer(
            connection, session, buyer, now, member_id=member_id if session.member is None else None
        )
        found = sessions.find_shop_session(connection, guest.shop_key, token, now)
    assert found is not None
    return replace(guest, session=replace(found, notices=session.notices)).with_token(token)


def member_who_orders(guest: ShopGuest, entry: OrderEntry) -> MemberOf:
    """What it gives is called within the transaction of the order, so that there is no new member without one."""
    password = passwords.hash_password(secrets.token_urlsafe(32)) if entry.register else ""

    def find(edit: AuditedTransaction, checkout: Checkout) -> int | None:
        if guest.member is not None:
            return guest.member.member_id
        return _new_member(edit, checkout, password, mail=entry.mail) if entry.register else None

    return find


def _new_member(edit: AuditedTransaction, checkout: Checkout, password: str, *, mail: bool) -> int | None:
    """None: a member has this mail address, or this account at Amazon."""
    assert checkout.buyer_id is not None
    merchant = find_merchant(edit.connection, checkout.shop_key)
    buyer = get_buyer(edit.connection, checkout.buyer_id)
    known = members.is_mail_known(edit.connection, checkout.shop_key, buyer.email)
    if merchant is None or known or account_links.linked_member(edit.connection, merchant, buyer.buyer_id) is not None:
        return None
    new = members.NewMember(
        shop_key=checkout.shop_key, login_id=buyer.email, name=buyer.name, email=buyer.email, mail_accepted=mail
    )
    member_id = members.add_hashed_member(edit.connection, new, password, edit.at)
    account_links.link_accounts(edit.connection, merchant, buyer.buyer_id, member_id, edit.at)
    return member_id
