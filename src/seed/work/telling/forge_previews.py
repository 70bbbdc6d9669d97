"""What promoting a pull request's build would change in production: computed once, when its packages are made. They are
ordered here where the pull request came after its build.

Our own comparison of what is deployed with what was packaged. Nothing is made in the account for it. Where nothing was
packaged since nobody allowed it, the preview says so.
"""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, selectinload

from seed.apps.records import DEVELOPMENT, Stage
from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import GOOD, PACKAGE_ENDED
from seed.changesets import as_markdown
from seed.connections.records import BuildPreview, ForgeConnection
from seed.connections.tell import previewed_in
from seed.db.base import now, ring
from seed.errors import SeedError
from seed.work.build import load
from seed.work.packaging.order_downstream import order_downstream
from seed.work.packaging.why_no_package import only_when_asked
from seed.work.secrets import stored_secrets
from seed.work.stacks.compared import compared
from seed.work.world import World

TICK_SECONDS = 3.0
LOOK_BACK_BUILDS = 200
LARGEST = 40_000
Due = tuple[Build, Stage, list[tuple[str, DownstreamPackage]], str]
log = structlog.get_logger(__name__)


def run(world: World) -> None:
    """Until the server stops."""
    while not world.stopping.wait(TICK_SECONDS):
        try:
            make_due(world)
        except Exception:
            log.exception("a preview for a pull request could not be made")


def make_due(world: World) -> int:
    with world.database.read() as session:
        late, due = _due(session)
    for build_id in late:
        order_downstream(world, load(world, build_id), late=True)
    for build, stage, made, why_not in due:
        text = f"_{why_not}_" if why_not else _text(world, stage, made)
        with world.database.write() as session:
            if session.get(Build, build.id) is None or session.get(Stage, stage.id) is None:
                continue
            session.add(BuildPreview(build_id=build.id, stage_id=stage.id, text=text, at=now()))
            ring(session, f"app:{build.app_id}")
    return len(due)


def _due(session: Session) -> tuple[list[int], list[Due]]:
    """Builds that speak to a pull request and whose packages for production are all made, or failed; or why none is
    made. And before them the newest of each stage that no such package was ordered for.
    """
    connected = sa.select(ForgeConnection.app_id).where(ForgeConnection.comments)
    query = (
        sa.select(Build)
        .join(Stage, Stage.id == Build.stage_id)
        .where(Build.app_id.in_(connected), Build.state == "succeeded", Stage.kind == DEVELOPMENT)
        .where(~sa.exists().where(BuildPreview.build_id == Build.id))
        .options(
            selectinload(Build.stage),
            selectinload(Build.services).selectinload(ServiceBuild.downstream),
            selectinload(Build.services).selectinload(ServiceBuild.service),
        )
        .order_by(Build.id.desc())
        .limit(LOOK_BACK_BUILDS)
    )
    late: list[int] = []
    due: list[Due] = []
    seen: set[int] = set()
    for build in session.scalars(query):
        newest = build.stage_id not in seen
        seen.add(build.stage_id)
        found = [(stage, _made(build, stage)) for stage in previewed_in(session, build)]
        if all(made or _why_not(build, stage) for stage, made in found):
            if all(one.state in PACKAGE_ENDED for _, made in found for _, one in made):
                due += [(build, stage, made, "" if made else _why_not(build, stage)) for stage, made in found]
                _ = [stage.account for stage, _ in found]  # loaded while the session is open
        elif newest and any(row.state in GOOD and row.package_digest for row in build.services):
            late.append(build.id)
    return late, due


def _why_not(build: Build, stage: Stage) -> str:
    return build.not_packaged or only_when_asked([stage])


def _made(build: Build, stage: Stage) -> list[tuple[str, DownstreamPackage]]:
    return [(row.service.name, one) for row in build.services for one in row.downstream if one.stage_id == stage.id]


def _text(world: World, stage: Stage, made: list[tuple[str, DownstreamPackage]]) -> str:
    hidden = stored_secrets(world)
    parts = []
    for service, row in made:
        try:
            text = _one(world, stage, row, hidden)
        except SeedError as error:
            text = f"_This could not be computed: {error.sentence}_" if len(made) < 2 else "_Could not be computed._"  # noqa: PLR2004, one
        except Exception:
            log.exception("a preview could not be made", package=row.digest)
            text = "_Could not be computed._"
        parts.append(f"**{service.replace('*', '')}**\n\n{text}" if len(made) > 1 else text)
    found = "\n\n".join(parts)
    return found if len(found) <= LARGEST else found[: found.rindex("\n", 0, LARGEST)] + "\n\n…"


def _one(world: World, stage: Stage, row: DownstreamPackage, hidden: frozenset[str]) -> str:
    if row.state == "failed":
        return f"_The package for {stage.name} could not be made._"
    package = world.store.get_package(row.digest)
    cloud = world.connect(stage.account)
    changes = compared(cloud, package, cloud.stack(package.stack_name), hidden)
    return as_markdown(changes, stage=stage.name)
