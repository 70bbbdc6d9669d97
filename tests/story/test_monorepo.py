"""Many services in one repository: only what changed, in phases, whatever happens to the repository meanwhile."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp

from seed.apps.records import App, Service
from seed.builds.records import Build, Step
from seed.git.command import git
from seed.work import intake

BROKEN = "exports: [this is not"


def states(build: Build) -> dict[str, str]:
    return {row.service.name: row.state for row in build.services}


def change(app: TestApp, *files: str, text: str = "// changed\n") -> str:
    for file in files:
        path = app.repository.folder / file
        app.repository.write(file, (path.read_text() if path.exists() else "") + text)
    return app.repository.commit(f"Change {', '.join(files)}")


def test_only_the_service_whose_files_changed_is_deployed_and_the_others_say_why_not(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    first = app.deploy()

    change(app, "users/hello.js")
    build = app.deploy()

    assert states(build) == {"users": "succeeded", "orders": "unchanged"}
    orders, users = app.service(build, "orders"), app.service(build, "users")
    assert orders.reason == f"unchanged since build {first.number}: no file under orders or shared"
    assert orders.reason in app.log(orders)
    assert "To deploy: users/hello.js has changed since build 1" in app.log(users)
    with app.world.database.read() as session:
        assert session.scalars(sa.select(Step.name).where(Step.service_build_id == orders.id)).all() == ["changes"]


def test_a_shared_file_deploys_every_service_and_force_does_too(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    app.deploy()
    change(app, "shared/util.js")

    shared = app.deploy()
    again = app.deploy()
    forced = app.ended(intake.deploy(app.world, app.seed.alice, app.slug, "dev", force=True).id)

    assert "shared by the services" in app.log(app.service(shared, "users"))
    assert {row.reason for row in again.services} == {
        "unchanged since build 2: no file under orders or shared",
        "unchanged since build 2: no file under users or shared",
    }
    assert "To deploy: asked for by force" in app.log(app.service(forced, "users"))


def test_a_service_that_failed_is_tried_again_though_nothing_of_it_changed(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    app.deploy()
    mended = (app.repository.folder / "orders/serverless.yml").read_text()
    app.repository.write("orders/serverless.yml", BROKEN)
    app.repository.commit("Break orders")
    broken = app.deploy()
    app.repository.write("orders/serverless.yml", mended)
    app.repository.commit("As it was")

    build = app.deploy()

    assert states(broken) == {"users": "unchanged", "orders": "failed"}
    assert "To deploy: it did not end well in build 2" in app.log(app.service(build, "orders"))
    assert states(build)["users"] == "unchanged"


def test_what_was_left_out_is_promoted_as_it_runs(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    app.deploy()
    change(app, "users/hello.js")
    assert app.deploy().state == "succeeded"

    done = app.confirm(app.promote())

    assert done.state == "promoted"
    assert app.cloud.stack("orders-prod") is not None
    assert {plan.service.name: plan.source.build.number for plan in done.plans} == {"users": 2, "orders": 1}


def test_a_base_that_is_gone_deploys_instead_of_guessing(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    first = app.deploy()
    with app.world.database.write() as session:
        session.get_one(Build, first.id).commit = "5" * 40

    build = app.deploy()

    assert "the commit of build 1 is no longer in the repository" in app.log(app.service(build, "users"))
    assert states(build) == {"users": "unchanged", "orders": "unchanged"}
    assert all(row.reason == "nothing to change" for row in build.services)


def test_a_service_that_the_commit_does_not_have_is_skipped_and_all_of_them_is_a_failure(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    git(("rm", "-r", "--quiet", "orders"), cwd=app.repository.folder)
    app.repository.commit("No orders")

    build = app.deploy()
    git(("rm", "-r", "--quiet", "users"), cwd=app.repository.folder)
    app.repository.commit("Nothing at all")
    nothing = app.deploy()

    assert (build.state, states(build)) == ("succeeded", {"users": "succeeded", "orders": "skipped"})
    assert (nothing.state, states(nothing)) == ("failed", {"users": "skipped", "orders": "skipped"})
    assert {row.reason for row in nothing.services} == {"not in this commit"}
    assert nothing.reason == "no service of this app is in the commit"


def test_a_branch_that_is_deleted_or_forced_meanwhile_does_not_stop_the_build(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    sha = change(app, "users/hello.js")
    build = intake.deploy(app.world, app.seed.alice, app.slug, "dev")
    git(("checkout", "--quiet", "--orphan", "other"), cwd=app.repository.folder)
    app.repository.commit("Another history")
    git(("branch", "-D", "main"), cwd=app.repository.folder)
    app.world.mirror(_app(app)).sync()

    ended = app.ended(build.id)

    assert (ended.state, ended.commit) == ("succeeded", sha)


def test_a_failed_phase_keeps_the_later_ones_from_beginning(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    _phase(app, "orders", 2)
    app.repository.write("users/serverless.yml", BROKEN)
    app.repository.commit("Break users")

    build = app.deploy()

    assert states(build) == {"users": "failed", "orders": "skipped"}
    assert app.service(build, "orders").reason == "phase 1 failed: users"
    assert app.cloud.stack("orders-dev") is None


def test_a_workspace_deploys_what_depends_on_what_changed(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    app.repository.write("package.json", json.dumps({"private": True, "workspaces": ["users", "orders", "lib"]}))
    app.repository.write("lib/package.json", json.dumps({"name": "lib", "version": "1.0.0"}))
    app.repository.write("users/package.json", json.dumps({"name": "users"}))
    app.repository.write("orders/package.json", json.dumps({"name": "orders", "devDependencies": {"lib": "*"}}))
    app.repository.commit("A workspace")
    with app.world.database.write() as session:
        session.scalars(sa.select(App).where(App.slug == app.slug)).one().check_code_change = "npm"
    assert app.deploy().state == "succeeded"

    change(app, "lib/index.js")
    build = app.deploy()

    assert app.service(build, "users").reason == "unchanged since build 1: neither users nor a package it depends on"
    assert "lib/index.js has changed since build 1; orders depends on lib" in app.log(app.service(build, "orders"))


NX = """#!/usr/bin/env node
const files = process.argv.find(one => one.startsWith("--files=")).slice(8).split(",");
if (files.some(one => one.endsWith("broken.js"))) process.exit(3);
console.log("NX   Something that a plugin prints");
const needs = { users: ["users"], orders: ["orders", "lib"], lib: ["lib"] };
const hit = name => needs[name].some(one => files.some(file => file.startsWith(one + "/")));
console.log(JSON.stringify(Object.keys(needs).filter(hit)));
"""


def test_nx_is_asked_what_is_affected_once_it_is_installed(make_app: MakeApp) -> None:
    """A package in the place of nx: it answers as nx does, by the arguments that Seed gives it."""
    app = make_app("users", "orders")
    app.repository.write("tools/nx/package.json", json.dumps({"name": "nx", "version": "1.0.0", "bin": "nx.js"}))
    app.repository.write("tools/nx/nx.js", NX)
    app.repository.write("package.json", json.dumps({"private": True, "devDependencies": {"nx": "file:tools/nx"}}))
    for name in ("users", "orders", "lib"):
        app.repository.write(f"{name}/project.json", json.dumps({"name": name}))
    app.repository.commit("With nx")
    with app.world.database.write() as session:
        session.scalars(sa.select(App).where(App.slug == app.slug)).one().check_code_change = "nx"
    assert app.deploy().state == "succeeded"

    change(app, "lib/index.js")
    build = app.deploy()
    users, orders = app.service(build, "users"), app.service(build, "orders")
    assert (users.state, users.reason) == ("unchanged", "unchanged since build 1: nx does not call users affected")
    assert "nx calls orders affected by what has changed since build 1" in app.log(orders)

    change(app, "lib/broken.js")
    assert "nx cannot tell what is affected: it ended with 3" in app.log(app.service(app.deploy(), "users"))


@pytest.mark.parametrize("moved_in_git", [True, False])
def test_a_service_that_moved_is_deployed_from_its_new_place(make_app: MakeApp, moved_in_git: bool) -> None:
    app = make_app("users", "orders")
    if not moved_in_git:
        app.repository.write(
            "services/users/serverless.yml", (app.repository.folder / "users/serverless.yml").read_text()
        )
        app.repository.write("services/users/hello.js", (app.repository.folder / "users/hello.js").read_text())
        app.repository.commit("A copy")
    app.deploy()
    if moved_in_git:
        (app.repository.folder / "services").mkdir()
        (app.repository.folder / "users").rename(app.repository.folder / "services/users")
        app.repository.commit("Move users")
    with app.world.database.write() as session:
        _service(session, app, "users").path = "services/users"

    build = app.deploy()

    users = app.service(build, "users")
    assert "it moved from users to services/users" in app.log(users)
    assert (users.state, users.stack_name) == ("unchanged", "users-dev")


def _app(app: TestApp) -> App:
    with app.world.database.read() as session:
        return session.scalars(sa.select(App).where(App.slug == app.slug)).one()


def _service(session: sa.orm.Session, app: TestApp, name: str) -> Service:
    query = sa.select(Service).join(App, App.id == Service.app_id).where(App.slug == app.slug, Service.name == name)
    return session.scalars(query).one()


def _phase(app: TestApp, name: str, phase: int) -> None:
    with app.world.database.write() as session:
        _service(session, app, name).phase = phase
