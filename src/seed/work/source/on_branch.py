"""Whether what was built is in the history of a branch: a person may deploy any commit of the repository by hand."""

from __future__ import annotations

from seed.apps.records import App
from seed.builds.records import Build
from seed.work.world import World

HEARD = frozenset({"push", "poll", "checks"})
"""Triggers of builds whose commit was at the head of the stage's branch, or in its history."""


def on_branch(world: World, app: App, build: Build, branch: str) -> bool:
    """`branch` is the one that the build's stage follows."""
    return build.trigger in HEARD or world.mirror(app).holds(branch, build.commit)
