"""Code of a fork that nobody has merged is promoted nowhere: packaging would run it with the variables and the
credentials of the stage that it is for, before anybody could read what changes there.
"""

from __future__ import annotations

from collections.abc import Iterable

from seed.builds.records import Build
from seed.errors import Conflict
from seed.work.commands.given import is_strangers
from seed.work.source.on_branch import on_branch
from seed.work.world import World


class StrangersCode(Conflict):
    """It comes from a fork's pull request that nobody has merged."""

    code = "strangers-code"


def must_be_ours(world: World, builds: Iterable[Build]) -> None:
    """Git may be asked: call it outside of a transaction."""
    for build in builds:
        if why := why_not_ours(world, build):
            raise StrangersCode(why, hint="Merge it, and promote the build of the branch that it was merged into.")


def why_not_ours(world: World, build: Build) -> str:
    """Why it goes nowhere; "" where it may. What is in the history of the branch was let in by who may push there."""
    with world.database.read() as session:
        build = session.get_one(Build, build.id)
        if not is_strangers(session, build):
            return ""
        stage, app = build.stage, build.stage.app
    if stage.pull_request:  # its builds name the base; that the forge told of them says nothing of that
        merged = world.mirror(app).holds(build.branch or app.branch, build.commit)
    else:
        merged = on_branch(world, app, build, stage.branch or app.branch)
    if merged:
        return ""
    return (
        f"Build {build.number} of {stage.name} comes from a fork, and nobody has merged it: it is promoted nowhere, "
        "since packaging would run it with the variables and credentials of the stage that it is for."
    )
