"""The secrets of the settings as keys, and genuine messages as hints about shops."""

import base64
import json

import httpx
import pytest
from standardwebhooks import Webhook

from reconciler.adapters.clock import SystemClock
from reconciler.core.diagnostics import codes
from reconciler.core.values import Secret, SecretRef
from reconciler.core.watch.shop_queue import LookReason
from reconciler.ports import SetupError
from reconciler.wiring.watch.webhook_receiver import webhook_receiver

pytestmark = pytest.mark.anyio
KEYS = [f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in range(3)]


def secret(text: str) -> Secret:
    return Secret(text, SecretRef("ref+env://HOOKS"))


async def posted(receiver: object, key: str, shops: list[str]) -> int:
    body = json.dumps({"type": "shop.changed", "data": {"shopKeys": shops}})
    now = SystemClock().now()
    headers = {
        "content-type": "application/json",
        "webhook-id": f"msg_{key[6:10]}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign(f"msg_{key[6:10]}", now, body),
    }
    transport = httpx.ASGITransport(receiver)  # type: ignore[arg-type]  # an application
    async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as client:
        return (await client.post("/webhooks/backend", content=body, headers=headers)).status_code


async def test_both_keys_of_a_rotation_are_taken_and_names_that_are_no_shops_are_not() -> None:
    heard: list[tuple] = []
    receiver = webhook_receiver({"backend": secret(f"{KEYS[0]}\n{KEYS[1]}\n")}, lambda *hint: heard.append(hint))
    assert [await posted(receiver, key, ["kyoto-tea", "no shop!"]) for key in KEYS] == [204, 204, 401]
    assert heard == [(frozenset({"kyoto-tea"}), LookReason.BACKEND)] * 2


def test_without_secrets_nothing_is_received() -> None:
    assert webhook_receiver({}, lambda *_: None) is None


@pytest.mark.parametrize("text", ["", "\n", "plain", "whsec_short", f"{KEYS[0]}\nplain"])
def test_a_secret_that_cannot_sign_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SetupError) as caught:
        webhook_receiver({"backend": secret(text)}, lambda *_: None)
    assert caught.value.code is codes.NO_WEBHOOK_SECRET
    assert not text.strip() or text.strip() not in str(caught.value)
