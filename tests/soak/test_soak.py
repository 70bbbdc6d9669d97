"""500 pushes over 20 stages: every build is accounted for, the head of every branch is deployed, memory stays flat.

Each round pushes to every branch, some twice: what comes while one build works replaces the one that waits. One push
in three comes as a signed webhook, and is told twice, as forges do.
"""

from __future__ import annotations

import gc
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.repository import Repository
from tests.support.seeds import Seed, ended, person, started
from tests.support.waiting import eventually

from seed.apps.add import webhook_place
from seed.apps.find import app_of
from seed.apps.records import Stage, StageLock
from seed.apps.stages import add_stage
from seed.builds.records import Build
from seed.builds.states import ENDED
from seed.git import sign
from seed.git.command import git
from seed.server import application
from seed.work.hearing import pushes
from seed.work.intake import add_app

pytestmark = pytest.mark.campaign
STAGES, PUSHES, WARM = 20, int(os.environ.get("SEED_SOAK_PUSHES", "500")), 100
GROWTH = 1.25
RANDOM = random.Random(int(os.environ.get("SEED_SOAK_SEED", "20261123")))


def rss_mb() -> float:
    """Of this process: the server is in it."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@pytest.fixture
def seed(tmp_path: Path) -> Iterator[Seed]:
    server = started(tmp_path / "data")
    yield Seed(server, person(server.world, "alice@example.com", "Alice"))
    ended(server)


def test_five_hundred_pushes_over_twenty_stages(seed: Seed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository, world = Repository(tmp_path / "repository"), seed.world
    app = add_app(world, seed.alice, str(repository.folder), name="soak")
    with world.database.write() as session:
        row = app_of(session, seed.alice, app.slug)
        for number in range(1, STAGES):
            add_stage(session, seed.alice, row, f"s{number}", f"b{number}", row.stages[0].account)
    branches = ["main", *(f"b{number}" for number in range(1, STAGES))]
    for branch in branches[1:]:
        git(("branch", branch), cwd=repository.folder)
    told_by_webhook = Webhook(seed, app.slug)
    heads: dict[str, str] = {}
    memory: list[tuple[int, float]] = []
    asked = 0

    for pushed in range(1, PUSHES + 1):
        branch = branches[pushed % STAGES] if RANDOM.random() < 0.9 else RANDOM.choice(branches)
        git(("checkout", "--quiet", branch), cwd=repository.folder)
        repository.write("api/hello.js", f"exports.handler = async () => {pushed};\n")
        heads[branch] = repository.commit(f"Push {pushed}")
        if pushed % 3:
            asked += len(pushes.hear_push(world, app.slug, branch, heads[branch], trigger="push"))
        else:
            asked += told_by_webhook(branch, heads[branch])
        if pushed % STAGES == 0:
            eventually(lambda: open_builds(seed) == 0, f"the builds of {pushed} pushes", 600)
            memory.append((pushed, rss_mb()))

    eventually(lambda: open_builds(seed) == 0, "the last builds", 600)
    with world.database.read() as session:
        builds = session.scalars(sa.select(Build).order_by(Build.id)).all()
        stages = {stage.id: stage for stage in session.scalars(sa.select(Stage).where(Stage.branch != ""))}
        locks = session.scalar(sa.select(sa.func.count()).select_from(StageLock))
    counted = Counter(build.state for build in builds)
    with capsys.disabled():
        print(f"\n{PUSHES} pushes, {asked} builds: {dict(counted)}")
        print("memory, MB:", ", ".join(f"{pushed}: {mb:.0f}" for pushed, mb in memory[:: max(1, len(memory) // 10)]))
    assert len(builds) == asked == PUSHES
    assert set(counted) <= {"succeeded", "skipped"}, counted
    assert locks == 0
    for stage in stages.values():
        own = [build for build in builds if build.stage_id == stage.id]
        if stage.branch not in heads:
            assert not own
            continue
        assert [build.number for build in own] == list(range(1, len(own) + 1)), "order is kept, none is missing"
        assert all(build.reason.startswith("superseded by build") for build in own if build.state == "skipped")
        assert (own[-1].state, own[-1].commit) == ("succeeded", heads[stage.branch])
    warm = next(mb for pushed, mb in memory if pushed >= min(WARM, PUSHES))
    assert memory[-1][1] < warm * GROWTH, memory


class Webhook:
    """Tells a push to the server's own address for it, and once more as a delivery that was thought lost."""

    def __init__(self, seed: Seed, slug: str) -> None:
        self._client = TestClient(application(seed.server), base_url="http://127.0.0.1")
        self._slug = slug
        with seed.world.database.read() as session:
            sealed = app_of(session, seed.alice, slug).sealed_webhook_secret
        self._secret = seed.world.vault.open(sealed, webhook_place(slug))

    def __call__(self, branch: str, commit: str) -> int:
        """How many builds were asked for."""
        body = json.dumps({"ref": f"refs/heads/{branch}", "after": commit}).encode()
        headers = {"X-Seed-Signature": sign(self._secret, body), "X-Seed-Delivery": f"{branch}-{commit}"}
        first, again = (
            self._client.post(f"/api/v1/hooks/{self._slug}", content=body, headers=headers) for _ in range(2)
        )
        assert (first.status_code, again.status_code) == (202, 202), (first.text, again.text)
        assert again.json()["builds"] in ([], first.json()["builds"])
        return len(first.json()["builds"])


def open_builds(seed: Seed) -> int:
    with seed.world.database.read() as session:
        query = sa.select(sa.func.count()).select_from(Build).where(Build.state.not_in(ENDED))
        return session.scalar(query) or 0
