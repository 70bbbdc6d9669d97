"""What people ask for, where it takes a look outside before the rows change.

Each function reads what it needs (Git, AWS) first and then does its change in one short transaction, by
the verb of that name.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from seed.apps.accounts import remember_check
from seed.apps.add import NewApp
from seed.apps.add import add_app as add_app_rows
from seed.apps.edit_app import set_repository
from seed.apps.edit_stage import set_source
from seed.apps.find import account_of, app_of, services_of, stage_of
from seed.apps.records import Account, App, Stage
from seed.automatic.close import used
from seed.aws.check import check_account as check_cloud
from seed.builds.deploy import Commit
from seed.builds.deploy import deploy as deploy_rows
from seed.builds.find import build_of, running_services
from seed.builds.records import Build
from seed.connections.records import KnownPullRequest
from seed.errors import NotFound, SeedError
from seed.frameworks.serverless import discover
from seed.git import Mirror, check_branch, normalise_url
from seed.people.actor import Actor
from seed.promotions.confirm import confirm as confirm_rows
from seed.promotions.confirm import source_moved
from seed.promotions.find import promotion_of
from seed.promotions.load import load_promotion
from seed.promotions.out_of_date import out_of_date
from seed.promotions.promote import promote as promote_rows
from seed.promotions.promote import roll_back as roll_back_rows
from seed.promotions.records import Promotion, ServicePlan
from seed.promotions.stale import make_stale
from seed.work.errors import PlannedAgain
from seed.work.source.commits import kept
from seed.work.source.pull_request_commit import merge_of
from seed.work.source.strangers import must_be_ours
from seed.work.stacks.baseline import ground_moved
from seed.work.world import World


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


def change_repository(world: World, actor: Actor, slug: str, repository: str) -> None:
    """Another address or login for the same app. One that cannot be read changes nothing."""
    actor.must("admin")
    with world.database.read() as session:
        app = app_of(session, actor, slug)
    address = normalise_url(repository)
    Mirror(world.folders.mirror(app.id), address).default_branch()
    with world.database.write() as session:
        set_repository(session, actor, app_of(session, actor, slug), address, world.vault)


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
        number = target.pull_request
    what, head = _what(world, app, branch, commit, 0 if commit else number)
    with world.database.write() as session:
        target = stage_of(session, actor, slug, stage)
        chosen = services_of(session, target.app_id, services)
        build = deploy_rows(
            session, world.engine, actor, target, what, chosen, trigger=trigger, branch=branch, force=force
        )
        build.head_commit = head
        used(session, actor, session.get_one(Stage, target.id))
        return build


def _what(world: World, app: App, branch: str, commit: str, pull_request: int) -> tuple[Commit, str]:
    """The commit to build; of a pull request its merge, and the commit that the forge knows."""
    if pull_request:
        with world.database.read() as session:
            request = session.scalars(
                sa.select(KnownPullRequest).where(
                    KnownPullRequest.app_id == app.id, KnownPullRequest.number == pull_request
                )
            ).one()
        made = merge_of(world, app, request)
        return made.commit, made.head_commit
    mirror = world.mirror(app)
    mirror.sync()
    found = mirror.commit(commit) if commit else mirror.commit(mirror.head(branch or app.branch))
    return kept(world, found), ""


def update_source(world: World, actor: Actor, slug: str, stage: str, branch: str) -> Build:
    """A development stage follows another branch, built at once: both, or neither. One that is not there changes
    nothing.
    """
    check_branch(branch)
    with world.database.read() as session:
        app = stage_of(session, actor, slug, stage).app
    what, _ = _what(world, app, branch, "", 0)
    with world.database.write() as session:
        target = stage_of(session, actor, slug, stage)
        set_source(session, actor, target, branch)
        chosen = services_of(session, target.app_id, None)
        return deploy_rows(session, world.engine, actor, target, what, chosen, trigger="source", branch=branch)


def promote(
    world: World, actor: Actor, slug: str, source: str, *, to: str = "", services: list[str] | None = None
) -> Promotion:
    with world.database.read() as session:
        stage = stage_of(session, actor, slug, source)
        wanted = {service.id for service in services_of(session, stage.app_id, services)}
        builds = {row.build for row in running_services(session, stage.id).values() if row.service_id in wanted}
    actor.must("deploy")
    must_be_ours(world, builds)
    with world.database.write() as session:
        stage = stage_of(session, actor, slug, source)
        target = stage_of(session, actor, slug, to) if to else None
        chosen = services_of(session, stage.app_id, services)
        made = promote_rows(session, world.engine, actor, stage, chosen, to=target, named=bool(services))
    return _loaded(world, made.id)


def roll_back(
    world: World, actor: Actor, slug: str, stage: str, number: int, *, services: list[str] | None = None
) -> Promotion:
    with world.database.write() as session:
        target = stage_of(session, actor, slug, stage)
        build = build_of(session, actor, slug, stage, number)
        chosen = services_of(session, target.app_id, services)
        made = roll_back_rows(session, world.engine, actor, target, build, chosen, named=bool(services))
    return _loaded(world, made.id)


def confirm(world: World, actor: Actor, promotion_id: int, digest: str) -> Build:
    """Look at AWS once more, then confirm. Where something moved: refused, and planned again."""
    actor.must("deploy")
    with world.database.read() as session:
        promotion_of(session, actor, promotion_id)
        promotion = load_promotion(session, promotion_id)
        moved = source_moved(session, promotion) or out_of_date(session, promotion)
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
