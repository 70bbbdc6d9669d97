"""Start what was composed and serve it: console, API, engine and the supervised local AWS, in one process.

Stopping is crashing on purpose: streams are told to end, the local AWS saves itself, and the process goes.
What was running is taken up by the next start, exactly as after a power cut.
"""

from __future__ import annotations

import fcntl
import gc
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

import seed.db.records  # noqa: F401, so that the metadata is whole
from seed import answers, api, console
from seed.apps.records import Account
from seed.compose import compose
from seed.db.migrate import migrate
from seed.errors import SeedError
from seed.frameworks.serverless import warm_commands
from seed.health import install as install_health
from seed.log import configure as configure_log
from seed.people.sign_in import make_link, nobody_yet
from seed.protect import install as install_protection
from seed.settings import Settings, WrongSetting, misspelt
from seed.work import sweep
from seed.work.bell import Bell
from seed.work.build import build
from seed.work.hearing import forge_events
from seed.work.jobs.engine import Kind
from seed.work.jobs.give_up import or_give_up
from seed.work.jobs.in_turn import build_in_turn, promotion_in_turn, removal_in_turn
from seed.work.jobs.room import until_there_is_room
from seed.work.limit_app import heed_limits
from seed.work.packaging.make_downstream import make_downstream
from seed.work.packaging.packagers import sweep_benches
from seed.work.promoting.apply import apply
from seed.work.promoting.discard import discard
from seed.work.promoting.plan import plan
from seed.work.removing.remove import remove
from seed.work.runner.orphans import LOCK, end_orphans
from seed.work.seal_logins import seal_logins
from seed.work.telling import forge_messages, forge_previews, notifications
from seed.work.world import Folders, World

GRACE_SECONDS = 1
LOCAL_NAME = "local"
log = structlog.get_logger(__name__)
HANDLERS: dict[Kind, Callable[[World, int], None]] = {
    "build": build_in_turn(build),
    "package": make_downstream,
    "plan": plan,
    "apply": promotion_in_turn(apply),
    "discard": discard,
    "remove": removal_in_turn(remove),
}
DUTIES: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("clock", sweep.run),
    ("forges", forge_events.run),
    ("outbox", forge_messages.run),
    ("previews", forge_previews.run),
    ("notifications", notifications.run),
)


class AlreadyRunning(SeedError):
    """Another server works on this data folder."""

    code = "already-running"


