"""A service's own tests, before it is packaged: what does not pass is not deployed.

Node: the `test` script of the service's `package.json`. Python: what lies in its folder `tests`, by pytest where it is
installed and by unittest where it is not. A service without tests passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seed.apps.records import Service
from seed.errors import SeedError
from seed.frameworks.serverless import last_words
from seed.frameworks.serverless.install import LOCKS
from seed.frameworks.serverless.places import places, read_package_json
from seed.work.commands.hooks import Hooks, Shell, must_end_well
from seed.work.runner import Exit
from seed.work.source.checkout import Heard, Job
from seed.work.world import World

NONE_FOUND = 5
"""How pytest, and unittest since Python 3.12, end where there is no test."""
UNSET = "no test specified"
"""What npm writes into a new package.json, with a failure after it."""
PYTHON = """
import os, sys
sys.path.insert(0, ".")
try:
    import pytest
except ImportError:
    import unittest
    top = ["-t", "."] if os.path.isfile("tests/__init__.py") else []
    unittest.main(module=None, argv=["unittest", "discover", "-s", "tests", *top])
sys.exit(pytest.main(["tests"]))
"""


class TestsFailed(SeedError):
    """A service's unit tests did not succeed; nothing of it was deployed."""

    code = "tests-failed"
    status = 422


def wants_tests(hooks: Hooks, service: Service, *, switched_on: bool) -> bool:
    said = hooks.spec.service(service.name).unit_tests
    return switched_on if said is None else said


def run_tests(world: World, hooks: Hooks, tree: Path, service: Service, job: Job) -> None:
    shell = replace(hooks.shell(service), env=hooks.environment(service, job))
    ran = [_run(world, shell, service, label, argv, job) for label, argv in commands(tree, service.path)]
    if not ran:
        job.say("No unit tests: no script `test` in package.json, and no folder `tests` with Python in it.")


def commands(tree: Path, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What to run, each with the words for it."""
    scripts = read_package_json(tree, path).get("scripts")
    script = scripts.get("test") if isinstance(scripts, dict) else None
    if isinstance(script, str) and script.strip() and UNSET not in script:
        manager = _manager(tree, path)
        yield f"{manager} test", (manager, "test")
    if any((tree / path / "tests").glob("**/test*.py")):
        yield "python tests", ("python3", "-c", PYTHON)


def _manager(tree: Path, path: str) -> str:
    """By the lock file nearest to the service."""
    for folder in reversed(places(path)):
        for lock, argv in LOCKS.items():
            if (tree / folder / lock).is_file():
                return argv[0]
    return "npm"


def _run(world: World, shell: Shell, service: Service, label: str, argv: tuple[str, ...], job: Job) -> Exit:
    job.say(f"$ {label}  (in {service.path or 'the root'})")
    command = replace(shell.command(*argv), cwd=shell.tree / service.path)
    heard = Heard(job)
    ended = world.runner.run(command, heard, job.cancelled)
    if argv[0] == "python3" and ended.ending == "exited" and ended.code == NONE_FOUND:
        job.say("There is no test in the folder tests.")
    elif ended.ending == "exited" and ended.code and not job.cancelled():
        failed = f"The unit tests of {service.name} failed: {label} ended with {ended.code}. It is not deployed."
        raise TestsFailed(
            f"{last_words(heard.lines)} {failed}".lstrip(),
            hint="What they said stands in the log above.",
            where=service.path,
        )
    else:
        must_end_well(shell, ended, label, job, "unit tests", heard)
    return ended
