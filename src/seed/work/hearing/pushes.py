"""A repository has moved: by a webhook, a poll, or because checks are done."""

from __future__ import annotations

import json

import sqlalchemy as sa

from seed.apps.add import webhook_place
from seed.apps.find import app_of, stages_of
from seed.apps.records import App, Delivery, Stage
from seed.builds.records import Build
from seed.builds.skip import asks_to_be_skipped
from seed.connections.checks import may_deploy
from seed.errors import Invalid
from seed.git import BranchNotFound, check_branch, verify
from seed.people.actor import SEED, Actor
from seed.work.errors import WrongSignature
from seed.work.hearing import automatic_stages
from seed.work.intake import deploy
from seed.work.world import World

NO_COMMIT = "0" * 40
BRANCHES = "refs/heads/"
LONGEST_DELIVERY = 200


def hear_push(world: World, slug: str, branch: str, commit: str, *, trigger: str) -> list[Build]:
    """A branch is now at `commit`: deploy the stages that follow it. "" asks the repository, and so does a commit that
    is not on the branch: whoever tells of it says no more than that something moved.
    """
    with world.database.read() as session:
        app = app_of(session, SEED, slug)
        stages = [stage for stage in stages_of(session, app.id) if stage.auto_deploy and stage.branch]
    # What a pull request's stage builds is told by its forge.
    following = [stage for stage in stages if stage.branch == (branch or stage.branch) and not stage.pull_request]
    if not following or commit == NO_COMMIT:
        return []
    mirror = world.mirror(app)
    mirror.sync()
    builds = []
    for stage in following:
        try:
            head = commit if commit and mirror.holds(stage.branch, commit) else mirror.head(stage.branch)
        except BranchNotFound:
            if branch:
                raise
            continue  # nobody pushed to it: the stages of other branches are heard all the same
        found = mirror.commit(head)
        if asks_to_be_skipped(found.message) or newest_is(world, stage, head):
            continue
        with world.database.read() as session:
            if may_deploy(session, app, head) != "go":
                continue  # what its checks say is heard when they are done
        builds.append(deploy(world, SEED, slug, stage.name, commit=head, trigger=trigger))
    return builds


def follows(world: World, app: App, branch: str) -> bool:
    """Whether a push to the branch deploys a stage."""
    here = sa.and_(Stage.app_id == app.id, Stage.auto_deploy, Stage.branch == branch, Stage.pull_request == 0)
    wanted = sa.select(Stage.id).where(here).limit(1)
    with world.database.read() as session:
        return session.scalar(wanted) is not None


def hear_webhook(world: World, slug: str, body: bytes, signature: str, delivery: str) -> list[Build]:
    """The generic signed webhook. Raises WrongSignature; a delivery heard before is not heard again."""
    with world.database.read() as session:
        app = session.scalar(sa.select(App).where(App.slug == slug))
    # An unknown app answers as a wrong signature does, so that names cannot be tried out.
    secret = world.vault.open(app.sealed_webhook_secret, webhook_place(slug)) if app else ""
    if app is None or not verify(secret, body, signature):
        raise WrongSignature("The signature does not fit.", hint="Sign the raw body with this app's webhook secret.")
    (ref, after), delivery = _push_of(body), delivery[:LONGEST_DELIVERY]
    if not delivery:
        return _hear(world, app, ref, after)
    with world.making(f"delivery {app.id} {delivery}"):
        return _hear_once(world, app, ref, after, delivery)


def _hear_once(world: World, app: App, ref: str, after: str, delivery: str) -> list[Build]:
    """It has been heard when all that it brings is there: a sender who tries again, having been told of an error or
    having met a server that died, is heard.
    """
    heard = sa.select(Delivery.id).where(Delivery.app_id == app.id, Delivery.delivery == delivery)
    with world.database.read() as session:
        if session.scalar(heard) is not None:
            return []
    builds = _hear(world, app, ref, after)
    with world.database.write() as session:
        session.add(Delivery(app_id=app.id, delivery=delivery))
    return builds


def webhook_secret(world: World, actor: Actor, slug: str) -> str:
    """For setting up a sender; needs the scope admin."""
    actor.must("admin")
    with world.database.read() as session:
        app = app_of(session, actor, slug)
    return world.vault.open(app.sealed_webhook_secret, webhook_place(slug))


def _hear(world: World, app: App, ref: str, commit: str) -> list[Build]:
    """The builds that it brings, the first build of a stage that comes with the branch among them."""
    if not ref.startswith(BRANCHES):
        return []
    branch = check_branch(ref.removeprefix(BRANCHES))
    if commit == NO_COMMIT:
        world.mirror(app).sync()
        automatic_stages.branch_gone(world, app, branch)
        return []
    with world.database.read() as session:
        before = {stage.id for stage in stages_of(session, app.id)}
    automatic_stages.branch_pushed(world, app, branch)
    with world.database.read() as session:
        new = [stage.id for stage in stages_of(session, app.id) if stage.id not in before and stage.branch == branch]
        made = list(session.scalars(sa.select(Build).where(Build.stage_id.in_(new))))
    return made + hear_push(world, app.slug, branch, commit, trigger="push")


def newest_is(world: World, stage: Stage, commit: str) -> bool:
    """Whether the newest build of the stage is of this commit already: a poll after a webhook, say."""
    with world.database.read() as session:
        newest = session.scalar(
            sa.select(Build.commit).where(Build.stage_id == stage.id).order_by(Build.number.desc()).limit(1)
        )
    return newest == commit


def _push_of(body: bytes) -> tuple[str, str]:
    try:
        push = json.loads(body)
        ref, after = push["ref"], push.get("after") or ""
    except (ValueError, KeyError, TypeError, AttributeError):
        ref = after = None
    if not isinstance(ref, str) or not isinstance(after, str):
        raise Invalid("The webhook's body is not a push.", hint='{"ref": "refs/heads/main", "after": "<sha>"}')
    return ref, after
