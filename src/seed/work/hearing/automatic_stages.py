"""Stages for branches and pull requests, as forges and repositories tell of them.

Whoever is told twice, late, or after a crash looks at the rows and the repository: a stage is made once, and one
whose branch or pull request is there again is kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.find import stages_of
from seed.apps.records import BRANCH, PULL_REQUEST, App, Stage
from seed.automatic.close import close, close_idle, closing, let_stay, remove_closed
from seed.automatic.decide import Wanted, waits, why_not
from seed.automatic.find import made_for, rule_of, settings_of, stage_for_pull_request
from seed.automatic.make import Asked, build_stage, is_made, make_stage
from seed.automatic.wait import wait_for_room
from seed.builds.records import Build
from seed.builds.skip import asks_to_be_skipped
from seed.connections.checks import may_deploy
from seed.connections.records import KnownPullRequest
from seed.connections.same_commit import is_commit
from seed.db.base import now
from seed.git import BranchNotFound, CommitNotFound, InvalidBranchName
from seed.git.merge import MergeConflict
from seed.work.commands.name_stage import name_stage
from seed.work.errors import StageGoing
from seed.work.source.commits import kept
from seed.work.source.pull_request_commit import merge_of
from seed.work.world import World


def branch_pushed(world: World, app: App, branch: str) -> str:
    """A branch that no stage follows gets one, where the app's switch says so."""
    with world.database.write() as session:
        own = [one for one in stages_of(session, app.id) if one.branch == branch and not one.pull_request]
        for stage in own:
            _must_stay(stage.name, removing=stage.removing)
            let_stay(session, stage)
        rule, there = rule_of(settings_of(session, app.id, BRANCH)), len(made_for(session, app, BRANCH))
    if own or branch == app.branch:
        return ""
    wanted = Wanted(f"the branch {branch}", branch)
    no = why_not(rule, wanted, there)
    if no is not None and not waits(rule, wanted, there):
        return no
    mirror = world.mirror(app)
    mirror.sync()
    try:
        found = mirror.commit(mirror.head(branch))
    except (BranchNotFound, InvalidBranchName) as error:
        deleted = isinstance(error, BranchNotFound)
        return "" if deleted else f"{error.sentence} It gets no stage."
    if no is not None:
        return _wait(world, app, BRANCH, branch, found.sha, no)
    if asks_to_be_skipped(found.message) or not _may(world, app, found.sha):
        return ""
    name = name_stage(world, app, branch, found.sha)
    return _make(world, app, Asked(BRANCH, name, branch, kept(world, found)))


def branch_gone(world: World, app: App, branch: str) -> str:
    """Its stage goes too, where the app's switch says so. The mirror knows by now whether it is gone."""
    if branch in world.mirror(app).branches():
        return ""
    with world.database.write() as session:
        if not settings_of(session, app.id, BRANCH).remove:
            return ""
        gone = [stage for stage in made_for(session, app, BRANCH) if stage.branch == branch]
        for stage in gone:
            close(session, stage, f"the branch {branch} was deleted")
    return f"{gone[0].name} will be removed: its branch was deleted." if gone else ""


def pull_request_told(world: World, app: App, number: int) -> str:
    """Make or build its stage, or let it go. What was told last of the pull request is in its row."""
    with world.database.write() as session:
        request = session.scalar(
            sa.select(KnownPullRequest).where(KnownPullRequest.app_id == app.id, KnownPullRequest.number == number)
        )
        if request is None:
            return ""
        row, stage = settings_of(session, app.id, PULL_REQUEST), stage_for_pull_request(session, app, number)
        if request.state == "closed":
            return _closed(session, stage, number) if stage is not None and row.remove else ""
        if stage is not None:
            _must_stay(stage.name, removing=stage.removing)
            let_stay(session, stage)
        there = len(made_for(session, app, PULL_REQUEST))
    if stage is None:
        wanted = Wanted(f"pull request {number}", request.head_branch, request.from_fork)
        no = why_not(rule_of(row), wanted, there)
        if no is not None and waits(rule_of(row), wanted, there):
            return _wait(world, app, PULL_REQUEST, str(number), _whole(world, app, request), no)
        if no is not None:
            return no
    elif not stage.auto_deploy:
        return ""
    return _build_merge(world, app, request)


