"""The API, from a terminal: where the server is, who we are, and errors as they were told."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from seed.cli.harmless import harmless

DONE, FAILED, USAGE, WAITING = 0, 1, 2, 3
TIMEOUT = 90.0
OK, REDIRECTED = 200, 300
DEFAULT_URL = "http://127.0.0.1:8000"


def config_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "seed" / "config.toml"


def saved() -> dict[str, str]:
    import tomllib  # `seed diff` needs no server

    try:
        return {k: str(v) for k, v in tomllib.loads(config_file().read_text()).items()}
    except (OSError, tomllib.TOMLDecodeError):
        return {}


def save(url: str, token: str, *, ours: bool) -> None:
    """`ours`: the token was made by signing in, and goes with signing out."""
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        os.fchmod(file.fileno(), 0o600)  # a file that was there keeps its mode otherwise
        file.write(f"url = {json.dumps(url)}\ntoken = {json.dumps(token)}\nours = {json.dumps(ours)}\n")


class Told(Exception):
    """An error as the API tells it; what only the client knows has the same shape."""

    def __init__(self, body: dict[str, str]) -> None:
        super().__init__(body.get("sentence", ""))
        self.body = {"code": "", "sentence": "", "hint": "", "where": "", **body}


class Client:
    """Environment first (SEED_URL, SEED_TOKEN), then what `seed login` saved."""

    def __init__(self, url: str = "", token: str = "") -> None:
        kept = saved()
        self.url = (url or os.environ.get("SEED_URL") or kept.get("url") or DEFAULT_URL).rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise Told(
                {
                    "code": "usage",
                    "sentence": f"{self.url} is not a server's address.",
                    "hint": f"It looks like {DEFAULT_URL}.",
                }
            )
        # A saved token goes to the server that gave it, and to no other.
        own = kept.get("token", "") if self.url == kept.get("url", "").rstrip("/") else ""
        token = (token or os.environ.get("SEED_TOKEN") or own).strip()
        if not (token.isascii() and token.isprintable()):
            raise Told({"code": "usage", "sentence": "The token holds what no token holds.", "hint": "seed login"})
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, /, **query: Any) -> Any:
        from urllib.parse import urlencode

        asked = urlencode({k: _text(v) for k, v in query.items() if v not in (None, "")})
        return self._call("GET", f"{path}?{asked}" if asked else path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._call("POST", path, body or {})

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PATCH", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        from http.client import HTTPConnection, HTTPException, HTTPSConnection
        from urllib.parse import urlsplit

        sent = None if body is None else json.dumps(body).encode()
        try:
            place = urlsplit(self.url)
            kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
            connection = kind(place.hostname or "", place.port, timeout=TIMEOUT)
            with closing(connection):
                connection.request(method, f"{place.path}/api/v1{path}", sent, self._headers)
                answer = connection.getresponse()
                text = answer.read()
        except (OSError, HTTPException, ValueError):
            raise Told(
                {
                    "code": "server-not-reached",
                    "sentence": f"The server {self.url} does not answer.",
                    "hint": "Is it running (seed serve)? Is the address right (seed login URL)?",
                }
            ) from None
        try:
            told = json.loads(text) if text else None
        except ValueError:
            told = {}
        if OK <= answer.status < REDIRECTED:
            return told
        error = told.get("error") if isinstance(told, dict) else None
        raise Told(error or {"code": "http", "sentence": f"The server answered {answer.status}."})


def _text(value: Any) -> str:
    """As the API reads it: a truth is told in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def stop(error: Told, *, as_json: bool) -> NoReturn:
    """Tell the error, and end."""
    tell(error, as_json=as_json)
    sys.exit(USAGE if error.body.get("code") == "usage" else FAILED)


def tell(error: Told, *, as_json: bool) -> None:
    """Where errors go: standard error for people, the command's output for programs."""
    if as_json:
        print(json.dumps({"error": error.body}, indent=2))  # noqa: T201, the command's output
        return
    sentence, where = error.body["sentence"], error.body["where"]
    placed = f"{where}: {sentence}" if where and where not in sentence else sentence
    for text in (placed, error.body["hint"] and f"  {error.body['hint']}"):
        if text:
            print(harmless(text), file=sys.stderr)  # noqa: T201, same
