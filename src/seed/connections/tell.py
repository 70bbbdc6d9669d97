"""Put into the outbox what a forge is to be told, computed from the rows: nothing is lost where nothing is queued.

Every build that moved since the last look is rendered; what differs from what the outbox holds replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from seed.apps.find import stages_of
from seed.apps.records import DEVELOPMENT, PRODUCTION, App, Stage
from seed.builds.records import Build, ServiceBuild
from seed.builds.states import ENDED
from seed.connections.records import BuildPreview, ForgeConnection, ForgeMessage, KnownPullRequest
from seed.db.base import now
from seed.forges.messages import Message, kind_of, to_json
from seed.forges.render import ToldBuild, ToldService, comment_of, context_of, deployment_of, mark_of, status_of

OVERLAP = timedelta(minutes=1)
REMEMBER = timedelta(minutes=5)
SLOWLY = timedelta(seconds=10)
"""Progress is told at most so often; an end is told at once."""
PULL_REQUEST_STAGE = re.compile(r"pr([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Told:
    """A message for one target, from one build."""

    target: str
    build_id: int
    final: bool
    message: Message


def moved(session: Session, connection: ForgeConnection) -> list[Build]:
    """The builds whose state may not have been told: those not ended, and those that something happened to lately."""
    since = connection.told_until - OVERLAP
    previews = sa.select(BuildPreview.build_id).where(BuildPreview.at >= since)
    requests = sa.select(KnownPullRequest.head_branch).where(
        KnownPullRequest.app_id == connection.app_id,
        KnownPullRequest.heard_at >= since,
        KnownPullRequest.from_fork.is_(False),
    )
    recent = sa.or_(
        Build.ended_at.is_(None),
        Build.ended_at >= since,
        Build.id.in_(previews),
        sa.and_(Build.branch.in_(requests), Build.created_at >= since - timedelta(days=1)),
    )
    query = (
        sa.select(Build)
        .join(Stage, Stage.id == Build.stage_id)
        .where(Build.app_id == connection.app_id, Build.created_at >= connection.created_at, recent)
        .where(Stage.removed_at.is_(None))
        .options(selectinload(Build.stage), selectinload(Build.services).selectinload(ServiceBuild.service))
        .order_by(Build.id)
    )
    return list(session.scalars(query))


def render(
    session: Session, connection: ForgeConnection, app: App, builds: Sequence[Build], *,
    link: Callable[[Build], str], secret: str, masked: Callable[[str], str],
) -> list[Told]:  # fmt: skip
    """Of each target the newest build speaks. `masked` keeps secrets out of what is said."""
    found: dict[str, Told] = {}
    for build in builds:
        told = told_build(build, link(build), masked)
        for one in _of(session, connection, app, build, told, secret):
            found[one.target] = one
    return list(found.values())


def differs(session: Session, app_id: int, told: Iterable[Told]) -> list[Told]:
    """What the outbox does not hold yet. An older build does not speak over a newer one."""
    wanted = list(told)
    query = sa.select(ForgeMessage).where(
        ForgeMessage.app_id == app_id, ForgeMessage.target.in_([one.target for one in wanted])
    )
    rows = {row.target: row for row in session.scalars(query)}
    return [
        one
        for one in wanted
        if (row := rows.get(one.target)) is None or (row.build_id <= one.build_id and row.body != to_json(one.message))
    ]


def still_speaks(session: Session, one: Told) -> bool:
    """A stage that was removed since the rows were read has said its last word."""
    build = session.get(Build, one.build_id)
    return build is not None and session.get_one(Stage, build.stage_id).removed_at is None


def put(session: Session, app_id: int, one: Told, at: datetime | None = None) -> None:
    """Newest state wins; what waits because the forge is away goes on waiting, with what is new."""
    at = at or now()
    row = session.scalar(
        sa.select(ForgeMessage).where(ForgeMessage.app_id == app_id, ForgeMessage.target == one.target)
    )
    if row is None:
        row = ForgeMessage(app_id=app_id, target=one.target, version=0, state="new", due_at=at, attempts=0)
        session.add(row)
    row.kind, row.body, row.build_id, row.changed_at = kind_of(one.message), to_json(one.message), one.build_id, at
    row.version += 1
    if row.state != "waiting" or (one.final and not row.attempts):
        row.due_at = at if one.final or row.sent_at is None else max(at, row.sent_at + SLOWLY)
    row.state, row.problem = "waiting", row.problem if row.state == "waiting" else ""


def behind_an_older_deployment(at: datetime) -> sa.Exists:
    """One of the same stage that is not made yet and waits for its time: the forge takes the deployment that was made
    last for what runs there.
    """
    older, its_build, build = aliased(ForgeMessage), aliased(Build), aliased(Build)
    same_stage = sa.and_(its_build.id == older.build_id, its_build.stage_id == build.stage_id)
    return sa.exists().where(
        ForgeMessage.kind == "deployment",
        build.id == ForgeMessage.build_id,
        older.kind == "deployment",
        older.state == "waiting",
        older.remote_id == "",
        older.due_at > at,
        older.app_id == ForgeMessage.app_id,
        older.build_id < ForgeMessage.build_id,
        same_stage,
    )


def told_build(build: Build, link: str, masked: Callable[[str], str]) -> ToldBuild:
    return ToldBuild(
        id=build.id,
        number=build.number,
        state=build.state,
        reason=build.reason,
        commit=build.head_commit or build.commit,
        stage=build.stage.name,
        production=build.stage.kind == PRODUCTION,
        pull_request=pull_request_of(build.stage),
        link=link,
        services=tuple(
            ToldService(
                name=row.service.name,
                state=row.state,
                reason=masked(row.reason) if row.state != "succeeded" else "",
                outputs={name: masked(str(value)) for name, value in (row.outputs or {}).items()},
            )
            for row in build.services
        ),
    )


def pull_request_of(stage: Stage) -> int:
    """Its own; stages that somebody made for one are named by its number."""
    if stage.pull_request:
        return stage.pull_request
    found = PULL_REQUEST_STAGE.fullmatch(stage.name) if stage.kind == DEVELOPMENT else None
    return int(found[1]) if found else 0


def requests_of(session: Session, build: Build) -> list[KnownPullRequest]:
    """The open pull requests that a build of a development stage speaks to."""
    if build.stage.kind != DEVELOPMENT:
        return []
    number = pull_request_of(build.stage)
    query = sa.select(KnownPullRequest).where(KnownPullRequest.app_id == build.app_id, KnownPullRequest.state == "open")
    if number:
        return list(session.scalars(query.where(KnownPullRequest.number == number)))
    # Somebody else's branch of the same name is not ours.
    ours = query.where(KnownPullRequest.head_branch == build.branch, KnownPullRequest.from_fork.is_(False))
    return list(session.scalars(ours)) if build.branch else []


def previewed_in(session: Session, build: Build) -> list[Stage]:
    """The stages of which a comment tells what promoting the build would change there: production, staging or not."""
    connected = sa.select(ForgeConnection.id).where(ForgeConnection.app_id == build.app_id, ForgeConnection.comments)
    if session.scalar(connected) is None or not requests_of(session, build):
        return []
    return [stage for stage in stages_of(session, build.app_id) if stage.kind == PRODUCTION]


def _of(
    session: Session, connection: ForgeConnection, app: App, build: Build, told: ToldBuild, secret: str
) -> Iterable[Told]:
    final = build.state in ENDED
    if connection.statuses:
        yield Told(f"status {told.commit} {context_of(told)}", build.id, final, status_of(told))
    if connection.deployments and connection.forge == "github" and build.state != "skipped":
        yield Told(f"deployment {build.id}", build.id, final, deployment_of(told, f"{app.slug}/{build.id}"))
    if connection.comments and build.state != "skipped":
        for request in requests_of(session, build):
            mark = mark_of(secret, app.slug, request.number)
            comment = comment_of(request.number, mark, told, _previews(session, build))
            yield Told(f"comment {request.number}", build.id, final, comment)


def _previews(session: Session, build: Build) -> list[tuple[str, str]]:
    query = (
        sa.select(Stage.name, BuildPreview.text)
        .join(Stage, Stage.id == BuildPreview.stage_id)
        .where(BuildPreview.build_id == build.id)
        .order_by(Stage.position)
    )
    return [(row.name, row.text) for row in session.execute(query)]
