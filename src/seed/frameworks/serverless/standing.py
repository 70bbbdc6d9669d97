"""A packager: the bundled framework, started and loaded, given one package command after another.

Starting the framework takes more than ten times as long as packaging does. What a packager answers is what
the package command answers; the program beside this module tells how it stays fit for the next job.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seed.frameworks.serverless.choose import Bundled
from seed.frameworks.serverless.package import ANY_VERSION, PLUGINS, QUIET, node_options
from seed.frameworks.serverless.warm import write_service
from seed.work.runner.command import Command

LINE = "osls"
PROGRAM = Path(__file__).with_name("packager.js")
NPM_LIST = Path(__file__).with_name("npm-list.js")
PRELOADS = [ANY_VERSION, PLUGINS]

SEEN_AT_START = "NODE_"
NOT_AT_START = ("NODE_ENV", "NODE_NO_WARNINGS")
VERBS = ("package", "deploy")
"""The latter without the framework's own part: what runs once the stack is deployed."""


def packager_takes(bundled: Bundled) -> Callable[[Command], bool]:
    """Whether a packager can do what a command asks: the same program, and node as it was started."""
    program = str(_script(bundled))
    options = node_options(PRELOADS)

    def takes(command: Command) -> bool:
        set_for_node = {name for name in command.env if name.startswith(SEEN_AT_START)} - {*NOT_AT_START}
        as_started = set_for_node == {"NODE_OPTIONS"} and command.env["NODE_OPTIONS"] == options
        return command.argv[:2] == ("node", program) and command.argv[2] in VERBS and as_started

    return takes


def packager(bundled: Bundled) -> Callable[[Path], Command]:
    """The command that starts one which works in the folder it is called with."""
    script = _script(bundled)
    required = [part for path in PRELOADS for part in ("--require", str(path))]

    def start(folder: Path) -> Command:
        service = folder / "warm"
        write_service(service, ">=3")
        return Command(
            argv=("node", *required, str(PROGRAM), str(script), str(service)),
            cwd=folder,
            env=QUIET | {"AWS_REGION": "us-east-1"},
            writable=(folder,),
            readable=(bundled.node_modules, *PRELOADS, PROGRAM, NPM_LIST),
        )

    return start


def _script(bundled: Bundled) -> Path:
    return bundled.node_modules / LINE / "bin" / "serverless.js"
