"""nx itself, installed from the registry by a build, tells what is affected: it follows what one file requires."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp

from seed.apps.records import App

VERSION = "21.6.10"


@pytest.mark.campaign
def test_a_library_is_deployed_with_those_that_require_it_and_nobody_else(make_app: MakeApp) -> None:
    app = make_app("users", "orders")
    app.patience = 300
    app.repository.write("nx.json", "{}")
    app.repository.write(
        "package.json",
        json.dumps({
            "name": "all", "private": True, "workspaces": ["users", "orders", "lib"], "devDependencies": {"nx": VERSION}
        }),
    )  # fmt: skip
    for name in ("users", "orders", "lib"):
        needs = {"lib": "*"} if name == "orders" else {}
        app.repository.write(
            f"{name}/package.json", json.dumps({"name": name, "version": "1.0.0", "dependencies": needs})
        )
    app.repository.write("lib/index.js", "exports.word = 'one';\n")
    app.repository.commit("With nx")
    with app.world.database.write() as session:
        session.scalars(sa.select(App).where(App.slug == app.slug)).one().check_code_change = "nx"
    first = app.deploy()
    assert first.state == "succeeded", app.log(app.service(first, "users"))

    app.repository.write("lib/index.js", "exports.word = 'two';\n")
    app.repository.commit("Another word")
    build = app.deploy()

    users, orders = app.service(build, "users"), app.service(build, "orders")
    assert users.reason == "unchanged since build 1: nx does not call users affected", app.log(users)
    assert "nx calls orders affected by what has changed since build 1" in app.log(orders)
