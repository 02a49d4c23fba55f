"""The written forms by name, as the schemas refer to them. The settings file adds its own to the core's."""

from __future__ import annotations

from functools import cache
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.model import formats as forms
from reconciler.core.model.formats import Format

_PORT: Final = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_ADDRESS: Final = rf"https?://(?:\[[^\s/?#@\[\]]+\]|[^\s/?#@:\[\]]+)(?::{_PORT})?(?:/[^\s?#]*)?"

URL: Final = Format(
    name="url",
    pattern=rf"^{_ADDRESS}$",
    expected=msg(
        "an address such as https://admin.example/, without user, query or fragment; a port is a number from 1 to 65535"
    ),
    example="https://admin.example/",
)
ENDPOINT: Final = Format(
    name="endpoint",
    pattern=r"^https?://[^\s#]+$",
    expected=msg(
        "the URL of an endpoint as registered in Amazon Seller Central, such as https://elsewhere.example/ipn"
    ),
    example="https://elsewhere.example/ipn",
)
SITE_URL: Final = Format(
    name="site-url",
    pattern=r"^https?://[^\s/?#@{}]+/[^\s?#{}]*\{shop_key\}[^\s?#{}]*$",
    expected=msg(
        "an address that contains `{shop_key}` once, such as http://127.0.0.1:8766/amazon-pay/{shop_key}",
        shop_key="{shop_key}",
    ),
    example="http://127.0.0.1:8766/amazon-pay/{shop_key}",
)
BACKEND: Final = Format(
    name="backend",
    pattern=rf"^(?:embedded|{_ADDRESS})$",
    expected=msg("`embedded`, or an address such as https://admin.example/; a port is a number from 1 to 65535"),
    example="embedded",
)
CLIENT: Final = Format(
    name="oauth-client",
    pattern=r"^[ -9;-~]+$",  # RFC 6749, A.1; the client's credentials are joined by a colon (RFC 7617)
    expected=msg("printable ASCII characters without a colon"),
    example="operator",
)
SECRET_REFERENCE: Final = Format(
    name="secret-reference",
    pattern=r"^ref\+[a-z][a-z0-9.-]*://[^\s]+$",
    expected=msg("a reference such as ref+env://NAME or ref+file://PATH"),
    example="ref+env://RECONCILER_CLIENT_SECRET",
)
DURATION: Final = Format(
    name="duration",
    pattern=r"^[1-9][0-9]{0,5}[smhd]$",
    expected=msg("a length of time such as 90s, 10m, 1h or 3d"),
    example="10m",
)
KIND: Final = Format(
    name="backend-kind",
    pattern=r"^[a-z][a-z0-9_-]{0,39}$",
    expected=msg("the name of a kind of backend, such as http"),
    example="http",
)
PERCENTAGE: Final = Format(
    name="percentage",
    pattern=r"^(?:100|[1-9]?[0-9])%$",
    expected=msg("a share from 0% to 100%"),
    example="30%",
)
FILE: Final = Format(
    name="file",
    pattern=r"^(?!.*://)[^\u0000]+$",
    expected=msg("the path of a file or folder"),
    example="shops",
)
DATABASE: Final = Format(
    name="database-file",
    pattern=r"^(?!.*://)[^\u0000]+$",
    expected=msg("the path of a file: the embedded backend of a settings file has no address"),
    example=".reconciler/embedded.db",
)
STORE: Final = Format(
    name="store",
    pattern=r"^(?:postgresql(?:\+psycopg)?://[^\u0000]+|(?![^/]*://)[^\u0000]+)$",
    expected=msg("the path of a file, or a postgresql:// address"),
    example=".reconciler/journal.db",
)
REPOSITORY: Final = Format(
    name="repository",
    pattern=r"^(?!-)[^\u0000\n]+$",
    expected=msg("the path or the URL of a Git repository"),
    example="https://git.example/fleet.git",
)
TOPIC: Final = Format(
    name="topic",
    pattern=r"^arn:aws(?:-cn|-us-gov)?:sns:[a-z0-9-]{3,30}:[0-9]{12}:[A-Za-z0-9_-]*(?:\{seller_id\})?[A-Za-z0-9_-]*$",
    expected=msg(
        "the ARN of an Amazon SNS topic; `{seller_id}` in its name stands for the SellerId of the shop",
        seller_id="{seller_id}",
    ),
    example="arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}",
)
HOST: Final = Format(
    name="host",
    pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$",
    expected=msg("the name of a host, or its IPv4 address"),
    example="smtp.example",
)
RUNBOOK_URL: Final = Format(
    name="runbook-url",
    pattern=r"^https?://[^\s/?#@{}]+/(?=[^\s]*\{page\})(?=[^\s]*\{section\})(?:[^\s{}]|\{page\}|\{section\}|\{language\})*$",
    expected=msg(
        "an address that contains `{page}` and `{section}`, such as https://docs.example/{language}/{page}.html#{section}",
        page="{page}",
        section="{section}",
        language="{language}",
    ),
    example="https://docs.example/{language}/{page}.html#{section}",
)
CONTACT: Final = Format(
    name="contact",
    pattern=r"^[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{0,198}[^\s\u0000-\u001f\u007f-\u009f])?$",
    expected=msg("one line of at most 200 characters: a mail address, a telephone number, or a channel"),
    example="payments-oncall@example.com",
)
ADDRESS_RANGE: Final = Format(
    name="address-range",
    pattern=r"^[0-9A-Fa-f:.]{2,45}(?:/[0-9]{1,3})?$",
    expected=msg("an IP address, or a range such as 10.0.0.0/8"),
    example="10.0.0.0/8",
)
HEADER: Final = Format(
    name="header",
    pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$",
    expected=msg("the name of an HTTP header, such as X-Forwarded-User"),
    example="X-Forwarded-User",
)
DAY: Final = Format(
    name="day",
    pattern=r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
    expected=msg("a day in quotation marks, such as '2026-12-31'"),
    example="2026-12-31",
)
PLACE: Final = Format(
    name="field-place",
    pattern=r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$",
    expected=msg("a manifest key, such as amazon.notification.email"),
    example="amazon.notification.email",
)
CHANNEL: Final = Format(
    name="channel",
    pattern=forms.SHOP_KEY.pattern,
    expected=forms.SHOP_KEY.expected,
    example="ops-chat",
)
CHANNEL_URL: Final = Format(
    name="channel-url",
    pattern=r"^(?:ref\+[a-z][a-z0-9.-]*://[^\s]+|https?://[^\s]+)$",
    expected=msg("an https:// address, or a reference to one such as ref+env://NAME"),
    example="https://alerts.example/drift",
)
WHEN: Final = Format(
    name="when",
    pattern=r"^(?:immediate|never|digest (?:[01][0-9]|2[0-3]):[0-5][0-9])$",
    expected=msg("`immediate`, `never`, or `digest` with a time of day in Japan such as `digest 09:00`"),
    example="digest 09:00",
)
OWNER: Final = Format(
    name="owner",
    pattern=r"^[^\s]{1,200}$",
    expected=msg("one owner without spaces, such as @example/payments"),
    example="@example/payments",
)


def format_by_name(name: str) -> Format:
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Format]:
    ours = (
        URL,
        ENDPOINT,
        SITE_URL,
        BACKEND,
        CLIENT,
        SECRET_REFERENCE,
        DURATION,
        KIND,
        PERCENTAGE,
        FILE,
        DATABASE,
        STORE,
        REPOSITORY,
        TOPIC,
        HOST,
        ADDRESS_RANGE,
        RUNBOOK_URL,
        CONTACT,
        HEADER,
        DAY,
        PLACE,
        CHANNEL,
        CHANNEL_URL,
        WHEN,
        OWNER,
    )
    core = (value for value in vars(forms).values() if isinstance(value, Format))
    return {form.name: form for form in (*core, *ours)}
