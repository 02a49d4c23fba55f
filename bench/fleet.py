"""Generated fleets for benchmarks: manifests of 40 lines, and the backend data that matches them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from reconciler.adapters.manifests.discovery.shards import shard_steps

_MANIFEST = """\
# yaml-language-server: $schema=../schemas/shop.schema.json
apiVersion: reconciler/v1
shop: {shop}
group: standard
labels:
  wave: {wave}
  region: kansai
amazon:                              # 設定>連携サービス>Amazon設定
  enabled: true                      # 利用設定 (要閉店)
  api:
    seller_id: {seller}
    client_id: {client}
    mws_auth_token: pre-set
  notification:
    email: amazon-pay@{shop}.example
  messages:
    order_area:
      label: Amazon Payでお支払い
      message: |
        Amazonアカウントに登録された住所とお支払い方法で
        かんたんにご注文いただけます。

        はじめてのお客様も、住所やカード番号の入力はいりません。
        ギフト包装をご希望のときは、備考欄にお書きください。
    login_link_area:
      label: Amazonアカウントでログイン
      message: |
        Amazonアカウントをお持ちのお客様は
        そのままログインしてお買い物いただけます。
        会員登録がお済みでないときは、ログインのあとに
        メールアドレスとお名前をご確認ください。
payment:                             # 設定>決済>Amazon Pay設定
  amazon_pay:
    pre_order: true                  # 予約販売
    subscription: false              # 定期・頒布会販売
seller_central:
  ipn_endpoint: registered
storefront:
  status: open
"""
_ORDER = """\
Amazonアカウントに登録された住所とお支払い方法で
かんたんにご注文いただけます。

はじめてのお客様も、住所やカード番号の入力はいりません。
ギフト包装をご希望のときは、備考欄にお書きください。
"""
_LOGIN = """\
Amazonアカウントをお持ちのお客様は
そのままログインしてお買い物いただけます。
会員登録がお済みでないときは、ログインのあとに
メールアドレスとお名前をご確認ください。
"""
_URL = "https://ipn.platform.example/amazon-pay/{shop}"
_DEFAULTS = "apiVersion: reconciler/v1\nmaintenance:\n  close_shop: allow\n"
_GROUP = 'apiVersion: reconciler/v1\nmaintenance:\n  window: "01:00-05:00"\n'


def write_fleet(folder: Path, count: int, *, divided: bool = False) -> list[Path]:
    """`count` manifests, a group and the defaults; the shops' files. `divided`: in the folders that `fmt --shard` makes of a
    million.
    """
    (folder / "_groups").mkdir(parents=True)
    (folder / "_defaults.yaml").write_text(_DEFAULTS)
    (folder / "_groups" / "standard.yaml").write_text(_GROUP)
    paths = []
    for number in range(count):
        shop = shop_key(number)
        path = folder.joinpath(*shard_steps(shop)[:4], f"{shop}.yaml") if divided else folder / f"{shop}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        wave = "canary" if number % 10 == 0 else "rest"
        path.write_text(_MANIFEST.format(shop=shop, wave=wave, seller=seller_id(number), client=client_id(number)))
        paths.append(path)
    return paths


def world(count: int) -> dict[str, Any]:
    """The seed of a backend on which the plan over that fleet is empty."""
    shops = range(count)
    return {
        "shops": [_world_of(number) for number in shops],
        "ipnEndpoints": [
            {"sellerId": seller_id(number), "url": _URL.format(shop=shop_key(number))} for number in shops
        ],
    }


def _world_of(number: int) -> dict[str, Any]:
    shop = shop_key(number)
    return {
        "shopKey": shop,
        "entitlements": {"commerceCreator": "ENABLED"},
        "amazonSettings": {
            "useAmazon": True,
            "sellerId": seller_id(number),
            "clientId": client_id(number),
            "mwsAuthToken": {"state": "PRE_SET"},
            "notificationEmail": f"amazon-pay@{shop}.example",
            "merchantSiteUrl": _URL.format(shop=shop),
        },
        "payment": {"preOrder": True},
        "parts": [
            {"part": "ORDER_AREA", "label": "Amazon Payでお支払い", "message": _ORDER},
            {"part": "LOGIN_LINK_AREA", "label": "Amazonアカウントでログイン", "message": _LOGIN},
        ],
    }


def shop_key(number: int) -> str:
    return f"shop-{number:06d}"


def shop_number(shop: str) -> int:
    return int(shop.removeprefix("shop-"))


def seller_id(number: int) -> str:
    return f"A{number:013d}"


def client_id(number: int) -> str:
    return "amzn1.application-oa2-client." + hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
