"""The address that mails on failed payments are sent from: the platform's own is warned of."""

import pytest

from reconciler.adapters.settings.sidecar import MailSettings, sender_diagnostics
from reconciler.core.values import Origin

SETTINGS = Origin("reconciler.yaml", 7, 3)


@pytest.mark.parametrize("sender", [None, "noreply@system.future-shop.net", "NoReply@System.Future-Shop.net"])
def test_the_platforms_address_is_warned_of_whether_it_was_set_or_not(sender):
    mail = MailSettings(host="smtp.example", port=587, **({} if sender is None else {"sender": sender}))
    (found,) = sender_diagnostics(mail, SETTINGS)
    assert (found.code.number, found.blocking, found.origin) == ("R210", False, SETTINGS)
    assert "SPF" in str(found.summary)


def test_an_address_of_ones_own_and_no_mail_at_all_are_not():
    own = MailSettings(host="smtp.example", port=587, sender="pay@operator.example")
    assert sender_diagnostics(own, SETTINGS) == ()
    assert sender_diagnostics(None, None) == ()
