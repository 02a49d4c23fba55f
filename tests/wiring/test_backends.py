"""Which backend the settings choose, and the choices that are refused before a request is sent."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.ports import SetupError
from reconciler.wiring.backends import backend, observer, require_secure_url
from reconciler.wiring.session import Settings, load_settings

pytestmark = pytest.mark.anyio
PACKAGE = """\
from contextlib import asynccontextmanager

from reconciler.core.results.request_log import RequestLogEntry


class Platform:
    def __init__(self, url):
        self.url = url
        self.requests = [RequestLogEntry(method="GET", path="/shops/kyoto-tea", status=200)]


@asynccontextmanager
async def opened(settings):
    yield Platform(settings.backend.url)
"""
Install = Callable[..., None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "shops").mkdir()
    (tmp_path / "reconciler.yaml").write_text("backend: {kind: tea-house, url: https://platform.example/}\n")
    read = load_settings(tmp_path / "reconciler.yaml")
    assert isinstance(read, Settings), read
    return read


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Metadata as an installer writes it: a package of this name, with a backend of kind `tea-house` at this place."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "tea_house.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(str(site))

    def write(package: str, place: str) -> None:
        info = site / f"{package}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[reconciler.backends]\ntea-house = {place}\n")
        importlib.invalidate_caches()

    yield write
    sys.modules.pop("tea_house", None)


@pytest.mark.parametrize("opening", [observer, backend])
async def test_an_installed_kind_is_opened_and_its_requests_are_heard_at_the_end(
    settings: Settings, install: Install, opening: Callable[..., AbstractAsyncContextManager[Any]]
) -> None:
    install("tea_house", "tea_house:opened")
    heard: list[RequestLogEntry] = []
    async with opening(settings, heard.append) as found:
        assert found.url == "https://platform.example/"
        assert heard == []
    assert heard == [RequestLogEntry(method="GET", path="/shops/kyoto-tea", status=200)]


async def test_nobody_needs_to_hear_the_requests(settings: Settings, install: Install) -> None:
    install("tea_house", "tea_house:opened")
    async with observer(settings) as found:
        assert [request.path for request in found.requests] == ["/shops/kyoto-tea"]


async def refused(settings: Settings) -> SetupError:
    with pytest.raises(SetupError) as raised:
        async with observer(settings):
            pass
    assert raised.value.code is codes.BAD_SETTINGS
    assert raised.value.subject == "backend.kind"
    assert raised.value.origin is not None
    assert raised.value.origin.line == 1
    return raised.value


async def test_a_kind_of_no_package_is_refused_with_those_that_there_are(settings: Settings) -> None:
    error = await refused(settings)
    assert "No installed package has a backend of kind tea-house; there are: embedded, http" in str(error.text)
    assert "Correct `backend.kind`, or install its package" in str(error.hint)


async def test_a_kind_of_two_packages_is_refused_with_both_places(settings: Settings, install: Install) -> None:
    install("tea_house", "tea_house:opened")
    install("tea_room", "tea_room:opened")
    error = await refused(settings)
    assert str(error.text).startswith("Several packages have a backend of kind tea-house: ")
    assert "tea_house:opened" in str(error.text)
    assert "tea_room:opened" in str(error.text)
    assert str(error.hint) == "Uninstall all but one of them"


async def test_a_package_that_cannot_be_loaded_is_refused_with_its_place(settings: Settings, install: Install) -> None:
    install("tea_house", "tea_house:closed")
    error = await refused(settings)
    assert "The backend of kind tea-house cannot be loaded: AttributeError" in str(error.text)
    assert str(error.hint) == "Check tea_house:closed"


@pytest.mark.parametrize(
    "address", ["", "platform", "https://", "https://[::1/", "http://127.0.0.1:0/", "https://a:99999/"]
)
def test_what_is_no_address_is_refused(settings: Settings, address: str) -> None:
    with pytest.raises(SetupError) as raised:
        require_secure_url(settings, "backend.url", address)
    assert str(raised.value.text) == f"{address} is not an address"
    assert raised.value.subject == "backend.url"
    assert "https://admin.example/" in str(raised.value.hint)


def test_an_address_that_is_not_encrypted_is_refused(settings: Settings) -> None:
    with pytest.raises(SetupError, match="is not encrypted, and the client secret would be sent to it") as raised:
        require_secure_url(settings, "backend.url", "http://platform.example/")
    assert "Use https://" in str(raised.value.hint)


@pytest.mark.parametrize("address", ["https://platform.example/", "http://127.0.0.1:8765/", "http://[::1]:8765/"])
def test_an_encrypted_address_and_one_of_this_machine_are_taken(settings: Settings, address: str) -> None:
    require_secure_url(settings, "backend.url", address)
