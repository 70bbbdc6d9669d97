"""Compose everything and serve it: console, API, engine and the supervised local AWS, in one process.

Stopping is crashing on purpose: streams are told to end, the local AWS saves itself, and the process goes.
What was running is taken up by the next start, exactly as after a power cut.
"""

from __future__ import annotations

import fcntl
import functools
import gc
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import FastAPI

import seed.db.records  # noqa: F401, so that the metadata is whole
from seed import answers, api, console
from seed.apps.accounts import settings_of
from seed.apps.records import Account, App
from seed.aws.connect import check_same_account, connect
from seed.aws.kms import KmsGuard
from seed.aws.local import LocalAws
from seed.aws.pace import Paces
from seed.aws.port import Cloud
from seed.db.base import Database
from seed.db.migrate import migrate
from seed.db.vault import Vault
from seed.errors import SeedError
from seed.forges.connect import Access
from seed.forges.connect import connect as connect_forge
from seed.forges.port import ForgeApi
from seed.frameworks.serverless import Bundled, packager, packager_takes, warm_commands
from seed.git import Mirror
from seed.health import install as install_health
from seed.log import configure as configure_log
from seed.packages import DiskStore
from seed.people.sign_in import make_link, nobody_yet
from seed.protect import install as install_protection
from seed.settings import Settings
from seed.work import forge_events, forge_messages, forge_previews, notifications, sweep
from seed.work.apply import apply
from seed.work.bell import Bell
from seed.work.build import build
from seed.work.dbos_engine import DbosEngine
from seed.work.dependency_cache import DependencyCache
from seed.work.discard import discard
from seed.work.engine import Kind
from seed.work.given import opened
from seed.work.in_turn import build_in_turn, promotion_in_turn, removal_in_turn
from seed.work.make_downstream import make_downstream
from seed.work.packagers import Packagers, sweep_benches
from seed.work.plan import plan
from seed.work.remove import remove
from seed.work.room import until_there_is_room
from seed.work.runner import Limits, LocalRunner, Network
from seed.work.runner.network.setting import doors
from seed.work.runner.orphans import end_orphans
from seed.work.runner.own import fence_around
from seed.work.turns import Most, Turns
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


class FrameworksMissing(SeedError):
    """The bundled frameworks are not where they should be."""

    code = "frameworks-missing"


