"""Snapshots as plain text files, one per rendering; and the two languages."""

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import LANGUAGES, language


class TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class MarkdownFile(TextFile):
    file_extension = "md"


class JsonFile(TextFile):
    file_extension = "json"


@pytest.fixture
def as_text(snapshot):
    return snapshot.use_extension(TextFile)


@pytest.fixture
def as_markdown(snapshot):
    return snapshot.use_extension(MarkdownFile)


@pytest.fixture
def as_json(snapshot):
    return snapshot.use_extension(JsonFile)


@pytest.fixture(params=LANGUAGES)
def context(request) -> RenderContext:
    return RenderContext(language=language(request.param))


@pytest.fixture
def english() -> RenderContext:
    return RenderContext(language=language("en"))


@pytest.fixture
def japanese() -> RenderContext:
    return RenderContext(language=language("ja"))
