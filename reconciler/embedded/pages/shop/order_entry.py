"""What a shopper enters to confirm an order: お届け希望日時, 通信事項, and what they agree to.

In: a form. Out: an `OrderEntry` and what is wrong with it, by field. Nothing is stored.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from reconciler.embedded.contract.times import JAPAN
from reconciler.embedded.pages.forms import Form, text_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.lib.frozen_class import frozen

TIMES: Final = (
    N_("午前中"),
    N_("14時～16時"),
    N_("16時～18時"),
    N_("18時～20時"),
    N_("19時～21時"),
)
NO_WISH: Final = N_("指定なし")
REQUEST_LIMIT: Final = 500
_FROM_DAY, _TO_DAY = 3, 14
LABELS: Final[Mapping[str, str]] = {
    "delivery_date": N_("お届け希望日"),
    "delivery_time": N_("お届け時間帯"),
    "request": N_("通信事項"),
    "register": N_("会員登録"),
    "agree": N_("自動払いの同意"),
    "name": N_("氏名"),
    "email": N_("メールアドレス"),
    "postal_code": N_("郵便番号"),
    "address": N_("住所"),
}


@frozen
class OrderEntry:
    """`mail`: does a new member want mails of the shop?"""

    delivery_date: str = ""
    delivery_time: str = ""
    request: str = ""
    register: bool = False
    mail: bool = False
    agree: bool = False

    @property
    def delivery(self) -> str:
        """As the order holds it."""
        return " ".join(filter(None, (self.delivery_date, self.delivery_time))) or NO_WISH


def delivery_dates(now: datetime) -> list[str]:
    today = now.astimezone(JAPAN).date()
    return [(today + timedelta(days=day)).strftime("%Y/%m/%d") for day in range(_FROM_DAY, _TO_DAY + 1)]


def read_entry(
    form: Form, now: datetime, *, application: bool, must_register: bool
) -> tuple[OrderEntry, dict[str, str]]:
    entry = OrderEntry(
        delivery_date=form.text("delivery_date"),
        delivery_time=form.text("delivery_time"),
        request=form.text("request").strip(),
        register=form.checked("register"),
        mail=form.checked("mail"),
        agree=form.checked("agree"),
    )
    errors = {}
    if entry.delivery_date not in ("", *delivery_dates(now)):
        errors["delivery_date"] = _("もう一度選択してください。")
    if entry.delivery_time not in ("", *TIMES):
        errors["delivery_time"] = _("もう一度選択してください。")
    if (fault := text_fault(entry.request, REQUEST_LIMIT)) is not None:
        errors["request"] = fault
    if must_register and not entry.register:
        errors["register"] = _("ご購入には会員登録が必要です。会員規約に同意してください。")
    if application and not entry.agree:
        errors["agree"] = _("お申込みには同意が必要です。")
    return entry, errors
