"""Apps: add, look at, and what happened in them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote
from seed.counting import counted

Hook = Annotated[bool | None, Parameter(negative="--no-hook")]


def register(app: App) -> None:
    apps = group(app, "app", "Apps: one Git repository each.")
    apps.command(add, name="add")
    apps.command(list_apps, name="list")
    apps.command(show_app, name="show")
    apps.command(edit, name="edit")
    apps.command(check, name="check")
    app.command(status)
    app.command(activity)


def add(
    repository: str,
    *,
    name: str = "",
    branch: str = "",
    account: str = "",
    production_account: str = "",
    poll_seconds: int = 0,
    hook: Hook = None,
    json: Json = False,
) -> None:
    """Add an app: its repository is read, its services are found, the stages dev and prod are made.

    Parameters
    ----------
    repository
        a local path, file, https or ssh address. A login of https, `user:token`, is taken from
        SEED_REPOSITORY_LOGIN, since whoever looks at this machine's processes would see it in the address.
    name
        what to call it; the repository's name when missing.
    branch
        the branch dev follows; the default branch when missing.
    account
        the account of dev; the first one when missing.
    production_account
        the account of prod; that of dev when missing.
    poll_seconds
        look for new commits this often; 0 is never.
    hook
        install a hook in a local repository, which tells Seed about new commits; asked when missing.

    """
    folder = here(repository)
    body = {
        "repository": with_login(str(folder or repository)), "name": name, "branch": branch, "account": account,
        "production_account": production_account, "poll_seconds": poll_seconds,
    }  # fmt: skip
    made = api.Client().post("/apps", body)
    made["check"] = _checked(made["slug"])
    installed = _hook(made["slug"], folder, hook, json=json) if folder else ""
    if json:
        return show.as_json({**made, "hook": installed})
    services = ", ".join(s["name"] for s in made["services"])
    show.out(f"Added {made['slug']} with {counted(len(made['services']), 'service')}: {services}.")
    if installed:
        show.out(f"New commits are told to Seed by {installed}.")
    elif not poll_seconds:
        show.out(
            "Nothing tells Seed of new commits yet. A webhook does: seed forge hooks "
            f"{made['slug']}; or it looks for itself: seed app edit {made['slug']} --poll-seconds 60"
        )
    for report in made["check"]:
        if not report["fits"]:
            show.compatibility(report)
    return show.out(f"Next: seed deploy {made['slug']} dev --follow")


def here(repository: str) -> Path | None:
    """The folder on this machine that is meant, if one is."""
    path = repository.removeprefix("file://")
    try:
        return Path(path).absolute() if path and Path(path).exists() else None
    except OSError:  # too long for a name of a file, or not to be looked at
        return None


def with_login(address: str) -> str:
    """The address, and the login that the environment has for it."""
    scheme, mark, rest = address.partition("://")
    login = os.environ.get("SEED_REPOSITORY_LOGIN", "")
    if not login or scheme not in {"https", "http"} or "@" in rest.partition("/")[0]:
        return address
    return f"{scheme}{mark}{':'.join(quote(part) for part in login.split(':', 1))}@{rest}"


def edit(
    app: str, *, repository: str | None = None, poll_seconds: int | None = None, stages_at_once: int | None = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Change an app; what is not given stays.

    Parameters
    ----------
    repository
        another address; a login goes with it as for `seed app add`.
    poll_seconds
        look for new commits this often; 0 is never.
    stages_at_once
        so many of its stages work at a time; 0 is as many as the server allows one app.

    """
    address = None if repository is None else with_login(str(here(repository) or repository))
    given = {"repository": address, "poll_seconds": poll_seconds, "stages_at_once": stages_at_once}
    asked = {name: value for name, value in given.items() if value is not None}
    made = api.Client().patch(f"/apps/{quote(app)}", asked)
    if json:
        return show.as_json(made)
    seconds, number = made["poll_seconds"], made["stages_at_once"]
    said = {
        "repository": f"{app} is read from {made['repository']}.",
        "poll_seconds": f"{app} is looked at {f'every {seconds} seconds' if seconds else 'only when told of a push'}.",
        "stages_at_once": f"At most {number or 'as many as the server allows'} of its stages work at a time.",
    }
    for name in asked or said:
        show.out(said[name])
    return None


