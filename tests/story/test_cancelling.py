"""A person cancels while a package is really being made: the framework is at work, and nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.story.conftest import MakeApp
from tests.support.seeds import NUMBERS
from tests.support.waiting import eventually

from seed.builds.cancel import cancel
from seed.work import intake

LEVEL = "${file(./slow.js):level}"
SLOW = """const { spawnSync } = require("child_process");
module.exports.level = () => { spawnSync("sleep", ["%d"]); return "info"; };
"""


def processes(words: bytes) -> Iterator[int]:
    """Those with such words in their command lines."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that ends meanwhile
            if words in place.joinpath("cmdline").read_bytes():
                yield int(place.name)


def started_by(pid: int) -> str:
    parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    return Path(f"/proc/{parent}/cmdline").read_text().partition("\0")[0]


def test_a_framework_that_packages_is_stopped_with_all_it_started_and_the_next_build_works(make_app: MakeApp) -> None:
    app = make_app()
    seconds = next(NUMBERS)
    app.repository.write("api/slow.js", SLOW % seconds)
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", f"LOG_LEVEL: {LEVEL}")
    app.repository.commit("Reading its configuration, the framework waits for a process of its own")
    waits = f"sleep\0{seconds}\0".encode()
    build = intake.deploy(app.world, app.seed.alice, app.slug, "dev")
    [sleeping] = eventually(lambda: list(processes(waits)), "the framework at work")
    assert started_by(sleeping).endswith("node")
    bench = str(app.world.folders.checkout(build.id, "source").resolve().parent).encode()
    assert list(processes(bench)), "the packagers of this build"

    with app.world.database.write() as session:
        cancel(session, app.seed.alice, build)
    done = app.ended(build.id)

    assert (done.state, app.service(done, "api").state) == ("cancelled", "cancelled")
    assert app.cloud.stack("api-dev") is None
    eventually(lambda: not [*processes(waits), *processes(bench)], "the end of every process")
    app.repository.edit("api/serverless.yml", LEVEL, "info")
    app.repository.commit("Quick")
    assert app.deploy().state == "succeeded"
