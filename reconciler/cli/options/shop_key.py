"""The argument SHOP: a shop key, or a usage error that says which form it has."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import _

if TYPE_CHECKING:
    from reconciler.core.values import ShopKey


def parse_shop_key(text: str) -> ShopKey:
    from reconciler.core.model.formats import SHOP_KEY
    from reconciler.core.values import ShopKey

    try:
        return ShopKey(text)
    except ValueError:
        form = SHOP_KEY.expected.render(gettext)
        message = gettext(_("invalid shop key {value!r} (expected: {form})")).format(value=text, form=form)
        raise click.BadParameter(message, param_hint="SHOP") from None
