"""The local AWS's own process: MiniStack's ASGI app, its state saved soon after every change.

MiniStack by itself saves only when it is stopped kindly. Here a change is on disk within a fraction of a
second, so a killed machine loses next to nothing. Only the whole state can be saved, and nothing is answered
meanwhile: where many stacks have made it large, it is saved less often. The process dies with the one that
started it, unless told to stay. With a journal, each executed change set is written down: what really ran,
seen from AWS.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from seed.aws.local.interrupted import take_back
from seed.aws.local.state import of_ministack

if TYPE_CHECKING:
    import uvicorn

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAVE_SECONDS = 0.25
SHARE = 10
KEEP_SAVING = 3.0
"""A stack goes on working after the request that started it."""
PR_SET_PDEATHSIG = 1
LONGEST_JOURNALED = 65_536
INHERITED = frozenset({"PATH", "HOME", "LANG"})
PARENT_SECONDS = 0.5
READING = frozenset({b"Describe", b"List", b"Get"})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="seed.aws.local.runner")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--node-path", default="")
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--parent", type=int, default=0, help="process to die with")
    parser.add_argument("--until-eof", action="store_true", help="stop kindly when standard input ends")
    options = parser.parse_args(arguments)
    if options.parent:
        _die_with(options.parent)
    for name in set(os.environ) - INHERITED:
        del os.environ[name]
    os.environ.update(environment(options.folder, options.port, options.node_path))
    for folder in ("state", "s3", "tmp"):
        (options.folder / folder).mkdir(parents=True, exist_ok=True)
    take_back(options.folder / "state")
    _serve(options.port, options.folder / "state", options.journal, until_eof=options.until_eof)


def environment(folder: Path, port: int, node_path: str) -> dict[str, str]:
    """MiniStack's settings; its functions inherit this whole environment, so there is no more in it."""
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(folder / "tmp"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        **({"NODE_PATH": node_path} if node_path else {}),
    }


def _serve(port: int, state: Path, journal: Path | None, *, until_eof: bool) -> None:
    import uvicorn
    from ministack.app import app

    saver = Saver(of_ministack(state).write)
    wrapped = watched(app, saver, journal)
    config = uvicorn.Config(
        wrapped,
        host="127.0.0.1",
        port=port,
        log_level="error",
        timeout_graceful_shutdown=1,
        lifespan="on",
        access_log=False,
    )
    server = uvicorn.Server(config)

    async def run() -> None:
        if until_eof:
            _at_eof(asyncio.get_running_loop(), server)
        saving = asyncio.create_task(saver.run())
        await server.serve()
        saving.cancel()

    asyncio.run(run())


def _at_eof(loop: asyncio.AbstractEventLoop, server: uvicorn.Server) -> None:
    """Nobody writes to our standard input: what is heard there is its end, and it is heard once."""
    stdin = sys.stdin.fileno()

    def heard() -> None:
        loop.remove_reader(stdin)
        server.should_exit = True

    loop.add_reader(stdin, heard)


class Saver:
    """Writes the whole state when it may have changed. That takes milliseconds, or half a second for hundreds of
    stacks: never more than one part in `SHARE` of the time.
    """

    def __init__(self, write: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._until = clock()
        self._changed = False
        self.pause = SAVE_SECONDS

    def touch(self) -> None:
        self._until = self._clock() + KEEP_SAVING
        self._changed = True

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.pause)
            if self.due():
                self.save()

    def due(self) -> bool:
        return self._changed or self._clock() < self._until

    def save(self) -> None:
        began = self._clock()
        self._changed = False
        self._write()
        self.pause = max(SAVE_SECONDS, (SHARE - 1) * (self._clock() - began))


def watched(app: App, saver: Saver, journal: Path | None) -> App:
    """The app, with a look at each request: does it change something, is it an execution."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await app(scope, receive, send)
            return
        body = bytearray()
        status = 0

        async def hear() -> Message:
            message = await receive()
            if len(body) < LONGEST_JOURNALED:
                body.extend(message.get("body", b"")[:LONGEST_JOURNALED])
            return message

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                if _changes(bytes(body)):
                    saver.touch()
                if b"Action=ExecuteChangeSet" in body:
                    _note(journal, bytes(body), status)
                    saver.save()
            await send(message)

        await app(scope, hear, tell)

    return wrapped


def _changes(body: bytes) -> bool:
    found = body.find(b"Action=")
    return found < 0 or not any(body.startswith(verb, found + len(b"Action=")) for verb in READING)


def _note(journal: Path | None, body: bytes, status: int) -> None:
    if journal is None:
        return
    fields = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    line = {
        "at": time.time(),
        "stack": fields.get("StackName", ""),
        "change_set": fields.get("ChangeSetName", ""),
        "token": fields.get("ClientRequestToken", ""),
        "status": status,
    }
    with journal.open("a") as file:
        file.write(json.dumps(line) + "\n")


def _die_with(parent: int) -> None:
    """The kernel kills us when the parent's thread ends; elsewhere a look at the parent does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    if sys.platform != "linux":
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
