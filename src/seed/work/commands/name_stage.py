"""What a branch's stage is called: as the build spec's `stage_name_constructor` prints it, else made of the branch."""

from __future__ import annotations

import tempfile
from collections import deque
from pathlib import Path

from seed.apps.records import App
from seed.apps.stage_names import check_stage_name, propose_stage_name
from seed.errors import SeedError
from seed.work.commands.hooks import SHELL, read_spec, shell_in
from seed.work.source.checkout import check_out
from seed.work.world import World

SECONDS = 2.0
QUIETLY = "exec 2>/dev/null"
"""The name is what comes on the standard output: a warning beside it is none."""


def name_stage(world: World, app: App, branch: str, commit: str) -> str:
    """The command runs behind the fence, without any credentials; whatever goes wrong, the proposed name is taken."""
    proposed = propose_stage_name(branch)
    try:
        command = read_spec(world, app, commit).stage_name_constructor
        return check_stage_name(_printed(world, app, branch, commit, command)) if command else proposed
    except SeedError:
        return proposed


def _printed(world: World, app: App, branch: str, commit: str, command: str) -> str:
    said: deque[str] = deque(maxlen=1)
    world.folders.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=world.folders.work) as scratch:
        tree = Path(scratch) / "tree"
        check_out(world, app, commit, tree)
        known = {"SEED_STAGE_BRANCH": branch, "SEED_APP_NAME": app.slug}
        shell = shell_in(world, tree, Path(scratch) / "shell", known, SECONDS)
        ended = world.runner.run(shell.command(*SHELL, f"{QUIETLY}\n{command}"), said.append, world.stopping.is_set)
    return said[-1].strip() if ended.ok and said else ""
