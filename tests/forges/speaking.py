"""Forges on loopback that keep what they are told, in their own words."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = 100


@dataclass
class Forge:
    """What was said. `refusal` is answered instead of anything: (status, headers, body)."""

    kind: str
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    deployments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusal: tuple[int, dict[str, str], Any] | None = None
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))
    issued: int = 0
    url: str = ""

    def said(self, method: str, part: str) -> list[Any]:
        return [body for m, path, body in self.calls if m == method and part in path]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if path.endswith("/installation"):
            return 200, {"id": 77}
        if path.endswith("/access_tokens"):
            self.issued += 1
            until = datetime.now(UTC) + timedelta(hours=1)
            return 201, {"token": f"ghs_{self.issued}", "expires_at": until.isoformat().replace("+00:00", "Z")}
        last = path.rsplit("/", 1)[-1]
        if "/comments" in path or "/notes" in path:
            return self._comments(method, last, query, body)
        if path.endswith("/deployments"):
            return self._deployments(method, query, body)
        if method == "GET":
            return 200, {"full_name": "mike/shop", "path_with_namespace": "mike/shop"}
        return 201, {"id": next(self.ids)}

    def _deployments(self, method: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if method == "GET":
            wanted = query.get("environment", [""])[0]
            return 200, [one for one in self.deployments.values() if one["environment"] == wanted]
        made = {**body, "id": next(self.ids)}
        self.deployments[str(made["id"])] = made
        return 201, made

    def _comments(self, method: str, last: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if method == "GET":
            page = int(query.get("page", ["1"])[0])
            found = list(self.comments.values())[(page - 1) * PAGE : page * PAGE]
            return 200, {"values": found} if self.kind == "bitbucket" else found
        if method == "POST":
            made = {**body, "id": next(self.ids)}
            self.comments[str(made["id"])] = made
            return 201, made
        if last not in self.comments:
            return 404, {"message": "Not Found"}
        self.comments[last] |= body
        return 200, self.comments[last]

    def texts(self) -> list[str]:
        return [one["content"]["raw"] if "content" in one else one["body"] for one in self.comments.values()]


@contextmanager
def speaking(kind: str) -> Iterator[Forge]:
    forge = Forge(kind)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = unquote(parts.path)
            forge.calls.append((self.command, path, body))
            forge.tokens.append(self.headers.get("authorization") or self.headers.get("private-token") or "")
            if forge.refusal:
                status, headers, answer = forge.refusal
            else:
                (status, answer), headers = forge.answer(self.command, path, parse_qs(parts.query), body), {}
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = _any  # noqa: N815, the base's names

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
