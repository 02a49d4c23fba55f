"""A stand-in for Amazonセラーセントラル, for one shop's seller: 取引管理, インスタント通知(IPN), 送信メール,
インテグレーションセントラル.

It says on every page that it is for practice. Nothing of Amazon's is copied but the words and places that the manual names.
"""

from reconciler.embedded.pages.seller_central import endpoints, integration, mails, transactions

ROUTERS = (transactions.router, endpoints.router, mails.router, integration.router)

__all__ = ["ROUTERS"]
