"""The address of the backend, the client, and the request limits. A value; nothing is read from files or the environment here."""

from __future__ import annotations

from enum import Enum
from typing import Final
from urllib.parse import SplitResult, urlsplit

from reconciler.core.values import Secret, ShopKey
from reconciler.lib.addresses import url_origin
from reconciler.lib.frozen_class import frozen


class WireEnvironment(Enum):
    """Of Amazon Pay: IPN endpoints are registered separately for each. The value is the word on the wire."""

    PRODUCTION = "PRODUCTION"
    SANDBOX = "SANDBOX"


_SILENCES: Final = 4


@frozen
class BackendConfig:
    """All times in seconds.

    `base_url` is the part before `/admin-api/v1` and `/oauth/token`. `shop_scope` is set for a client of one shop; an
    operator's client omits it. `requests_per_second` holds for each shop separately (None: as fast as possible);
    requests without a single shop count as one more shop. `in_flight` bounds the requests in flight at one time.
    `patience` is how long one request may wait in total because the backend asked for it (429, 503 with
    Retry-After). `read_timeout` is the longest pause within a response; `answer_timeout` ends a response that never
    completes, and is four times as long by default. `bulk_from`: so many writes, or single reads, that are due at the same time
    are one request where the backend offers it; None: none are. `plain_http` allows a secret to be sent unencrypted to another
    host.
    """

    base_url: str
    client_id: str
    client_secret: Secret
    shop_scope: ShopKey | None = None
    environment: WireEnvironment = WireEnvironment.PRODUCTION
    requests_per_second: float | None = None
    in_flight: int = 32
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    answer_timeout: float | None = None
    page_size: int = 500
    patience: float = 60.0
    max_body: int = 32 * 1024 * 1024
    plain_http: bool = False
    bulk_from: int | None = 2

    def __post_init__(self) -> None:
        url = self.url
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError("base_url must be an http or https address")
        if url.query or url.fragment or url.username is not None or url.password is not None:
            raise ValueError("base_url must hold no query, fragment or credentials")
        if ":" in self.client_id or not self.client_id.isprintable():
            raise ValueError("client_id must be printable and hold no colon")
        if not 1 <= self.page_size <= 500:
            raise ValueError("page_size must be 1 to 500")
        if self.in_flight < 1 or (self.requests_per_second is not None and self.requests_per_second <= 0):
            raise ValueError("in_flight and requests_per_second must be positive")

    @property
    def url(self) -> SplitResult:
        return urlsplit(self.base_url)

    @property
    def effective_answer_timeout(self) -> float:
        """Seconds within which an answer must have come whole."""
        return self.answer_timeout or _SILENCES * self.read_timeout

    @property
    def origin(self) -> tuple[str, str, int]:
        return url_origin(self.url)

    @property
    def takes_several(self) -> bool:
        """Whether requests about several shops are wanted, and allowed to this client."""
        return self.bulk_from is not None and self.shop_scope is None

    @property
    def root(self) -> str:
        """`base_url` without a slash at its end."""
        return self.base_url.rstrip("/")
