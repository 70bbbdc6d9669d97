"""Who follows what forges tell: for each kind of event, verbs that are given it in order.

A follower is told of an event at least once, perhaps late, perhaps again after a crash: it looks at the rows and
the repository, makes them fit, and says in a sentence what it did, or "" when there was nothing to do. A failure
is raised as a SeedError; where the repository could not be read, the event is tried again later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from seed.apps.records import App, Stage
from seed.builds.records import Build
from seed.builds.skip import asks_to_be_skipped
from seed.connections.checks import OURS, keep, may_deploy
from seed.connections.records import KnownPullRequest
from seed.db.base import now
from seed.forges.events import BranchDeleted, CheckMoved, Event, PullRequest, Push
from seed.work.errors import CommitNotThereYet
from seed.work.hearing import automatic_stages, pushes
from seed.work.secrets import masker
from seed.work.world import World

CHECKS = {"go": "", "wait": "The checks of {} are waited for.", "stop": "The checks of {} have failed."}


def push(world: World, app: App, event: Event) -> str:
    """Deploy the stages that follow the branch, at where it is now: an old push, told again, brings nothing back."""
    assert isinstance(event, Push)  # noqa: S101, by the table
    builds = pushes.hear_push(world, app.slug, event.branch, "", trigger="push")
    if builds or not pushes.follows(world, app, event.branch):
        return told(world, builds)
    mirror = world.mirror(app)
    if not mirror.contains(event.commit):
        raise CommitNotThereYet(
            f"{event.branch} was pushed, but its commit {event.commit[:12]} is not in the repository.",
            hint="Was it pushed away meanwhile? The next push is heard as usual.",
        )
    if asks_to_be_skipped(mirror.commit(event.commit).message):
        return f"{event.commit[:12]} asks not to be built."
    return _checks(world, app, event.commit)


def _checks(world: World, app: App, commit: str) -> str:
    with world.database.read() as session:
        return CHECKS[may_deploy(session, app, commit)].format(commit[:12])


def stage_for_branch(world: World, app: App, event: Event) -> str:
    """Before the push is heard by the stages: a new one has its build already then."""
    assert isinstance(event, Push)  # noqa: S101, by the table
    return automatic_stages.branch_pushed(world, app, event.branch)


def branch_deleted(world: World, app: App, event: Event) -> str:
    """Forget it in the mirror, so that nothing is built from it any more."""
    assert isinstance(event, BranchDeleted)  # noqa: S101, by the table
    mirror = world.mirror(app)
    mirror.sync()
    if event.branch in mirror.branches():
        return f"The branch {event.branch} is there again."
    return automatic_stages.branch_gone(world, app, event.branch)


def pull_request(world: World, app: App, event: Event) -> str:
    """Keep what is known of it; an older event than the last one says nothing new."""
    assert isinstance(event, PullRequest)  # noqa: S101, by the table
    masked = masker(world)
    with world.database.write() as session:
        known = session.scalar(
            select(KnownPullRequest).where(KnownPullRequest.app_id == app.id, KnownPullRequest.number == event.number)
        )
        if known and known.at and event.at and event.at < known.at:
            return "Something newer was told of it before."
        row = known or KnownPullRequest(app_id=app.id, number=event.number)
        row.state = _state(known, event)
        row.head_branch, row.base_branch = event.head_branch, event.base_branch
        row.head_commit = event.head_commit or (known.head_commit if known else "")  # not told of a fork that is gone
        row.title, row.author = masked(event.title), event.author
        row.from_fork, row.at = event.from_fork, event.at
        row.heard_at = now()
        session.add(row)
    return automatic_stages.pull_request_told(world, app, event.number)


def _state(known: KnownPullRequest | None, event: PullRequest) -> str:
    """An edit of a closed one opens nothing, unless it says so itself and comes after the close: then it is the word
    of its opening that was lost.
    """
    if event.action != "updated" or known is None or known.state == "open":
        return "closed" if event.action == "closed" else "open"
    return "open" if known.at and event.at and event.at > known.at else "closed"


def check_moved(world: World, app: App, event: Event) -> str:
    """Where the app waits for its checks: deploy the stages whose commit may go now."""
    assert isinstance(event, CheckMoved)  # noqa: S101, by the table
    if event.source.startswith(OURS):
        return ""
    with world.database.write() as session:
        kept = keep(session, app, event)
    if not app.wait_for_checks:
        return ""
    if not kept:
        return "Something newer was told of it before, or too many checks were."
    if event.outcome != "succeeded":
        return _checks(world, app, event.commit)
    said = automatic_stages.checks_told(world, app, event.commit)
    if event.branch:
        said = f"{said} {automatic_stages.branch_pushed(world, app, event.branch)}".strip()
    said = f"{said} {told(world, pushes.hear_push(world, app.slug, '', '', trigger='checks'))}".strip()
    return said or _checks(world, app, event.commit)


def told(world: World, builds: Sequence[Build]) -> str:
    with world.database.read() as session:
        named = [f"build {one.number} of {session.get_one(Stage, one.stage_id).name}" for one in builds]
    return f"Asked for {', '.join(named)}." if named else ""


Follower = Callable[[World, App, Event], str]
FOLLOWERS: dict[type[Event], tuple[Follower, ...]] = {
    Push: (stage_for_branch, push),
    BranchDeleted: (branch_deleted,),
    PullRequest: (pull_request,),
    CheckMoved: (check_moved,),
}
