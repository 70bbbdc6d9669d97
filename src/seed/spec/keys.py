"""Every key of a build spec: its name, its shape, its limits and what it means. Nothing else says it twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["commands", "command", "paths", "duration", "environment", "runtime", "choice", "switch", "services"]

MOST_COMMANDS = 100
LONGEST_COMMAND = 8192
MOST_PATHS = 20
MOST_VARIABLES = 200
MOST_SERVICES = 500
LONGEST_VALUE = 32_768
VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
VERSION = r"v?[0-9]+(\.[0-9]+){0,2}"
DURATION = r"[0-9]+(\.[0-9]+)?(s|m|h)?"
OURS = ("SEED_", "AWS_")
KEPT = frozenset({"BASH_ENV", "HOME", "TMPDIR"})
"""Seed sets these itself."""


@dataclass(frozen=True, slots=True)
class Key:
    """`each` says whether it may also stand below `services.<name>`."""

    name: str
    kind: Kind
    meaning: str
    each: bool = True
    choices: tuple[str, ...] = ()


KEYS = (
    Key("before_compile", "commands", "Before dependencies are installed."),
    Key("before_build", "commands", "After dependencies and unit tests, before the service is packaged."),
    Key("before_deploy", "commands", "Before the change set is executed; also on promotions and rollbacks."),
    Key("after_deploy", "commands", "After the stack is deployed; also on promotions and rollbacks."),
    Key("before_remove", "commands", "Before a service's stack is removed."),
    Key("after_remove", "commands", "After a service's stack was removed."),
    Key("environment", "environment", "More variables for hooks, installation and the package step."),
    Key(
        "timeout",
        "duration",
        "How long one command may take: minutes, or `90s`, `10m`, `1h`. `SEED_BUILD_MINUTES` stays the upper limit.",
    ),
    Key(
        "build_timeout",
        "duration",
        "How long a build or promotion may take as a whole, written in the same way. `SEED_BUILD_TOTAL_MINUTES` stays "
        "the upper limit.",
        each=False,
    ),
    Key(
        "unit_tests",
        "switch",
        "Whether unit tests run before a service is packaged: `true` or `false`, over the setting of the app.",
    ),
    Key("runtime", "runtime", "Versions of `node` and `python`, picked from what the host has."),
    Key(
        "cache",
        "paths",
        "Folders of the repository that are kept between builds, besides installed dependencies.",
        each=False,
    ),
    Key(
        "check_code_change",
        "choice",
        "How a build finds the services that changed; `false` deploys every service each time.",
        each=False,
        choices=("git", "lerna", "pnpm", "npm", "yarn", "nx"),
    ),
    Key(
        "stage_name_constructor",
        "command",
        "Prints the name of a stage that is made for a branch; sees `SEED_STAGE_BRANCH`, has 2 seconds.",
        each=False,
    ),
    Key("services", "services", "Keys for one service, by its name; they replace those above.", each=False),
)
HOOKS = tuple(key.name for key in KEYS if key.name.startswith(("before_", "after_")))