class Server:
    """The world, started and stopped. `serve` puts it behind a socket; tests and the demo use it as it is."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folders = Folders(settings.data)
        self._lock: IO[str] | None = None
        self.local: LocalAws | None = None
        self.bell = Bell()
        self.stopping = threading.Event()
        self.world = self._compose()

    def start(self) -> None:
        migrate(self.world.database)
        if self.local is not None:
            self.local.start()
            self._local_account()
        self.world.engine.start({kind: _bound(run, self.world) for kind, run in HANDLERS.items()})
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

    def _compose(self) -> World:
        settings, folders = self.settings, self.folders
        folders.data.mkdir(parents=True, exist_ok=True)
        folders.data.chmod(0o700)
        self._lock = _only_one(folders.data)
        if left := end_orphans(folders.data):
            log.info("commands of a killed server were ended", processes=left)
        sweep_benches(folders.work)
        database = Database(folders.database, self.bell.ring)
        vault = Vault(folders.key, KmsGuard(settings.kms_key) if settings.kms_key else None)
        bundled = Bundled(_frameworks(settings))
        if settings.aws == "local":
            around = fence_around(bundled.node_modules) if settings.sandbox != "none" else None
            self.local = LocalAws(folders.data / "aws", node_path=bundled.node_modules, fence=around)
        limits = Limits(
            settings.build_memory_mb, settings.build_processes, settings.build_disk_mb, settings.build_output_mb
        )
        runner = LocalRunner(
            folders.data / "runs",
            settings.sandbox,
            skeleton=folders.data / "warm",
            limits=limits,
            network=_network(settings),
            near=lambda: [urlsplit(self.local.endpoint).netloc] if self.local else [],
        )
        fence = "bubblewrap" if runner.describe().sandboxed else "none"
        log.info("builds run", fence=fence, network=runner.describe().network, limits="watched", **asdict(limits))
        return World(
            settings=settings,
            folders=folders,
            database=database,
            engine=DbosEngine(database.plain, jobs_at_once=settings.jobs_at_once),
            turns=Turns(Most(settings.stages_at_once, settings.stages_at_once_per_app), self.stopping),
            vault=vault,
            bell=self.bell,
            store=DiskStore(folders.packages),
            runner=runner,
            dependencies=DependencyCache(folders.data / "cache", settings.cache_mb),
            kept=DependencyCache(folders.data / "kept", settings.cache_paths_mb),
            packagers=Packagers(
                runner,
                folders.work,
                packager(bundled),
                packager_takes(bundled),
                ready=settings.warm_packagers,
                each=min(settings.services_at_once, os.cpu_count() or 1),
            ),
            bundled=bundled,
            connect=self._connector(database, vault),
            mirror=lambda app: _mirror(folders, app),
            forge=_forges(settings.private),
            stopping=self.stopping,
        )

    def _connector(self, database: Database, vault: Vault) -> Callable[[Account], Cloud]:
        """One gateway for each account, made when first asked for; a changed account gets a new one, and so does
        one whose credentials have expired.
        """
        paces = Paces()
        made: dict[tuple[object, ...], Cloud] = {}
        lock = threading.Lock()

        def connector(account: Account) -> Cloud:
            settings = settings_of(account, vault)
            endpoint = self.local.endpoint if self.local else None
            key = (account.id, settings, endpoint)
            with lock:
                if key not in made or made[key].expired:
                    cloud = connect(
                        settings,
                        local_endpoint=endpoint,
                        opened=lambda given: opened(database, vault, given),
                        pace=paces.of(account.aws_account or f"account {account.id}", account.region),
                    )
                    check_same_account(cloud, account.aws_account)
                    made[key] = cloud
                return made[key]

        return connector

    def _local_account(self) -> None:
        with self.world.database.write() as session:
            if session.query(Account).filter_by(kind="local").first() is None:
                session.add(Account(name=LOCAL_NAME, kind="local", region="us-east-1"))


def application(server: Server) -> FastAPI:
    """The ASGI app of a started server."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        server.bell.close()

    app = FastAPI(title="Seed", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.world = server.world
    install_protection(app, server.settings)
    install_health(app, server.world)
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
    except OSError as error:
        listener.close()
        raise AlreadyRunning(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
            hint="Is another server there? Choose another port: --port",
        ) from None
    return listener


def _only_one(data: Path) -> IO[str]:
    lock = (data / "server.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise AlreadyRunning(
            "Another Seed server works on this data folder.", hint="Stop it, or give this one another --data."
        ) from None
    return lock


def _network(settings: Settings) -> Network:
    demanded = "build_network" in settings.model_fields_set
    return Network(settings.build_network, doors(settings.build_network_allow), demanded)


def _frameworks(settings: Settings) -> Path:
    root = settings.frameworks or Path(__file__).resolve().parents[2] / "npm"
    modules = root / "node_modules"
    if not (modules / "osls").is_dir():
        raise FrameworksMissing(
            "The bundled frameworks are not installed.",
            hint="Run make install, or set SEED_FRAMEWORKS to the folder that holds their node_modules.",
        )
    return modules


def _mirror(folders: Folders, app: App) -> Mirror:
    return Mirror(folders.mirror(app.id), app.repository)


def _forges(private_hosts: frozenset[str]) -> Callable[[Access], ForgeApi]:
    """One for each access, with its token and its connections kept; a changed access gets a new one."""
    return functools.lru_cache(maxsize=500)(lambda access: connect_forge(access, private_hosts))


def _bound(run: Callable[[World, int], None], world: World) -> Callable[[int], None]:
    return lambda run_id: until_there_is_room(lambda: run(world, run_id), world.stopping)


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
