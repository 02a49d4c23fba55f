"""Pages of docs/reference that are made from the code, in both languages. `tools/codegen.py` writes and compares them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.views.i18n import Language, language
from tools.reference.commands import commands_page
from tools.reference.exit_codes import exit_codes_page
from tools.reference.journal_events import journal_events_page
from tools.reference.json_documents import json_documents_page
from tools.reference.schema_keys import manifest_fields_page, settings_page

PAGES: Mapping[str, Callable[[Language], str]] = {
    "commands.md": commands_page,
    "exit-codes.md": exit_codes_page,
    "journal-events.md": journal_events_page,
    "json-documents.md": json_documents_page,
    "manifest-fields.md": manifest_fields_page,
    "settings.md": settings_page,
}


def reference_pages() -> dict[str, str]:
    """Path within the project to content."""
    english = {f"docs/reference/{name}": page(language("en")) for name, page in PAGES.items()}
    return english | {f"docs/ja/reference/{name}": page(language("ja")) for name, page in PAGES.items()}