def check(app: str, *, commit: str = "", json: Json = False) -> None:
    """What each service needs before it builds: the framework line that fits, what stops it, the smallest edit.

    And what is wrong with the build spec. Nothing is edited. Ends with 1 where something stops a build.

    Parameters
    ----------
    commit
        a commit, branch or tag; the head of the app's branch when missing.

    """
    server = api.Client()
    found = server.get(f"/apps/{quote(app)}/check", commit=commit)
    wrong = server.get(f"/apps/{quote(app)}/lint", commit=commit)
    if json:
        show.as_json(found)
    else:
        for report in found:
            show.compatibility(report)
        for one in wrong:
            show.spec_problem(one)
    if wrong or not all(report["fits"] for report in found):
        sys.exit(1)


def list_apps(*, json: Json = False) -> None:
    """Every app."""
    found = api.Client().get("/apps")
    if json:
        return show.as_json(found)
    rows = [(a["slug"], str(len(a["services"])), a["branch"], a["repository"]) for a in found]
    return show.table(("app", "services", "branch", "repository"), rows)


def show_app(app: str, *, json: Json = False) -> None:
    """One app: services and stages."""
    found = api.Client().get(f"/apps/{quote(app)}")
    if json:
        return show.as_json(found)
    show.out(f"{found['slug']}  {found['repository']}  ({found['branch']})\n")
    show.table(
        ("service", "path", "phase"), [(s["name"], s["path"] or ".", str(s["phase"])) for s in found["services"]]
    )
    show.out()
    stages = [
        (s["name"], s["kind"], s["branch"] or "promotion only", s["account"], s["region"]) for s in found["stages"]
    ]
    return show.table(("stage", "kind", "branch", "account", "region"), stages)


def status(app: str, *, json: Json = False) -> None:
    """The pipeline: what runs where."""
    found = api.Client().get(f"/apps/{quote(app)}/pipeline")
    if json:
        return show.as_json(found)
    names = [column["name"] for column in found["columns"]]
    rows = [(row["name"], *(_cell(row["cells"].get(name)) for name in names)) for row in found["rows"]]
    return show.table(("service", *names), rows)


def activity(app: str = "", *, limit: int = 30, json: Json = False) -> None:
    """Who did what, when; newest first.

    Parameters
    ----------
    app
        this app alone; everything when missing, also people, tokens, accounts, and apps that were removed.

    """
    found = api.Client().get(f"/apps/{quote(app)}/activity" if app else "/activity", limit=limit)
    if json:
        return show.as_json(found)
    rows = [(show.age(e["at"]), e["actor"], e["action"], e["subject"], _how(e)) for e in found]
    return show.table(("ago", "who", "what", "on", "how"), rows)


def _how(event: dict[str, Any]) -> str:
    reason = event["details"].get("reason", "")
    return ": ".join(part for part in (event["how"], reason) if part)


def _cell(cell: dict[str, Any] | None) -> str:
    return f"{cell['build']} {cell['state']} {cell['commit'][:7]} {show.age(cell['at'])}" if cell else "-"


def _checked(slug: str) -> list[dict[str, Any]]:
    """The app is there all the same where its repository cannot be read a second time."""
    try:
        found: list[dict[str, Any]] = api.Client().get(f"/apps/{quote(slug)}/check")
    except api.Told:
        return []
    return found


def _hook(slug: str, repository: Path, wanted: bool | None, *, json: bool) -> str:
    """Offered for a repository on this machine; the secret goes from the server to a file of mode 600."""
    if wanted is None:
        if json or not sys.stdin.isatty():
            return ""
        wanted = input("Install a hook that tells Seed about new commits? [Y/n] ").strip().lower() in {"", "y", "yes"}
    if not wanted:
        return ""
    from seed.errors import SeedError
    from seed.git.hook import install_post_receive_hook

    try:
        webhook = api.Client().get(f"/apps/{quote(slug)}/webhook")
        return str(install_post_receive_hook(repository, webhook["url"], webhook["secret"]))
    except (api.Told, SeedError) as error:
        show.out(f"No hook: {error}") if not json else None
        return ""
