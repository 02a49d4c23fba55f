"""送信メール: what was mailed to the shop about failed payments and the like, as its mailbox received it."""

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.pages.seller_central.frame import seller_page
from reconciler.embedded.pages.visit import ShopVisit
from reconciler.embedded.resources.received_mails import mails_of

router = APIRouter(prefix="/seller-central/{shop_key}/mails")


@router.get("")
async def show_mails(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        mails = mails_of(connection, visit.shop_key)
    return seller_page(visit, "mails", mails=mails, receiving=visit.services.config.mail_listener is not None)
