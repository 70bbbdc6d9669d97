"""What people and pushes ask for, where it takes a look outside before the rows change.

Each function reads what it needs (Git, AWS) first and then does its change in one short transaction, by
the verb of that name.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.accounts import remember_check
from seed.apps.add import NewApp, webhook_place
from seed.apps.add import add_app as add_app_rows
from seed.apps.edit_stage import set_source
from seed.apps.find import account_of, app_of, services_of, stage_of, stages_of
from seed.apps.records import Account, App, Delivery, Stage
from seed.aws.check import check_account as check_cloud
from seed.builds.deploy import Commit
from seed.builds.deploy import deploy as deploy_rows
from seed.builds.find import build_of
from seed.builds.records import Build
from seed.connections.checks import may_deploy
from seed.errors import Invalid, NotFound, SeedError
from seed.frameworks.serverless import discover
from seed.git import BranchNotFound, Mirror, check_branch, normalise_url, verify
from seed.people.actor import SEED, Actor
from seed.promotions.confirm import confirm as confirm_rows
from seed.promotions.confirm import source_moved
from seed.promotions.find import promotion_of
from seed.promotions.load import load_promotion
from seed.promotions.promote import promote as promote_rows
from seed.promotions.promote import roll_back as roll_back_rows
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.stale import make_stale
from seed.work.errors import PlannedAgain, WrongSignature
from seed.work.plan_stack import ground_moved
from seed.work.world import World

NO_COMMIT = "0" * 40
SKIP = ("[skip ci]", "[ci skip]")


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What checking an account found. `missing` are things AWS did not let us do."""

    account: str
    arn: str
    region: str
    missing: tuple[str, ...]
    problem: str


def add_app(
    world: World,
    actor: Actor,
    repository: str,
    *,
    name: str = "",
    branch: str = "",
    account: str = "",
    production_account: str = "",
    poll_seconds: int = 0,
) -> App:
    """Read the repository, find its services, make app and stages; accounts by name ("" is the first)."""
    actor.must("admin")
    new = _read_repository(world, repository, name, branch, poll_seconds)
    with world.database.read() as session:
        dev = _account(session, actor, account)
        prod = _account(session, actor, production_account or account)
    for one in {dev.name, prod.name}:
        check_account(world, actor, one)
    with world.database.write() as session:
        app = add_app_rows(session, actor, new, dev=dev, prod=prod, vault=world.vault)
    with world.database.read() as session:
        found = session.get_one(App, app.id)
        _ = (found.services, found.stages)  # loaded while the session is open
        return found


def deploy(
    world: World,
    actor: Actor,
    slug: str,
    stage: str,
    *,
    commit: str = "",
    services: list[str] | None = None,
    trigger: str = "manual",
    force: bool = False,
) -> Build:
    """`commit` is a sha, branch or tag; "" is the head of the stage's branch. `force`: also what is unchanged."""
    actor.must("deploy")
    with world.database.read() as session:
        target = stage_of(session, actor, slug, stage)
        app, branch = target.app, target.branch
    mirror = world.mirror(app)
    mirror.sync()
    found = mirror.commit(commit) if commit else mirror.commit(mirror.head(branch or app.branch))
    what = Commit(found.sha, found.subject, found.author, found.at)
    with world.database.write() as session:
        target = stage_of(session, actor, slug, stage)
        chosen = services_of(session, target.app_id, services)
        return deploy_rows(
            session, world.engine, actor, target, what, chosen, trigger=trigger, branch=branch, force=force
        )


def update_source(world: World, actor: Actor, slug: str, stage: str, branch: str) -> Build:
    """A development stage follows another branch, built at once. One that is not there changes nothing."""
    check_branch(branch)
    with world.database.read() as session:
        app = stage_of(session, actor, slug, stage).app
    mirror = world.mirror(app)
    mirror.sync()
    mirror.head(branch)
    with world.database.write() as session:
        set_source(session, actor, stage_of(session, actor, slug, stage), branch)
    return deploy(world, actor, slug, stage, trigger="source")


def hear_push(world: World, slug: str, branch: str, commit: str, *, trigger: str) -> list[Build]:
    """A branch is now at `commit`: deploy the stages that follow it. "" asks the repository."""
    with world.database.read() as session:
        app = app_of(session, SEED, slug)
        stages = [stage for stage in stages_of(session, app.id) if stage.auto_deploy and stage.branch]
    following = [stage for stage in stages if not branch or stage.branch == branch]
    if not following or commit == NO_COMMIT:
        return []
    mirror = world.mirror(app)
    mirror.sync()
    builds = []
    for stage in following:
        try:
            head = commit if commit and mirror.contains(commit) else mirror.head(stage.branch)
        except BranchNotFound:
            if branch:
                raise
            continue  # nobody pushed to it: the stages of other branches are heard all the same
        found = mirror.commit(head)
        if any(mark in found.message for mark in SKIP) or _built(world, stage, head):
            continue
        with world.database.read() as session:
            if may_deploy(session, app, head) != "go":
                continue  # what its checks say is heard when they are done
        builds.append(deploy(world, SEED, slug, stage.name, commit=head, trigger=trigger))
    return builds


