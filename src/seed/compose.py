"""Where everything is composed: from settings and a data folder, the world that the workflows work with."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from seed.apps.accounts import settings_of
from seed.apps.login import login_of
from seed.apps.records import Account, App
from seed.aws.connect import check_same_account, connect
from seed.aws.kms import KmsGuard
from seed.aws.local import LocalAws
from seed.aws.pace import Paces
from seed.aws.port import Cloud
from seed.db.base import Database
from seed.db.vault import Vault
from seed.errors import SeedError
from seed.forges.connect import Access
from seed.forges.connect import connect as connect_forge
from seed.forges.port import ForgeApi
from seed.frameworks.serverless import Bundled, packager, packager_takes
from seed.git import Mirror
from seed.packages import DiskStore
from seed.settings import Settings
from seed.work.bell import Bell
from seed.work.commands.given import opened
from seed.work.dependencies.dependency_cache import DependencyCache
from seed.work.jobs.dbos_engine import DbosEngine
from seed.work.jobs.turns import Most, Turns
from seed.work.packaging.packagers import Packagers
from seed.work.runner import Limits, LocalRunner, Network
from seed.work.runner.network.setting import doors
from seed.work.runner.own import fence_around
from seed.work.world import Folders, World

log = structlog.get_logger(__name__)


class FrameworksMissing(SeedError):
    """The bundled frameworks are not where they should be."""

    code = "frameworks-missing"


def compose(
    settings: Settings, folders: Folders, bell: Bell, stopping: threading.Event
) -> tuple[World, LocalAws | None]:
    """The world, and the local AWS where the settings ask for one. Nothing is started."""
    database = Database(folders.database, bell.ring)
    vault = Vault(folders.key, KmsGuard(settings.kms_key) if settings.kms_key else None)
    bundled = Bundled(_frameworks(settings))
    local = _local_aws(settings, folders, bundled)
    runner = _runner(settings, folders, local)
    world = World(
        settings=settings,
        folders=folders,
        database=database,
        engine=DbosEngine(database.plain, jobs_at_once=settings.jobs_at_once),
        turns=Turns(Most(settings.stages_at_once, settings.stages_at_once_per_app), stopping),
        vault=vault,
        bell=bell,
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
        connect=_connector(database, vault, local),
        mirror=lambda app: _mirror(folders, vault, app),
        forge=_forges(settings.private),
        stopping=stopping,
    )
    return world, local


def _local_aws(settings: Settings, folders: Folders, bundled: Bundled) -> LocalAws | None:
    if settings.aws != "local":
        return None
    around = fence_around(bundled.node_modules) if settings.sandbox != "none" else None
    return LocalAws(folders.data / "aws", node_path=bundled.node_modules, fence=around)


def _runner(settings: Settings, folders: Folders, local: LocalAws | None) -> LocalRunner:
    """What builds run in, and said in the log how well they are fenced in."""
    limits = Limits(
        settings.build_memory_mb,
        settings.build_processes,
        settings.build_disk_mb,
        settings.build_output_mb,
        settings.build_memory_total_mb,
        settings.build_processes_total,
    )
    runner = LocalRunner(
        folders.data / "runs",
        settings.sandbox,
        skeleton=folders.data / "warm",
        limits=limits,
        network=_network(settings),
        near=lambda: [urlsplit(local.endpoint).netloc] if local else [],
    )
    made = runner.describe()
    fence = "bubblewrap" if made.sandboxed else "none"
    log.info("builds run", fence=fence, network=made.network, limits="watched", **asdict(limits))
    if made.note:
        log.warning(made.note)
    return runner


def _connector(database: Database, vault: Vault, local: LocalAws | None) -> Callable[[Account], Cloud]:
    """One gateway for each account, made when first asked for; a changed account gets a new one, and so does
    one whose credentials have expired.
    """
    paces = Paces()
    made: dict[tuple[object, ...], Cloud] = {}
    lock = threading.Lock()

    def connector(account: Account) -> Cloud:
        settings = settings_of(account, vault)
        endpoint = local.endpoint if local else None
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


def _mirror(folders: Folders, vault: Vault, app: App) -> Mirror:
    made = Mirror(folders.mirror(app.id), app.repository, login_of(app, vault))
    made.hear.append(lambda sentence: log.warning(sentence, app=app.slug))
    return made


def _forges(private_hosts: frozenset[str]) -> Callable[[Access], ForgeApi]:
    """One for each access, with its token and its connections kept; a changed access gets a new one."""
    return functools.lru_cache(maxsize=500)(lambda access: connect_forge(access, private_hosts))