def _closed(session: Session, stage: Stage, number: int) -> str:
    close(session, stage, f"pull request {number} was closed")
    return f"{stage.name} will be removed: its pull request was closed."


def checks_told(world: World, app: App, commit: str) -> str:
    """The pull requests that waited for these checks."""
    query = sa.select(KnownPullRequest.number).where(
        KnownPullRequest.app_id == app.id,
        is_commit(KnownPullRequest.head_commit, commit),
        KnownPullRequest.state == "open",
    )
    with world.database.read() as session:
        numbers = session.scalars(query).all()
    return " ".join(said for number in numbers if (said := pull_request_told(world, app, number)))


def remove_what_closed(world: World) -> None:
    """A duty of the clock."""
    with world.database.read() as session:
        due = closing(session)
    for stage_id in due:
        with world.database.write() as session:
            remove_closed(session, world.engine, stage_id, now())


def close_what_is_idle(world: World) -> None:
    """A duty of the clock."""
    with world.database.write() as session:
        close_idle(session, now())


def _build_merge(world: World, app: App, request: KnownPullRequest) -> str:
    try:
        made = merge_of(world, app, request)
    except (MergeConflict, BranchNotFound) as error:
        return f"Pull request {request.number} is not built: {error.sentence}"
    if asks_to_be_skipped(made.message) or not _may(world, app, made.head_commit):
        return f"Pull request {request.number} is not built: its checks have not succeeded, or its commit says so."
    asked = Asked(
        PULL_REQUEST, f"pr{request.number}", request.head_branch, made.commit, base=request.base_branch,
        number=request.number, head_commit=made.head_commit, from_fork=request.from_fork,
    )  # fmt: skip
    with world.database.write() as session:
        stage = stage_for_pull_request(session, app, request.number)
        if stage is not None:
            newest = sa.select(Build.commit).where(Build.stage_id == stage.id).order_by(Build.number.desc()).limit(1)
            if session.scalar(newest) == made.commit.sha:
                return ""
            stage.branch = request.head_branch
            build = build_stage(session, world.engine, app, stage, asked)
            return f"Asked for build {build.number} of {stage.name}."
    return _make(world, app, asked)


def _make(world: World, app: App, asked: Asked) -> str:
    """Another may have taken the last room while the repository was read: then it waits for the next."""
    wanted = Wanted(asked.what, asked.branch, asked.from_fork)
    with world.database.write() as session:
        rule = rule_of(settings_of(session, app.id, asked.origin))
        there = len(made_for(session, app, asked.origin))
        if is_made(session, app, asked) or not waits(rule, wanted, there):
            return make_stage(session, world.engine, world.vault, app, asked)
    name, commit = str(asked.number or asked.branch), asked.head_commit or asked.commit.sha
    return _wait(world, app, asked.origin, name, commit, why_not(rule, wanted, there) or "")


def _wait(world: World, app: App, origin: str, name: str, commit: str, no: str) -> str:
    """Made by `stages_that_wait` once a stage has gone."""
    said = f"{no} It is made when one of them goes."
    link = f"{world.settings.url}/apps/{app.slug}/settings#automatic-{origin}"
    with world.database.write() as session:
        wait_for_room(session, app, origin, name, commit, said, link)
    return said


def _whole(world: World, app: App, request: KnownPullRequest) -> str:
    """The head's whole id; as it was told where the repository does not have it."""
    mirror = world.mirror(app)
    mirror.sync()
    try:
        return mirror.commit(request.head_commit).sha
    except CommitNotFound:
        return request.head_commit


def _may(world: World, app: App, commit: str) -> bool:
    with world.database.read() as session:
        return may_deploy(session, app, commit) == "go"


def _must_stay(name: str, *, removing: bool) -> None:
    if removing:
        raise StageGoing(f"{name} is being removed; it is made anew afterwards.")
