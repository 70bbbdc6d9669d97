"""Hooks of a removal: around the deletion of a stack, from the commit that runs there, and a way on where one fails."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp
from tests.support.waiting import eventually

from seed.apps.records import App, Stage
from seed.automatic.close import remove_closed
from seed.db.base import now
from seed.removals.records import Removal
from seed.variables.change import set_variable
from seed.work.logs.log import read
from seed.work.removing import removals

SPEC = """
before_remove:
  - echo "before $SEED_STAGE_NAME goes, $SEED_SERVICE_NAME at $SEED_BUILD_SERVICE_SHA"; echo "$TOKEN"
  - echo "export CARRIED=along" >> "$BASH_ENV"
after_remove:
  - echo "after, $CARRIED"
"""


def spec(app: TestApp, text: str) -> str:
    app.repository.write("seed.yml", text)
    return app.repository.commit("Hooks of a removal")


def asked(app: TestApp, *, skip_hooks: bool = False) -> Removal:
    made = removals.ask(app.world, app.seed.alice, app.slug, stage="dev", typed="dev", skip_hooks=skip_hooks)
    return ended(app, made.id)


def ended(app: TestApp, removal_id: int) -> Removal:
    def load() -> Removal:
        with app.world.database.read() as session:
            found = session.get_one(Removal, removal_id)
            _ = found.stacks
            return found

    eventually(lambda: load().state != "removing", f"the end of removal {removal_id}")
    return load()


def log(app: TestApp, removal: Removal) -> list[tuple[str, str]]:
    return [(line.step, line.text) for line in read(app.world.folders.removal_log(removal.stacks[0].id))]


@pytest.mark.parametrize("by", ["a person", "itself"])
def test_they_run_around_the_deletion_with_the_commit_that_runs_there(make_app: MakeApp, by: str) -> None:
    app = make_app()
    running = spec(app, SPEC)
    with app.world.database.write() as session:
        row = session.scalars(sa.select(App).where(App.slug == app.slug)).one()
        set_variable(session, app.world.vault, app.seed.alice, row, "TOKEN", "never-to-be-seen", kind="secret")
    assert app.deploy().state == "succeeded"
    spec(app, "before_remove: [exit 1]\n")  # never deployed

    done = asked(app) if by == "a person" else closed(app)

    said = log(app, done)
    assert done.state == "removed", done.reason
    assert ("before_remove", f"before dev goes, api at {running}") in said
    assert ("before_remove", "***") in said
    assert ("after_remove", "after, along") in said
    steps = [step for step, _ in said]
    assert sorted(steps, key=["before_remove", "delete", "after_remove"].index) == steps
    assert "never-to-be-seen" not in str(said)


def closed(app: TestApp) -> Removal:
    """The branch of a stage that came by itself is gone."""
    with app.world.database.write() as session:
        stage = session.scalars(
            sa.select(Stage).join(App, App.id == Stage.app_id).where(App.slug == app.slug, Stage.name == "dev")
        ).one()
        stage.origin, stage.closing = "branch", "its branch was deleted"
        assert remove_closed(session, app.world.engine, stage.id, now())
        found = session.scalars(sa.select(Removal.id).where(Removal.app == app.slug)).one()
    return ended(app, found)


@pytest.mark.parametrize(("hook", "there"), [("before_remove", True), ("after_remove", False)])
def test_one_that_fails_fails_the_removal_until_somebody_asks_for_it_without_hooks(
    make_app: MakeApp, alice: TestClient, hook: str, there: bool
) -> None:
    app = make_app()
    spec(app, f"{hook}:\n  - echo why; exit 3\n")
    assert app.deploy().state == "succeeded"

    first, again = asked(app), asked(app)

    assert [one.state for one in (first, again)] == ["failed", "failed"]
    assert f"{hook}: `echo why; exit 3` ended with 3." in again.reason
    assert "Remove it again, or without its hooks." in again.reason
    assert (app.cloud.stack("api-dev") is not None) is there
    assert (hook, "why") in log(app, again)
    page = alice.get(f"/removals/{again.id}").text
    assert "why" in page
    assert "without its hooks" in page

    done = asked(app, skip_hooks=True)
    assert (done.state, app.cloud.stack("api-dev")) == ("removed", None)
    assert hook not in {step for step, _ in log(app, done)}


def test_without_hooks_nothing_is_checked_out(make_app: MakeApp) -> None:
    app = make_app()
    assert app.deploy().state == "succeeded"

    done = asked(app)

    assert done.state == "removed"
    assert [text for _, text in log(app, done)] == ["Deleting api-dev", "api-dev is gone"]
