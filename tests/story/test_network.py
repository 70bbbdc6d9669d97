"""A build that means harm tries the network from everywhere it runs commands, and reaches what it may."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.runner.reaching import TRY, listening
from tests.story.seen import after
from tests.support.registry import Registry
from tests.support.repository import Repository
from tests.support.seeds import Seed
from tests.support.web import on_loopback

from seed.server import application

JS = Path(__file__).with_name("reach.js").read_text()
HOOKS = ("before_compile", "before_build", "before_deploy", "after_deploy")
METADATA = "tcp:169.254.169.254:80"


@pytest.fixture
def own_port(seed: Seed) -> Iterator[str]:
    """Seed itself, listening."""
    with on_loopback(application(seed.server)) as place:
        yield f"tcp:{place}"


@pytest.fixture
def closed(own_port: str) -> Iterator[list[str]]:
    with ExitStack() as open_ones:
        yield [
            own_port,
            open_ones.enter_context(listening(socket.AF_INET, "127.0.0.1")),
            open_ones.enter_context(listening(socket.AF_INET6, "::1")),
            METADATA,
            # The last: node takes no such place by its name.
            open_ones.enter_context(listening(socket.AF_UNIX, f"\0seed-story-{os.getpid()}")),
        ]


def test_no_command_of_a_build_reaches_more_than_it_may(
    seed: Seed, registry: Registry, closed: list[str], tmp_path: Path
) -> None:
    assert seed.server.local is not None
    places = [f"tcp:{urlsplit(seed.server.local.endpoint).netloc}", f"tcp:127.0.0.1:{registry.port}", *closed]
    repository = Repository(tmp_path / "repository")
    repository.write("api/probe/reach.py", TRY)
    repository.write("api/probe/reach.js", JS.replace("PLACES", json.dumps(places[:-1])))
    repository.edit("api/serverless.yml", "provider:\n", "custom: {probe: '${file(./probe/reach.js)}'}\nprovider:\n")
    registry.add(
        "prober", "", install=f"python3 $INIT_CWD/probe/reach.py who:install {' '.join(places)} > $INIT_CWD/told"
    )
    registry.write_project(repository.folder / "api", "prober")
    tests = ["python3", "probe/reach.py", "who:tests", *places]
    repository.write(
        "api/tests/test_it.py", f"import subprocess\nsubprocess.run({tests!r}, stdout=open('told', 'a'))\n"
    )
    tries = {hook: f"python3 api/probe/reach.py who:{hook} {' '.join(places)}" for hook in (*HOOKS, "post_deploy")}
    spec = {hook: [tries[hook]] for hook in HOOKS}
    spec["before_deploy"].append("cat api/told")
    repository.write("seed.yml", json.dumps({**spec, "unit_tests": True}))
    repository.commit("Harm")
    app = seed.app(repository)
    after(app, "dev", tries["post_deploy"])

    build = app.deploy()

    log = app.log(app.service(build, "api")).splitlines()
    assert build.state == "succeeded", log
    for who in (*HOOKS, "install", "tests", "post_deploy"):
        at = log.index(who) + 1
        answers = [line.split(":")[0] for line in log[at:] if line.startswith(("reached", "not reached"))]
        assert answers[: len(places)] == ["reached", "reached", *["not reached"] * len(closed)], (who, log)
    packager = ", ".join(["reached", "reached", *["not reached"] * (len(closed) - 1)])
    assert f"package: {packager}" in log
    with TestClient(application(seed.server), base_url=seed.server.settings.url) as client:
        assert 'seed_build_network{mode="internet"} 1.0' in client.get("/metrics").text
