"""Everything that the workflows and the intake work with: one value, composed in `server.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

from seed.apps.records import Account, App
from seed.aws.port import Cloud
from seed.db.base import Database, now
from seed.db.vault import Vault
from seed.forges.connect import Access
from seed.forges.port import ForgeApi
from seed.frameworks.serverless import Bundled
from seed.git import Mirror
from seed.packages import PackageStore
from seed.people.attempts import Attempts
from seed.settings import Settings
from seed.work.alone import Alone
from seed.work.bell import Bell
from seed.work.dependencies.dependency_cache import DependencyCache
from seed.work.dependencies.runtimes import Runtimes
from seed.work.jobs.engine import Engine
from seed.work.jobs.turns import Turns
from seed.work.logs.output import Rooms
from seed.work.packaging.packagers import Packagers
from seed.work.runner import Runner


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things lie in the data folder. Names are ids of ours, never words of a repository."""

    data: Path

    @property
    def database(self) -> Path:
        return self.data / "seed.db"

    @property
    def key(self) -> Path:
        return self.data / "key"

    @property
    def packages(self) -> Path:
        return self.data / "packages"

    def mirror(self, app_id: int) -> Path:
        return self.data / "mirrors" / f"{app_id}.git"

    @property
    def work(self) -> Path:
        return self.data / "work"

    def checkout(self, build_id: int, purpose: str) -> Path:
        return self.work / f"build-{build_id}-{purpose}"

    def log(self, service_build_id: int) -> Path:
        return self.data / "logs" / "services" / f"{service_build_id}.jsonl"

    def removal_log(self, removed_stack_id: int) -> Path:
        return self.data / "logs" / "removals" / f"{removed_stack_id}.jsonl"

    def package_log(self, downstream_package_id: int) -> Path:
        return self.data / "logs" / "packages" / f"{downstream_package_id}.jsonl"


@dataclass(frozen=True)
class World:
    """The collaborators. Everything with an effect outside of the process is one of these."""

    settings: Settings
    folders: Folders
    database: Database
    engine: Engine
    turns: Turns
    vault: Vault
    bell: Bell
    store: PackageStore
    runner: Runner
    dependencies: DependencyCache
    kept: DependencyCache
    """The folders that build specs name to be kept."""
    packagers: Packagers
    bundled: Bundled
    connect: Callable[[Account], Cloud]
    mirror: Callable[[App], Mirror]
    forge: Callable[[Access], ForgeApi]
    stopping: Event
    clock: Callable[[], datetime] = now
    """What goes to a forge, or came from one, waits by it."""
    runtimes: Runtimes = field(default_factory=Runtimes)
    attempts: Attempts = field(default_factory=Attempts)
    """To sign in, and how many have failed."""
    output: Rooms = field(default_factory=Rooms)
    """What the logs of builds at work have."""
    making: Alone = field(default_factory=Alone)
    """The downstream packages that are being made."""
