"""Shell completion of shops, groups and labels: those that the manifests have.

In: what was typed so far. Out: words. Errors in the settings or a manifest are not reported here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.wiring.session import Settings


def complete_shops(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """From the names of the files: no manifest is read, so a large fleet is as fast as a small one."""
    from reconciler.wiring.session import shop_names

    settings = _settings(ctx)
    return _starting_with(shop_names(settings), incomplete) if settings else []


def complete_groups(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.wiring.session import group_names

    settings = _settings(ctx)
    return _starting_with(group_names(settings), incomplete) if settings else []


def complete_labels(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Each KEY=VALUE of a valid manifest."""
    from reconciler.core.model.selection import Selection
    from reconciler.wiring.session import manifests

    settings = _settings(ctx)
    fleet = manifests(settings).read(Selection()).shops if settings else ()
    return _starting_with({f"{key}={value}" for shop in fleet for key, value in shop.labels.items()}, incomplete)


def _settings(ctx: click.Context) -> Settings | None:
    from reconciler.wiring.session import load_settings

    config: Path | None = ctx.params.get("config")
    settings = load_settings(config)
    return None if isinstance(settings, tuple) else settings


def _starting_with(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
