"""Why no package for the stages downstream is made beside a build: packaging runs the commit's code with the variables
and the credentials of the stage that it is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from seed.apps.records import PULL_REQUEST, Stage
from seed.automatic.find import settings_of
from seed.builds.records import Build
from seed.changesets.words import listed
from seed.work.commands.given import is_strangers
from seed.work.source.on_branch import on_branch
from seed.work.source.strangers import why_not_ours
from seed.work.world import World


def why_no_package(world: World, build: Build) -> str:
    """The reason, or "" where they are made. Else they are made when somebody promotes it, who may do that. Git may be
    asked: call it outside of a transaction, with a build whose stage and app are loaded.
    """
    stage = build.stage
    with world.database.read() as session:
        strangers = is_strangers(session, build)
        allowed = not stage.origin or settings_of(session, stage.app_id, stage.origin).previews
    if strangers and (why := why_not_ours(world, build)):
        return why
    if strangers:
        return "Its code comes from a fork: it is packaged for other stages only when somebody promotes it."
    if not _its_own(world, stage, build):
        return (
            f"Commit {build.commit[:12]} was deployed by hand and is not on {stage.branch}: it is packaged for other "
            "stages only when somebody promotes it, since its code then runs with their variables and credentials."
        )
    if allowed:
        return ""
    what = "pull request" if stage.origin == PULL_REQUEST else "branch"
    return (
        f"A {what} is packaged for other stages only when somebody promotes it, since its code then runs with their "
        f"variables and credentials. An admin can allow it before: "
        f"`seed stage for-each {stage.app.slug} {stage.origin} --previews yes`."
    )


def only_when_asked(stages: Iterable[Stage]) -> str:
    """Of those that are packaged for when somebody promotes to them, and not before; "" where there is none."""
    names = [stage.name for stage in stages if stage.package_when_asked]
    what = f"{listed(names)} {'is' if len(names) == 1 else 'are'}"
    return f"{what} packaged for only when somebody promotes." if names else ""


def _its_own(world: World, stage: Stage, build: Build) -> bool:
    """Of its branch; or the merge of its pull request, whose head is then known."""
    return bool(stage.pull_request and build.head_commit) or on_branch(world, stage.app, build, stage.branch)
