"""A package registry of a test's own, on loopback: what it serves is made here, and every request is counted."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Registry:
    def __init__(self) -> None:
        self.asked = 0
        self.port = 0
        self._tarballs: dict[str, bytes] = {}
        self._scripts: dict[str, dict[str, str]] = {}

    def add(self, name: str, code: str, install: str = "") -> None:
        scripts = {"install": install} if install else {}
        manifest = json.dumps({"name": name, "version": "1.0.0", "scripts": scripts})
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:gz") as tar:
            for path, text in (("package/package.json", manifest), ("package/index.js", code)):
                entry = tarfile.TarInfo(path)
                entry.size = len(text.encode())
                tar.addfile(entry, io.BytesIO(text.encode()))
        self._tarballs[name] = data.getvalue()
        self._scripts[name] = scripts

    def content(self, path: str) -> bytes | None:
        """A package by its file, `/left.tgz`, or what is known of it, `/left`."""
        self.asked += 1
        name = path.strip("/")
        if name.endswith(".tgz"):
            return self._tarballs.get(name.removesuffix(".tgz"))
        return self._described(name) if name in self._tarballs else None

    def _described(self, name: str) -> bytes:
        sha1 = hashlib.sha1(self._tarballs[name], usedforsecurity=False).hexdigest()
        locked = self._locked(name)
        dist = {"tarball": locked["resolved"], "integrity": locked["integrity"], "shasum": sha1}
        version = {"name": name, "version": "1.0.0", "scripts": self._scripts[name], "dist": dist}
        return json.dumps({"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}).encode()

    def write_project(self, folder: Path, *packages: str, name: str = "project") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        package = {"name": name, "version": "1.0.0", "dependencies": dict.fromkeys(packages, "1.0.0")}
        entries: dict[str, Any] = {"": package}
        entries |= {f"node_modules/{needed}": self._locked(needed) for needed in packages}
        lock = {"name": name, "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": entries}
        (folder / "package.json").write_text(json.dumps(package))
        (folder / "package-lock.json").write_text(json.dumps(lock))

    def write_workspace(self, folder: Path, members: Mapping[str, Sequence[str]], name: str = "workspace") -> None:
        """Of npm, its members below `packages`, each with its dependencies in a folder of its own."""
        root = {"name": name, "version": "1.0.0", "workspaces": ["packages/*"]}
        entries: dict[str, Any] = {"": root}
        for member, needs in members.items():
            at = f"packages/{member}"
            package = {"name": member, "version": "1.0.0", "dependencies": dict.fromkeys(needs, "1.0.0")}
            (folder / at).mkdir(parents=True, exist_ok=True)
            (folder / at / "package.json").write_text(json.dumps(package))
            entries |= {at: package, f"node_modules/{member}": {"resolved": at, "link": True}}
            entries |= {f"{at}/node_modules/{one}": self._locked(one) for one in needs if one not in members}
        lock = {"name": name, "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": entries}
        (folder / "package.json").write_text(json.dumps(root))
        (folder / "package-lock.json").write_text(json.dumps(lock))

    def _locked(self, needed: str) -> dict[str, Any]:
        hashed = base64.b64encode(hashlib.sha512(self._tarballs[needed]).digest()).decode()
        return {
            "version": "1.0.0",
            "resolved": f"http://127.0.0.1:{self.port}/{needed}.tgz",
            "integrity": f"sha512-{hashed}",
            **({"hasInstallScript": True} if self._scripts[needed] else {}),
        }


@contextmanager
def serving() -> Iterator[Registry]:
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = registry.content(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield registry
    server.shutdown()
    server.server_close()
