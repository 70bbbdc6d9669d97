"""The engine port on DBOS, in one process on the same SQLite file as the rows.

DBOS is used as a durable queue and nothing more: each job is one workflow without steps, so a crash means
it is run again from its start, and the rows tell it what is done. Its version is a constant of ours, its
serializer is JSON, priorities are order numbers, and nothing running is ever cancelled in it.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.orm import Session

from seed.errors import SeedError
from seed.work.jobs.engine import Handler, Kind

APPLICATION_VERSION = "seed-1"
EXECUTOR = "seed"
STAGES, JOBS = "stages", "jobs"
ONE_PER_STAGE: frozenset[Kind] = frozenset({"build", "apply", "remove"})
POLL_SECONDS = 0.1
FOREVER = 1_000_000
STOP_SECONDS = 10
"""So long what runs may take to end: a job that outlives the engine finds nowhere to say how it ended."""
log = structlog.get_logger(__name__)
_handlers: dict[str, Handler] = {}


class SqliteTooOld(SeedError):
    """Python ≥ 3.12 on SQLite < 3.42 cannot run the engine."""

    code = "sqlite-too-old"


@DBOS.workflow(name="seed.run", max_recovery_attempts=FOREVER)
def _run(kind: str, run_id: int) -> None:
    try:
        _handlers[kind](run_id)
    except Exception:
        # A handler answers for its own failures, bugs among them (`give_up.py`): what comes up to here met a second
        # one. The engine holds the job for done, its row stays as it stood, and the log alone tells.
        log.exception("job failed", kind=kind, run_id=run_id)
        raise


def check_sqlite() -> None:
    """Refuse a combination that would fail at launch with a message nobody understands."""
    if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42):
        raise SqliteTooOld(
            f"Python {sys.version_info.major}.{sys.version_info.minor} here comes with SQLite "
            f"{sqlite3.sqlite_version}; Seed needs 3.42 or newer with Python 3.12 and up.",
            hint="Use Python 3.11, or a Python built on a newer SQLite.",
        )


class DbosEngine:
    """Implements `seed.work.jobs.engine.Engine`. One at a time in a process."""

    def __init__(self, engine: SqlEngine, *, jobs_at_once: int = 4) -> None:
        check_sqlite()
        self._sql = engine
        self._jobs_at_once = jobs_at_once
        self._client: DBOSClient | None = None

    def start(self, handlers: Mapping[Kind, Handler]) -> None:
        _handlers.clear()
        _handlers.update({str(kind): handler for kind, handler in handlers.items()})
        logging.getLogger("dbos").setLevel(logging.WARNING)
        config: DBOSConfig = {
            "name": "seed",
            "system_database_engine": self._sql,
            "application_version": APPLICATION_VERSION,
            "executor_id": EXECUTOR,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "use_listen_notify": False,
        }
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(
            STAGES,
            partition_concurrency=1,  # how many stages side by side: seed.work.jobs.turns
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        DBOS.register_queue(
            JOBS,
            worker_concurrency=self._jobs_at_once,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        self._client = DBOSClient(
            system_database_engine=self._sql,
            serializer=DBOSPortableJSONSerializer(),
            application_name="seed",
        )

    def submit(self, session: Session, kind: Kind, run_id: int, *, key: str, order: int, again: int = 0) -> None:
        options: dict[str, Any] = {
            "workflow_name": "seed.run",
            "workflow_id": f"{kind}-{run_id}-{again}" if again else f"{kind}-{run_id}",
            "queue_name": STAGES if kind in ONE_PER_STAGE else JOBS,
            "app_version": APPLICATION_VERSION,
            "priority": max(1, order),
        }
        if kind in ONE_PER_STAGE:
            options["queue_partition_key"] = key
        assert self._client is not None, "started"  # noqa: S101, a rule of use
        self._client.enqueue_in_transaction(session, options, kind, run_id)  # type: ignore[arg-type]

    def stop(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None
        DBOS.destroy(workflow_completion_timeout_sec=STOP_SECONDS)

    def pending(self) -> dict[str, int]:
        rows = DBOS.list_workflows(status=["PENDING", "ENQUEUED", "DELAYED"], load_input=False, load_output=False)
        return dict(Counter(row.workflow_id.split("-")[0] for row in rows))

    def purge(self, keep_days: int) -> int:
        rows = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=_days_ago(keep_days),
            load_input=False,
            load_output=False,
            limit=10_000,
        )
        DBOS.delete_workflows([row.workflow_id for row in rows])
        return len(rows)


def _days_ago(days: int) -> str:
    from datetime import timedelta

    from seed.db.base import now

    return (now() - timedelta(days=days)).isoformat()
