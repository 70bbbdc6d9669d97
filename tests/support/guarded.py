"""A repository behind a login, served over HTTP as any web server would."""

from __future__ import annotations

import base64
import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from tests.support.repository import Repository

from seed.git.command import git


@dataclass
class Guarded:
    """Where it is, with the login in its address; and the command lines that ran while it was read."""

    port: int
    user: str
    token: str
    commands: set[bytes] = field(default_factory=set)

    @property
    def clean(self) -> str:
        return f"http://127.0.0.1:{self.port}/mike/shop.git"

    @property
    def address(self) -> str:
        login = ":".join(quote(part, safe="") for part in (self.user, self.token))
        return self.clean.replace("://", f"://{login}@")


@contextmanager
def guarded(repository: Repository, user: str, token: str) -> Iterator[Guarded]:
    served = Guarded(0, user, token)
    wanted = "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            served.commands |= _command_lines()
            if self.headers["Authorization"] != wanted:
                self.send_response(HTTPStatus.UNAUTHORIZED)
                self.send_header("WWW-Authenticate", 'Basic realm="a repository"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.path = self.path.removeprefix("/mike/shop.git")
            if self.path.startswith("/info/refs"):
                git(("update-server-info",), cwd=repository.folder)
            super().do_GET()

        def log_message(self, *_words: object) -> None: ...

    handler = functools.partial(Handler, directory=str(repository.folder / ".git"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        served.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield served
        server.shutdown()


def _command_lines() -> set[bytes]:
    """Of every process there is; one that ends meanwhile has none."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.add(file.read_bytes())
    return found
