"""The durable queue: in order, one at a time for each stage, once for each job, after a crash too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from seed.db.base import Database

CRASH = """
import os, sys, time
from pathlib import Path
from seed.db.base import Database
from seed.work.jobs.dbos_engine import DbosEngine
folder = Path(sys.argv[1])
database = Database(folder / "seed.db")
engine = DbosEngine(database.plain)
def job(run_id):
    with (folder / "runs").open("a") as file:
        file.write(f"{run_id}\\n")
    if sys.argv[2] == "crash":
        os._exit(9)
engine.start({"build": job})
if sys.argv[2] == "crash":
    with database.write() as session:
        engine.submit(session, "build", 7, key="1", order=1)
time.sleep(0.1)
deadline = time.monotonic() + 20
while engine.pending() and time.monotonic() < deadline:
    time.sleep(0.05)
os._exit(0)
"""
STOP = """
import os, sys, threading
from pathlib import Path
from seed.db.base import Database
from seed.errors import Stopping
from seed.work.jobs.dbos_engine import DbosEngine
folder, begun, stopped = Path(sys.argv[1]), threading.Event(), threading.Event()
database = Database(folder / "seed.db")
engine = DbosEngine(database.plain)
def job(run_id):
    begun.set()
    stopped.wait(1)  # an engine that waits for it has not stopped
    with (folder / "runs").open("a") as file:
        file.write(f"{run_id}\\n")
    if sys.argv[2] == "stop":
        raise Stopping
engine.start({"package": job})
if sys.argv[2] == "stop":
    with database.write() as session:
        engine.submit(session, "package", 7, key="", order=1)
begun.wait(20)
engine.stop()
stopped.set()
database.close()
"""


def test_jobs_run_in_order_one_at_a_time_for_each_stage_and_once_each(database: Database) -> None:
    arguments = [sys.executable, "-m", "tests.work.engine_promises", str(database.path.parent)]

    ended = subprocess.run(arguments, timeout=60, check=False, capture_output=True, text=True)

    assert ended.returncode == 0, ended.stderr


def test_a_job_whose_process_died_is_run_again(database: Database, tmp_path: Path) -> None:
    assert database.path.parent == tmp_path
    for how in ("crash", "recover"):
        subprocess.run([sys.executable, "-c", CRASH, str(tmp_path), how], timeout=60, check=False)

    assert (tmp_path / "runs").read_text() == "7\n7\n"


def test_a_job_that_the_engine_finds_at_work_when_it_stops_ends_quietly_and_goes_on_at_the_next_start(
    database: Database, tmp_path: Path
) -> None:
    assert database.path.parent == tmp_path
    for how in ("stop", "end"):
        arguments = [sys.executable, "-c", STOP, str(tmp_path), how]
        ended = subprocess.run(arguments, timeout=60, check=False, capture_output=True, text=True)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")

    assert (tmp_path / "runs").read_text() == "7\n7\n"
