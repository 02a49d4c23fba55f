"""Served over a real socket: a cut connection is really cut, and absolute URLs can be followed."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from tests.embedded.harness import EMAIL, KYOTO


@pytest.fixture
def served(app: FastAPI) -> Iterator[httpx.Client]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="critical", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
        answer = client.post(
            "/oauth/token", auth=("operator", "operator-secret"), data={"grant_type": "client_credentials"}
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        client.headers["X-SHOP-KEY"] = KYOTO
        yield client
    server.should_exit = True
    thread.join()
    listener.close()


SETTINGS = f"/admin-api/v1/shops/{KYOTO}/amazon-settings"


@pytest.mark.parametrize(("kind", "stored"), [("CUT_BEFORE", None), ("CUT_AFTER", EMAIL)])
def test_a_cut_connection_gives_no_complete_answer(served: httpx.Client, kind: str, stored: str | None) -> None:
    served.post("/embedded/faults", json={"kind": kind, "method": "PATCH"})
    with pytest.raises(httpx.TransportError):
        served.patch(SETTINGS, json={"notificationEmail": EMAIL}, headers={"If-Match": "*"})
    assert served.get(SETTINGS).json()["notificationEmail"] == stored


def test_pages_can_be_followed(served: httpx.Client) -> None:
    url: str | None = "/admin-api/v1/integrations?limit=1"
    keys = []
    while url:
        page = served.get(url).json()
        keys += [item["shopKey"] for item in page["items"]]
        url = page["nextUrl"]
    assert len(keys) == 4