class Server:
    """The world, started and stopped. `serve` puts it behind a socket; tests and the demo use it as it is."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folders = Folders(settings.data)
        self.bell = Bell()
        self.stopping = threading.Event()
        _make(self.folders.data)
        self._lock = _only_one(self.folders.data)
        if left := end_orphans(self.folders.data):
            log.info("commands of a killed server were ended", processes=left)
        sweep_benches(self.folders.work)
        self.world, self.local = compose(settings, self.folders, self.bell, self.stopping)

    def start(self) -> None:
        migrate(self.world.database)
        seal_logins(self.world)
        heed_limits(self.world)
        if self.local is not None:
            self.local.start()
            self._local_account()
        self.world.engine.start({kind: _bound(kind, run, self.world) for kind, run in HANDLERS.items()})
        for name, duty in DUTIES:
            self._begin(name, duty)

    def warm_up(self) -> None:
        """Beside everything else. Builds that come before it is done are only slower."""
        self._begin("warm", warm)

    def _begin(self, name: str, duty: Callable[[World], None]) -> None:
        threading.Thread(target=duty, args=(self.world,), name=name, daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self.bell.close()
        self.world.packagers.stop()
        if self.local is not None:
            self.local.stop()

    def first_link(self) -> str:
        """Where the first administrator is made; "" when there is somebody already."""
        with self.world.database.write() as session:
            if not nobody_yet(session):
                return ""
            return f"{self.settings.url}/welcome?key={make_link(session, 'first-administrator', None)}"

    def _local_account(self) -> None:
        with self.world.database.write() as session:
            if session.query(Account).filter_by(kind="local").first() is None:
                session.add(Account(name=LOCAL_NAME, kind="local", region="us-east-1"))


def application(server: Server) -> FastAPI:
    """The ASGI app of a started server."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.world.bell.close()

    app = FastAPI(title="Seed", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.world = server.world
    install_protection(app, server.settings)
    install_health(app)
    # Pages before the API: a route is prepared when it is first looked at, and the first page comes sooner so.
    console.install(app)
    api.install(app)
    answers.install(app)
    return app


def serve(settings: Settings, ready: Callable[[Server, str], None] | None = None, *, stopped: int = 0) -> NoReturn:
    """Until SIGTERM or Ctrl-C, then the process exits with `stopped`; with 1 when it broke.

    `ready` is called once the socket listens, with the address.
    """
    configure_log(settings)
    for sentence in misspelt(os.environ):
        log.warning(sentence)
    listener = listen(settings)
    port = listener.getsockname()[1]
    if settings.port == 0:
        settings = settings.model_copy(update={"port": port})
    server = Server(settings)
    server.start()
    config = uvicorn.Config(
        application(server),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,
    )
    # What is there now stays: looking through it at every collection doubled the time of a long page.
    gc.collect()
    gc.freeze()

    def listening() -> None:
        server.warm_up()  # not before: it would take the first page's time
        (ready or _greet)(server, settings.url)

    web = _Web(config, listening, server.bell.close)
    code = stopped
    try:
        web.run(sockets=[listener])
    except (Exception, SystemExit):
        log.exception("the server broke")
        code = 1
    server.stop()
    log.info("stopped; what was running goes on at the next start")
    os._exit(code)


class _Web(uvicorn.Server):
    """uvicorn, telling when it listens, and ending streams as soon as it is asked to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready, self._stopping = ready, stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        threading.Thread(target=self._ready, name="ready", daemon=True).start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002, the base's signature
        # Not the base's way, which raises the signal again: the local AWS would not save itself any more.
        self._stopping()
        self.force_exit = self.should_exit
        self.should_exit = True


def _greet(server: Server, url: str) -> None:
    link = server.first_link()
    print(f"Seed is up at {url}", flush=True)  # noqa: T201, for the person at the terminal
    if link:
        print(f"Make the first administrator (works once): {link}", flush=True)  # noqa: T201, same


def listen(settings: Settings) -> socket.socket:
    """The server's own address, taken."""
    # The protocol is named because asyncio sends small answers at once only for sockets whose protocol it knows.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except socket.gaierror as error:
        listener.close()
        raise WrongSetting(
            f"{settings.host} is no address of this machine: {error.strerror}.",
            hint="127.0.0.1, 0.0.0.0, ::1 or a name: --host or SEED_HOST.", where="SEED_HOST",
        ) from None  # fmt: skip
    except OSError as error:
        listener.close()
        raise AlreadyRunning(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
            hint="Is another server there? Choose another port: --port",
        ) from None
    return listener


def _make(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)
    except OSError as error:
        raise WrongSetting(
            f"The data folder {data} cannot be made: {error.strerror}.",
            hint="Choose another one: --data or SEED_DATA.", where="SEED_DATA",
        ) from None  # fmt: skip


def _only_one(data: Path) -> IO[str]:
    lock = (data / LOCK).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise AlreadyRunning(
            "Another Seed server works on this data folder.", hint="Stop it, or give this one another --data."
        ) from None
    return lock


def _bound(kind: Kind, run: Callable[[World, int], None], world: World) -> Callable[[int], None]:
    def job(run_id: int) -> None:
        or_give_up(world, kind, run_id, lambda: until_there_is_room(lambda: run(world, run_id), world.stopping))

    return job


def warm(world: World) -> None:
    """Once for a data folder the framework's own caches, made from a service of ours; then the packagers."""
    _warm(world)
    world.packagers.refill()


def _warm(world: World) -> None:
    import shutil
    import tempfile

    home = world.folders.data / "warm"
    if home.is_dir():
        return
    scratch = Path(tempfile.mkdtemp(prefix="warm-", dir=world.folders.data))
    try:
        kept = scratch / "home"
        kept.mkdir()
        for command in warm_commands(world.bundled, scratch, kept):
            world.runner.run(command, lambda _line: None, world.stopping.is_set)
        shutil.rmtree(kept / ".npm", ignore_errors=True)
        kept.rename(home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
