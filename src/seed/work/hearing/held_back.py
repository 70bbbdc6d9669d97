"""What a stage would deploy by itself, did its commit's checks not hold it back."""

from __future__ import annotations

from dataclasses import dataclass

from seed.apps.find import stages_of
from seed.apps.records import App, Stage
from seed.builds.skip import asks_to_be_skipped
from seed.changesets.words import listed
from seed.connections.checks import holding, may_deploy
from seed.errors import SeedError
from seed.git import Commit
from seed.work.hearing.pushes import newest_is
from seed.work.world import World


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The head of the stage's branch, as the mirror knows it."""

    stage: str
    commit: Commit
    failed: bool
    """False: its checks are waited for."""
    checks: dict[str, str]
    """Those that hold it: pending, failed, or missing where a named one was not told of."""

    @property
    def why(self) -> str:
        names = listed([name for name, outcome in self.checks.items() if outcome == "failed" or not self.failed])
        return f"its checks {'have failed' if self.failed else 'are waited for'}{f': {names}' if names else ''}"


def held_back(world: World, app: App) -> list[HeldBack]:
    """Of each stage that pushes deploy. Nothing is fetched for it."""
    with world.database.read() as session:
        stages = stages_of(session, app.id)
    return [found for stage in stages if (found := held_back_in(world, app, stage))]


def held_back_in(world: World, app: App, stage: Stage) -> HeldBack | None:
    if not (app.wait_for_checks and stage.auto_deploy and stage.branch) or stage.pull_request:
        return None
    mirror = world.mirror(app)
    try:
        head = mirror.commit(mirror.head(stage.branch))
    except SeedError:
        return None  # nothing of it was fetched yet, or the branch is gone
    if asks_to_be_skipped(head.message) or newest_is(world, stage, head.sha):
        return None
    with world.database.read() as session:
        said, checks = may_deploy(session, app, head.sha), holding(session, app, head.sha)
    return None if said == "go" else HeldBack(stage.name, head, said == "stop", checks)