def follows(world: World, app: App, branch: str) -> bool:
    """Whether a push to the branch deploys a stage."""
    wanted = sa.select(Stage.id).where(Stage.app_id == app.id, Stage.auto_deploy, Stage.branch == branch).limit(1)
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
    ref, after = _push_of(body)
    if delivery:
        with world.database.write() as session:
            heard = session.scalar(
                sa.select(Delivery.id).where(Delivery.app_id == app.id, Delivery.delivery == delivery)
            )
            if heard:
                return []
            session.add(Delivery(app_id=app.id, delivery=delivery[:200]))
    if not ref.startswith("refs/heads/"):
        return []
    return hear_push(world, slug, check_branch(ref.removeprefix("refs/heads/")), after, trigger="push")


def webhook_secret(world: World, actor: Actor, slug: str) -> str:
    """For setting up a sender; needs the scope admin."""
    actor.must("admin")
    with world.database.read() as session:
        app = app_of(session, actor, slug)
    return world.vault.open(app.sealed_webhook_secret, webhook_place(slug))


def promote(
    world: World, actor: Actor, slug: str, source: str, *, to: str = "", services: list[str] | None = None
) -> Promotion:
    with world.database.write() as session:
        stage = stage_of(session, actor, slug, source)
        target = stage_of(session, actor, slug, to) if to else None
        chosen = services_of(session, stage.app_id, services)
        made = promote_rows(session, world.engine, actor, stage, chosen, to=target)
    return _loaded(world, made.id)


def roll_back(
    world: World, actor: Actor, slug: str, stage: str, number: int, *, services: list[str] | None = None
) -> Promotion:
    with world.database.write() as session:
        target = stage_of(session, actor, slug, stage)
        build = build_of(session, actor, slug, stage, number)
        chosen = services_of(session, target.app_id, services)
        made = roll_back_rows(session, world.engine, actor, target, build, chosen)
    return _loaded(world, made.id)


def confirm(world: World, actor: Actor, promotion_id: int, digest: str) -> Build:
    """Look at AWS once more, then confirm. Where something moved: refused, and planned again."""
    actor.must("deploy")
    with world.database.read() as session:
        promotion_of(session, actor, promotion_id)
        promotion = load_promotion(session, promotion_id)
        moved = source_moved(session, promotion)
    if promotion.state == "review" and promotion.digest == digest:
        reason = moved or ground_moved(world.connect(promotion.target_stage.account), promotion)
        if reason:
            again = _plan_again(world, actor, promotion, reason)
            raise PlannedAgain(
                f"{reason} Nothing was deployed; the change is planned again as promotion {again.id}.",
                hint=f"Review that one: seed promotion show {again.id}",
            )
    with world.database.write() as session:
        return confirm_rows(session, world.engine, actor, promotion, digest)


def check_account(world: World, actor: Actor, name: str) -> AccountAnswer:
    """Call STS and say what is missing; remembered with the account."""
    actor.must("admin")
    with world.database.read() as session:
        account = account_of(session, actor, name)
    try:
        checked = check_cloud(world.connect(account))
        problem, identity = "", checked.identity
        missing = checked.missing
    except SeedError as error:
        problem, identity, missing = str(error), None, ()
    with world.database.write() as session:
        remember_check(session, account, identity, problem)
    if identity is None:
        return AccountAnswer("", "", account.region, (), problem)
    return AccountAnswer(identity.account, identity.arn, identity.region, missing, problem)


def _read_repository(world: World, repository: str, name: str, branch: str, poll_seconds: int) -> NewApp:
    url = normalise_url(repository)
    with tempfile.TemporaryDirectory(dir=_made(world.folders.work)) as scratch:
        mirror = Mirror(Path(scratch) / "repository.git", url)
        mirror.sync()
        branch = check_branch(branch) if branch else mirror.default_branch()
        tree = Path(scratch) / "tree"
        mirror.checkout(mirror.head(branch), tree)
        return NewApp(url, branch, discover(tree), name, poll_seconds)


def _account(session: Session, actor: Actor, name: str) -> Account:
    if name:
        return account_of(session, actor, name)
    first = session.scalar(sa.select(Account).order_by(Account.id).limit(1))
    if first is None:
        raise NotFound("There is no account yet.", hint="Add one first: seed account add")
    return first


def _built(world: World, stage: Stage, commit: str) -> bool:
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


def _plan_again(world: World, actor: Actor, promotion: Promotion, reason: str) -> Promotion:
    """The old one ends as stale; a new one is planned from what runs in the source stage now."""
    with world.database.write() as session:
        old = session.get_one(Promotion, promotion.id)
        make_stale(session, world.engine, old, reason)
        target = session.get_one(Stage, old.target_stage_id)
        services = services_of(session, old.app_id, None)
        wanted = set(session.scalars(sa.select(ServicePlan.service_id).where(ServicePlan.promotion_id == old.id)))
        chosen = [service for service in services if service.id in wanted]
        if old.kind == "rollback":
            made = roll_back_rows(session, world.engine, actor, target, old.source_build, chosen)
        else:
            source = session.get_one(Stage, old.source_build.stage_id)
            made = promote_rows(session, world.engine, actor, source, chosen, to=target)
        made.replaces_id = old.id
        return made


def _loaded(world: World, promotion_id: int) -> Promotion:
    with world.database.read() as session:
        return load_promotion(session, promotion_id)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
