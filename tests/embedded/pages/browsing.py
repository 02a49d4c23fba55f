"""A person at a browser that runs no scripts: opens pages, fills in their forms, follows where they lead."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from tests.embedded.pages.html_page import Page, read_page
from tests.embedded.prompt_server import PromptServer

PASSWORD = "correct horse battery staple"
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here is served over TLS, and a client of its own would load all certificates."""


@contextmanager
def serving(app: FastAPI, **words: Any) -> Iterator[str]:
    """The application's address, over a socket, for as long as the block lasts. `words` are of uvicorn's configuration."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Head and body of an answer are sent apart: without this option the body waits 40 ms for an acknowledgement of the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off", **words)
    server = PromptServer(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        thread.join()
        listener.close()


def browser(address: str) -> httpx.Client:
    """A browser without cookies, which follows where it is led."""
    return httpx.Client(base_url=address, follow_redirects=True, verify=_NO_TLS)


class Person:
    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.page = Page(0, "", "")

    def opens(self, address: str) -> Page:
        return self._sees(self.client.get(address))

    def sends(self, action: str, *, to: str = "", remove: tuple[str, ...] = (), **entered: str | None) -> Page:
        """Fill in the form whose address ends with `action`, and post it. None: without a check. `to`: a button's own address."""
        form = self.page.form(action)
        for name in entered:
            control = form.controls.get(name)
            assert control is not None, f"the form has no field {name}"
            assert "disabled" not in control, f"{name} is disabled"
        gone = {*entered, *remove}
        fields = [(name, value) for name, value in form.fields if name not in gone]
        fields += [(name, value) for name, value in entered.items() if value is not None]
        return self.posts(to or form.action, fields)

    def posts(self, address: str, fields: list[tuple[str, str]], **headers: str) -> Page:
        body = str(httpx.QueryParams(fields))
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._sees(self.client.post(address, content=body, headers=sent))

    def signs_in(self, shop: str, account: str, password: str = PASSWORD) -> Page:
        self.opens("/admin/sign-in")
        return self.sends("/sign-in", shop=shop, account=account, password=password)

    def _sees(self, answer: httpx.Response) -> Page:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        self.page = read_page(answer.status_code, answer.url.path, answer.text, headers)
        return self.page
