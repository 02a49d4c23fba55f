"""Notifications to the registered endpoints of a seller, and what a page says of each.

In: an object that changed at Amazon. Out: one outcome for each endpoint of its environment. Call it after the transaction that
changed the object: an endpoint asks this backend back before it answers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.embedded.contract.responses import Environment
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.resources import amazon_settings, seller_central
from reconciler.embedded.resources.seller_notices import (
    AmazonEvent,
    NoticeResult,
    NotSent,
    SellerNotice,
    event_of,
)
from reconciler.embedded.services import Services
from reconciler.lib.frozen_class import frozen


@frozen
class EndpointOutcome:
    url: str
    result: NoticeResult

    @property
    def text(self) -> str:
        """「HTTP 200（0.1秒）」, or why there is no answer."""
        if self.result.not_sent is not None:
            return _reason(self.result.not_sent)
        return _("HTTP {status}（{seconds}秒）", status=self.result.status, seconds=f"{self.result.seconds:.1f}")


async def announce_change(services: Services, shop_key: str, object_id: str) -> Sequence[EndpointOutcome]:
    """As `announce`, of a charge, refund, dispute or charge permission of this shop by its id. The seller is the one that
    the shop names now, the environment that of the id.
    """
    with services.reading() as connection:
        settings = amazon_settings.to_response(amazon_settings.get(connection, shop_key))
        event = event_of(connection, shop_key, object_id)
    seller = settings["sellerId"]
    if seller is None:
        return ()
    return await announce(services, seller, _environment_of(event), event)


async def announce(
    services: Services, seller_id: str, environment: Environment, event: AmazonEvent
) -> Sequence[EndpointOutcome]:
    """To every endpoint at once; ends within seconds, raises nothing. Empty: no endpoint is registered."""
    with services.reading() as connection:
        listed, _version = seller_central.get(connection, seller_id, environment)
    notice = SellerNotice(seller_id=seller_id, environment=environment, event=event)
    return await asyncio.gather(*(send_notice(services, notice, each["url"]) for each in listed["endpoints"]))


async def send_notice(services: Services, notice: SellerNotice, url: str) -> EndpointOutcome:
    notify = services.config.notify
    result = NoticeResult(not_sent=NotSent.NO_SENDER) if notify is None else await notify(notice, url)
    return EndpointOutcome(url=url, result=result)


def _environment_of(event: AmazonEvent) -> Environment:
    return "SANDBOX" if event.permission.startswith(("S", "C")) else "PRODUCTION"


def _reason(why: NotSent) -> str:
    return _(_REASONS[why])


_REASONS: Final[Mapping[NotSent, str]] = {
    NotSent.OTHER_MACHINE: N_("送信していません。このコンピューター以外のURLには送信されません。"),
    NotSent.NO_ANSWER: N_("応答がありません。"),
    NotSent.NO_SENDER: N_("送信していません。通知は「reconciler serve backend」でのみ送信されます。"),
    NotSent.NO_TOPIC: N_("送信していません。設定の「ipn.topics」にトピックが指定されていません。"),
    NotSent.NO_FOLDER: N_("送信していません。設定の「ipn.certificates」にフォルダーが指定されていません。"),
    NotSent.FOLDER_NOT_WRITABLE: N_("送信していません。設定の「ipn.certificates」のフォルダーに書き込めません。"),
    NotSent.REAL_BACKEND: N_("送信していません。設定されたバックエンドは、このコンピューターにありません。"),
    NotSent.NOT_INSTALLED: N_("送信していません。通知の署名に必要なパッケージがインストールされていません。"),
}
