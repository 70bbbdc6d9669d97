"""Branches and pull requests that come and go, and the stages that go with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from tests.forges.hearing import Github, heard
from tests.support.rows import DIGEST
from tests.support.seeded import Seeded

from seed.apps.find import app_of, stages_of
from seed.apps.records import BRANCH, App, Stage
from seed.automatic.change import Change, change_automatic
from seed.automatic.wait import waiting
from seed.builds.records import Build, ServiceBuild
from seed.db.base import now
from seed.git.command import git
from seed.people.actor import Actor
from seed.removals.forget import forget
from seed.removals.records import Removal
from seed.work.hearing.automatic_stages import close_what_is_idle
from seed.work.hearing.forge_events import work_due
from seed.work.intake import deploy

ALICE = Actor(1, "Alice", "admin")


def switch(shop: Seeded, origin: str, **more: Any) -> None:
    change = Change(**{"on": True, **more})
    shop.write(lambda session: change_automatic(session, ALICE, app_of(session, ALICE, "shop"), origin, change))


def made(shop: Seeded) -> list[Stage]:
    with shop.world.database.read() as session:
        return [stage for stage in stages_of(session, session.scalars(sa.select(App)).one().id) if stage.origin]


def names(shop: Seeded) -> list[str]:
    return [stage.name for stage in made(shop)]


def branch(shop: Seeded, name: str, text: str = "new\n", path: str = "new.txt") -> str:
    """A commit more on the branch; the first begins at main."""
    there = git(("branch", "--list", name), cwd=shop.repository.folder)
    git(("checkout", "--quiet", *(() if there else ("-b",)), name), cwd=shop.repository.folder)
    shop.repository.write(path, text)
    commit = shop.repository.commit(f"On {name}: {text.strip()}", allow_empty=True)
    git(("checkout", "--quiet", "main"), cwd=shop.repository.folder)
    return commit


def pushed(shop: Seeded, github: Github, name: str, text: str = "new\n") -> str:
    commit = branch(shop, name, text)
    github.push(commit, name)
    work(shop)
    return commit


def deleted(shop: Seeded, github: Github, name: str) -> None:
    git(("branch", "-D", "--quiet", name), cwd=shop.repository.folder)
    github.send("push", {"ref": f"refs/heads/{name}", "before": "a" * 40, "after": "0" * 40, "deleted": True})
    work(shop)


def told(
    shop: Seeded,
    github: Github,
    action: str,
    commit: str,
    *,
    number: int = 7,
    fork: bool = False,
    at: str = "",
    state: str = "",
    title: str = "Changes",
) -> str:
    """What was done about a pull request from `changes` to `main`."""
    ours, theirs = {"full_name": "mike/shop"}, {"full_name": "eve/shop"}
    request = {
        "number": number, "title": title, "merged": False, **({"state": state} if state else {}), "draft": False, "user": {"login": "mike"},
        "updated_at": at or now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "head": {"ref": "changes", "sha": commit, "repo": theirs if fork else ours},
        "base": {"ref": "main", "sha": "b" * 40, "repo": ours},
    }  # fmt: skip
    answer = github.send("pull_request", {"action": action, "number": number, "pull_request": request})
    assert answer.status_code == 202, answer.text
    work(shop)
    return heard(shop.world)[-1].outcome


def work(shop: Seeded) -> None:
    while work_due(shop.world):
        pass


def finish(shop: Seeded) -> None:
    """Every build of these stages has ended."""
    ids = [stage.id for stage in made(shop)]
    shop.write(lambda s: s.execute(sa.update(Build).where(Build.stage_id.in_(ids)).values(state="succeeded")))


def removals(shop: Seeded) -> list[str]:
    with shop.world.database.read() as session:
        return list(session.scalars(sa.select(Removal.stage).where(Removal.stage.in_(["login", "pr7"]))))


def app(shop: Seeded) -> App:
    with shop.world.database.read() as session:
        return session.scalars(sa.select(App)).one()


def idle_for(shop: Seeded, days: int) -> None:
    ago = now() - timedelta(days=days)
    shop.write(lambda s: s.execute(sa.update(Build).values(created_at=ago)))
    shop.write(lambda s: s.execute(sa.update(Stage).where(Stage.origin != "").values(made_at=ago)))


def marked_idle(shop: Seeded, github: Github) -> Stage:
    switch(shop, BRANCH, idle_days=7)
    pushed(shop, github, "login")
    finish(shop)
    idle_for(shop, 8)
    close_what_is_idle(shop.world)
    [stage] = made(shop)
    assert stage.closing
    return stage


def waits(shop: Seeded, origin: str) -> list[str]:
    with shop.world.database.read() as session:
        return list(waiting(session, app(shop).id, origin))


def goes(shop: Seeded, name: str) -> None:
    """Its resources are gone, and so is it."""
    shop.write(lambda s: forget(s, s.scalars(sa.select(Stage).where(Stage.name == name)).one()))


def work_well(shop: Seeded, build_id: int) -> None:
    def well(session: Any) -> None:
        rows = sa.update(ServiceBuild).where(ServiceBuild.build_id == build_id)
        session.execute(rows.values(state="succeeded", package_digest=DIGEST))
        session.execute(sa.update(Build).where(Build.id == build_id).values(state="succeeded"))

    shop.write(well)


def by_hand(shop: Seeded, commit: str, services: list[str] | None = None) -> int:
    build = deploy(shop.world, ALICE, "shop", "dev", commit=commit, services=services)
    work_well(shop, build.id)
    return build.id
