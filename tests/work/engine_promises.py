"""The promises of the durable queue, looked at in a process of their own: one engine lives in a process.

python -m tests.work.engine_promises FOLDER
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.support.waiting import eventually

from seed.db.base import Database
from seed.work.jobs.dbos_engine import DbosEngine
from seed.work.jobs.engine import Kind


class TakenBack(Exception):
    """The transaction that submitted is taken back."""


def main(folder: Path) -> None:
    database = Database(folder / "seed.db")
    ran: list[tuple[Kind, int]] = []
    at_work: set[str] = set()
    overlaps: list[str] = []
    lock, gate = threading.Lock(), threading.Event()

    def job(kind: Kind, key: str, run_id: int) -> None:
        with lock:
            if key in at_work:
                overlaps.append(key)
            at_work.add(key)
        gate.wait(10)
        with lock:
            ran.append((kind, run_id))
            at_work.discard(key)

    engine = DbosEngine(database.plain)
    engine.start({"build": lambda r: job("build", str(r % 2), r), "plan": lambda r: job("plan", f"p{r}", r)})
    for run_id in range(1, 9):
        with database.write() as session:
            engine.submit(session, "build", run_id, key=str(run_id % 2), order=run_id)
            engine.submit(session, "build", run_id, key=str(run_id % 2), order=run_id)
    _submit_and_take_back(database, engine)
    gate.set()
    eventually(lambda: not engine.pending(), "the end of all jobs", 30)
    for again in (0, 7, 7):  # it has ended: only what is asked for by another number runs once more
        with database.write() as session:
            engine.submit(session, "build", 1, key="1", order=1, again=again)
    eventually(lambda: not engine.pending(), "the end of all jobs", 30)
    engine.stop()
    database.close()

    assert [run_id for _, run_id in ran if run_id % 2] == [1, 3, 5, 7, 1], ran
    assert [run_id for _, run_id in ran if run_id % 2 == 0] == [2, 4, 6, 8], ran
    assert not overlaps, overlaps
    assert ("plan", 99) not in ran


def _submit_and_take_back(database: Database, engine: DbosEngine) -> None:
    try:
        with database.write() as session:
            engine.submit(session, "plan", 99, key="", order=1)
            raise TakenBack
    except TakenBack:
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
