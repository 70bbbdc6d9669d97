"""A packager makes what a fresh start of the framework makes, and knows when it is not fit for another job."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.frameworks.packaging import BUCKET, BUNDLED, SAMPLES, Workshop

from seed.frameworks.serverless import (
    choose_framework,
    discover,
    package_command,
    packager,
    packager_takes,
    plugins_command,
)
from seed.frameworks.serverless import read_assembly as read
from seed.frameworks.serverless.standing import NPM_LIST
from seed.packages import trust
from seed.work.packaging.packagers import Packagers, Workbench
from seed.work.runner import Command, Exit

Edit = Callable[[Path], None]


@pytest.fixture(scope="module")
def packagers(workshop: Workshop) -> Iterator[Packagers]:
    made = Packagers(
        workshop.runner, workshop.folder / "work", packager(BUNDLED), packager_takes(BUNDLED), ready=1, each=2
    )
    yield made
    made.stop()


@pytest.fixture(scope="module")
def bench(packagers: Packagers) -> Iterator[Workbench]:
    lent = packagers.lend()
    lent.tree.mkdir()
    yield lent
    lent.close()


def command(bench: Workbench, workshop: Workshop, folder: str, stage: str = "dev") -> Command:
    [service] = [found for found in discover(bench.tree) if found.path == folder]
    framework = choose_framework(bench.tree, service, BUNDLED)
    out = bench.folder / f"out-{folder}-{stage}" / "package"
    out.parent.mkdir(exist_ok=True)
    return package_command(
        bench.tree, service, framework, stage=stage, region="us-east-1", out=out, env=workshop.env, timeout=120
    )


def service(bench: Workbench, folder: str, edit: Edit = lambda _tree: None, sample: str = "orders-api-v1") -> Path:
    shutil.rmtree(bench.tree / folder, ignore_errors=True)
    shutil.copytree(SAMPLES / sample, bench.tree / folder)
    edit(bench.tree / folder)
    return bench.tree / folder


def run(bench: Workbench, made: Command) -> tuple[Exit, list[str]]:
    lines: list[str] = []
    return bench.run(made, lines.append), lines


def fit(bench: Workbench) -> bool:
    """Whether the packager that did the last job waits for another."""
    return bool(bench._idle)


@pytest.mark.parametrize("sample", ["orders-api-v1", "orders-api-v2", "kitchen-sink"])
def test_it_makes_what_a_fresh_start_makes(bench: Workbench, workshop: Workshop, sample: str) -> None:
    folder = service(bench, "a", sample=sample)
    made = command(bench, workshop, "a")
    ended, lines = run(bench, made)
    assert ended.ok, lines
    here = Path(made.argv[made.argv.index("--package") + 1])
    ours = trust(
        read(here, stage="dev", region="us-east-1", framework="x", source=folder, tree=bench.tree),
        bucket=BUCKET, scratch=here.parent,
    )  # fmt: skip
    assert ours.package.template == workshop.package(workshop.tree(sample)).trusted.package.template


def test_a_job_that_fails_spoils_nothing(bench: Workbench, workshop: Workshop) -> None:
    config = service(bench, "a") / "serverless.yml"
    made = command(bench, workshop, "a")
    whole = config.read_text()
    config.write_text("service: [")

    failed, lines = run(bench, made)
    config.write_text(whole)
    ended, more = run(bench, made)

    assert failed.code == 1
    assert any("Cannot parse" in line for line in lines)
    assert ended.ok, more
    assert fit(bench)


def test_a_value_of_one_service_is_not_seen_by_the_next(bench: Workbench, workshop: Workshop) -> None:
    def asks(tree: Path) -> None:
        text = (tree / "serverless.yml").read_text()
        (tree / "serverless.yml").write_text(text.replace("LOG_LEVEL: info", "LOG_LEVEL: ${env:GIVEN}"))

    service(bench, "a", asks)
    made = command(bench, workshop, "a")
    given, lines = run(bench, replace(made, env={**made.env, "GIVEN": "1"}))
    assert given.ok, lines

    missing, lines = run(bench, made)

    assert not missing.ok
    assert any("GIVEN" in line or "env" in line for line in lines)


PLUGIN = "class Plug { constructor() { this.hooks = {}; } }"


@pytest.mark.parametrize(
    ("name", "code", "old", "new"),
    [
        ("plug.js", f"module.exports = {PLUGIN};", "functions:", "plugins: [./plug.js]\nfunctions:"),
        ("value.js", "module.exports = 'info';", "LOG_LEVEL: info", "LOG_LEVEL: ${file(./value.js)}"),
        ("plug.mjs", f"export default {PLUGIN};", "functions:", "plugins: [./plug.mjs]\nfunctions:"),
    ],
)
def test_after_code_of_the_repository_it_takes_no_other_job(
    bench: Workbench, workshop: Workshop, name: str, code: str, old: str, new: str
) -> None:
    def brings_code(tree: Path) -> None:
        (tree / name).write_text(code)
        text = (tree / "serverless.yml").read_text()
        assert old in text
        (tree / "serverless.yml").write_text(text.replace(old, new, 1))

    service(bench, "a", brings_code)

    ended, lines = run(bench, command(bench, workshop, "a"))

    assert ended.ok, lines
    assert not fit(bench)


def test_a_packager_speaks_to_one_account(bench: Workbench, workshop: Workshop) -> None:
    service(bench, "a")
    made = command(bench, workshop, "a")
    run(bench, made)
    before = list(bench._idle)

    run(bench, replace(made, env={**made.env, "AWS_ACCESS_KEY_ID": "999999999999"}))

    assert len(bench._idle) == len(before) + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, env={**c.env, "NODE_OPTIONS": "--max-old-space-size=512"}),
        lambda c: replace(c, env={**c.env, "NODE_EXTRA_CA_CERTS": "/x"}),
        lambda c: replace(c, argv=("node", c.argv[1], "remove")),
        lambda c: replace(c, argv=("node", "/other/serverless.js", *c.argv[2:])),
    ],
)
def test_what_a_packager_cannot_do_goes_to_a_process_of_its_own(
    bench: Workbench, workshop: Workshop, change: Callable[[Command], Command]
) -> None:
    made = command(bench, workshop, "a")
    takes = packager_takes(BUNDLED)

    assert takes(made)
    assert not takes(change(made))


LOCK = {
    "": {"dependencies": {"a": "1"}, "devDependencies": {"d": "1"}},
    "node_modules/a": {"version": "1.0.0", "dependencies": {"shared": "1"}},
    "node_modules/shared": {"version": "1.0.0"},
    "node_modules/d": {"version": "1.0.0", "dev": True, "dependencies": {"shared": "1", "deep": "1"}},
    "node_modules/deep": {"version": "1.0.0", "dev": True},
    "node_modules/nobody": {"version": "1.0.0", "extraneous": True},
    "node_modules/@scope/o": {"version": "1.0.0", "optional": True},
}


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize("kind", ["--prod=true", "--dev=true"])
def test_installed_packages_are_listed_as_npm_lists_them(tmp_path: Path, kind: str, *, installed: bool) -> None:
    root = {"name": "r", "version": "1.0.0", "optionalDependencies": {"@scope/o": "1"}, **LOCK[""]}
    (tmp_path / "package.json").write_text(json.dumps(root))
    for place, facts in LOCK.items() if installed else ():
        if place:
            (tmp_path / place).mkdir(parents=True)
            known = {"name": place.removeprefix("node_modules/"), **facts}
            (tmp_path / place / "package.json").write_text(json.dumps(known))
    if installed:
        lock = {"name": "r", "lockfileVersion": 3, "requires": True, "packages": {k: v for k, v in LOCK.items() if k}}
        (tmp_path / "node_modules" / ".package-lock.json").write_text(json.dumps(lock))
    ask = (
        "const cp = require('child_process'); const fs = require('fs');"
        f"const fd = fs.openSync({str(tmp_path / 'said')!r}, 'a');"
        f"const child = cp.spawn('npm', ['ls', '{kind}', '--parseable=true', '--long=false', '--silent', '--all'],"
        f"{{cwd: {str(tmp_path)!r}, stdio: ['ignore', fd, 'ignore']}});"
        "console.log(child.pid === undefined);"
    )

    def said(*more: str) -> tuple[bool, set[str]]:
        (tmp_path / "said").unlink(missing_ok=True)
        shown = subprocess.run(["node", *more, "-e", ask], capture_output=True, text=True, check=True)
        return shown.stdout.strip() == "true", set((tmp_path / "said").read_text().split())

    ours, theirs = said("--require", str(NPM_LIST)), said()

    assert (ours[0], theirs[0]) == (True, False)
    assert ours[1] == theirs[1]
    assert len(ours[1]) == ((7 if kind == "--dev=true" else 5) if installed else 1)


def test_a_builds_bench_is_kept_for_its_later_packages_and_never_more_than_stand_ready(packagers: Packagers) -> None:
    first, second = packagers.lend(), packagers.lend()

    packagers.keep(1, first)
    packagers.keep(2, second)

    assert packagers.lend_in_background(2) not in (first, second)
    assert packagers.lend_in_background(1) is first
    assert packagers.lend_in_background(1) is not first
    first.close()


SMALL = """service: small
frameworkVersion: '4'
provider: {name: aws, runtime: nodejs22.x}
functions: {get: {handler: src/get.handler}}
"""


def test_what_comes_after_a_deployment_is_a_job_for_it_too(bench: Workbench, workshop: Workshop) -> None:
    service(bench, "a", lambda tree: (tree / "serverless.yml").write_text(SMALL))
    made = command(bench, workshop, "a")
    assert run(bench, made)[0].ok
    out = Path(made.argv[made.argv.index("--package") + 1])
    [found] = [one for one in discover(bench.tree) if one.path == "a"]
    framework = choose_framework(bench.tree, found, BUNDLED)
    after = plugins_command(
        bench.tree, found, framework, stage="dev", region="us-east-1", package=out, env=workshop.env, timeout=120
    )

    _, lines = run(bench, after)

    assert packager_takes(BUNDLED)(after)
    assert lines[-1] == "Stack with id small-dev does not exist"
    assert fit(bench)
