"""A Seed of a test on a port of its own, as long as somebody looks at it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from tests.support.waiting import eventually

from seed.server import Server, application

BUILT: dict[tuple[str, str], FastAPI] = {}


def application_of(server: Server) -> FastAPI:
    """Its application for one test: to build one takes longer than most tests, so that they take turns with it. Who
    needs two servers at a time, or one that lasts, builds an application of its own.
    """
    settings = (server.settings.url, server.settings.allowed_hosts)
    if settings not in BUILT:
        BUILT[settings] = application(server)
    BUILT[settings].state.world = server.world
    return BUILT[settings]


@contextmanager
def on_loopback(app: FastAPI) -> Iterator[str]:
    """Its host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=web.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        eventually(lambda: web.started, "the web server's start", 20)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        web.should_exit = True
        thread.join(10)
