"""What a shell offers where a shop, a group or a label is to be named: those that the manifests have.

In: what was typed so far. Out: words. Nothing is said of what is wrong with the settings or a manifest: who completes a word
asked for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.wiring.session import Settings


def complete_shops(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """By the files' names: no manifest is read, so that a large fleet is as quick as a small one."""
    from reconciler.wiring.session import shop_names

    settings = _settings(ctx)
    return _begun(shop_names(settings), incomplete) if settings else []


def complete_groups(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.wiring.session import group_names

    settings = _settings(ctx)
    return _begun(group_names(settings), incomplete) if settings else []


def complete_labels(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Each KEY=VALUE that a valid manifest has."""
    from reconciler.core.model.selection import Selection
    from reconciler.wiring.session import manifests

    settings = _settings(ctx)
    fleet = manifests(settings).read(Selection()).shops if settings else ()
    return _begun({f"{key}={value}" for shop in fleet for key, value in shop.labels.items()}, incomplete)


def _settings(ctx: click.Context) -> Settings | None:
    from reconciler.wiring.session import load_settings

    config: Path | None = ctx.params.get("config")
    settings = load_settings(config)
    return None if isinstance(settings, tuple) else settings


def _begun(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
