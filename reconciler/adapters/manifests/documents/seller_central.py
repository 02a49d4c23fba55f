"""`seller_central:`, what is registered at Amazon, outside the platform."""

from __future__ import annotations

from typing import Literal

from reconciler.adapters.manifests.documents.base import Document, managed
from reconciler.core.model.kinds import IPN_ENDPOINT, IpnEndpoint
from reconciler.core.values import Registration


class SellerCentralDocument(Document):
    ipn_endpoint: Literal["registered", "absent"] | None = managed(
        IPN_ENDPOINT,
        "registration",
        english="Whether the URL that the platform issues (販売事業者様サイトURL) is registered as an IPN endpoint.",
        japanese="販売事業者様サイトURLをIPNエンドポイントとして登録するか。",
    )

    def endpoint(self) -> IpnEndpoint | None:
        return None if self.ipn_endpoint is None else IpnEndpoint(registration=Registration(self.ipn_endpoint))
