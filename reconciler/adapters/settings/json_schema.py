"""The JSON Schema of `reconciler.yaml`, made from its document."""

from __future__ import annotations

from reconciler.adapters.manifests.documents.json_schema import Schema, published_schema
from reconciler.adapters.settings.documents import SettingsDocument


def settings_schema() -> Schema:
    """`schemas/settings.schema.json`: `reconciler.yaml`."""
    return published_schema(
        SettingsDocument,
        name="settings",
        title="Settings / 設定",
        description="Manifests, backend, store, and limits of a run. マニフェスト、バックエンド、保存先、実行の上限。",
    )
