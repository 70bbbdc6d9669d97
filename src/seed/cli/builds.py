"""Builds: deploy, follow, look at, cancel."""

from __future__ import annotations

import sys
import time
from typing import Any

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote

ENDED = frozenset({"succeeded", "failed", "cancelled", "skipped"})
PAUSE = 0.3
WAIT_SECONDS = 30


def register(app: App) -> None:
    app.command(deploy)
    app.command(builds)
    app.command(logs)
    app.command(cancel)
    one = group(app, "build", "One build: its services, what failed, and its packages for the stages downstream.")
    one.command(show_build, name="show")


def deploy(
    app: str,
    stage: str,
    *,
    commit: str = "",
    service: list[str] | None = None,
    force: bool = False,
    follow: bool = False,
    json: Json = False,
) -> int:
    """Deploy a stage.

    Parameters
    ----------
    commit
        a commit, branch or tag; the head of the stage's branch when missing.
    service
        only this service; may be given several times.
    force
        also the services in which nothing changed.
    follow
        print the logs until it has ended.

    """
    server = api.Client()
    body = {"commit": commit, "services": service, "force": force}
    made = server.post(f"/apps/{quote(app)}/stages/{quote(stage)}/deploy", body)
    if not follow:
        show.as_json(made) if json else show.build(made)
        return api.DONE
    ended = _follow(server, made, quiet=json)
    show.as_json(ended) if json else show.build(ended)
    return api.DONE if ended["state"] == "succeeded" else api.FAILED


def builds(app: str, *, stage: str = "", limit: int = 20, json: Json = False) -> None:
    """The builds of an app, newest first."""
    found = api.Client().get(f"/apps/{quote(app)}/builds", stage=stage, limit=limit)
    if json:
        return show.as_json(found)
    rows = [
        (
            *(b["stage"], str(b["number"]), b["state"], show.promoted(b)),
            *(b["commit"][:12], b["subject"][:50], show.age(b["created_at"])),
        )
        for b in found
    ]
    return show.table(("stage", "build", "state", "promoted", "commit", "subject", "ago"), rows)


def show_build(app: str, stage: str, number: int | None = None, *, json: Json = False) -> int:
    """A build of a stage; the newest one when no number is given."""
    server = api.Client()
    found = server.get(_path(server, app, stage, number))
    show.as_json(found) if json else show.build(found)
    return api.DONE if found["state"] not in ENDED - {"succeeded"} else api.FAILED


def logs(
    app: str,
    stage: str,
    number: int | None = None,
    *,
    service: str = "",
    package: str = "",
    follow: bool = False,
    json: Json = False,
) -> int:
    """The logs of a build; of the newest one when no number is given.

    Parameters
    ----------
    service
        only this service.
    package
        the log of making the package for this downstream stage.
    follow
        go on until the build has ended.

    """
    server = api.Client()
    path = _path(server, app, stage, number)
    found = server.get(path)
    names = [s["service"] for s in found["services"] if not service or s["service"] == service]
    if service and not names:
        raise api.Told({"code": "not-found", "sentence": f"Build {found['number']} has no service {service!r}."})
    if follow:
        ended = _follow(server, found, only=service, package=package, quiet=json)
        if json:
            show.as_json({name: _lines(server, path, name, package) for name in names})
        return api.DONE if ended["state"] == "succeeded" else api.FAILED
    lines = {name: _lines(server, path, name, package) for name in names}
    if json:
        show.as_json(lines)
        return api.DONE
    for name in names:
        for line in lines[name]:
            show.out(f"{name} | {line['text']}" if len(names) > 1 else line["text"])
    return api.DONE


def cancel(app: str, stage: str, number: int, *, update: bool = False, json: Json = False) -> None:
    """Cancel a build that waits, packages or runs a hook, on promotions too: one that waits for its turn is taken back.

    Of a build that has ended, the packages for stages downstream that are still being made.

    --update: also take back what CloudFormation is updating now, on promotions too. It rolls back what it has done.
    """
    path = f"/apps/{quote(app)}/stages/{quote(stage)}/builds/{number}"
    found = api.Client().post(f"{path}/cancel" + ("?update=true" if update else ""))
    show.as_json(found) if json else show.build(found)


def _path(server: api.Client, app: str, stage: str, number: int | None) -> str:
    """Of a build; without a number of the newest one."""
    if number is None:
        newest = server.get(f"/apps/{quote(app)}/builds", stage=stage, limit=1)
        if not newest:
            raise api.Told({"code": "not-found", "sentence": f"{stage} has no build yet."})
        number = newest[0]["number"]
    return f"/apps/{quote(app)}/stages/{quote(stage)}/builds/{number}"


def _lines(server: api.Client, path: str, name: str, package: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    while True:
        after = lines[-1]["number"] if lines else 0
        more = server.get(f"{path}/logs/{quote(name)}", package=package, after=after, limit=20_000)
        if not more:
            return lines
        lines += more


def _waited(server: api.Client, path: str) -> dict[str, Any]:
    """The build once it has ended; the server tells when it moves."""
    found: dict[str, Any] = server.get(path)
    while found["state"] not in ENDED:
        found = server.get(path, seen=found["state"], wait=WAIT_SECONDS)
    return found


def _follow(
    server: api.Client, found: dict[str, Any], *, only: str = "", package: str = "", quiet: bool = False
) -> dict[str, Any]:
    """Print lines as they come until the build has ended; the build."""
    path = f"/apps/{quote(found['app'])}/stages/{quote(found['stage'])}/builds/{found['number']}"
    seen: dict[str, int] = {}
    while True:
        current: dict[str, Any] = _waited(server, path) if quiet else server.get(path)
        names = [s["service"] for s in current["services"] if not only or s["service"] == only]
        fresh = 0
        for name in names:
            after = seen.get(name, 0)
            lines = [] if quiet else server.get(f"{path}/logs/{quote(name)}", package=package, after=after)
            for line in lines:
                show.out(f"{name} | {line['text']}")
                seen[name] = line["number"]
            fresh += len(lines)
        sys.stdout.flush()
        if current["state"] in ENDED and not fresh:
            return current
        if not fresh:
            time.sleep(PAUSE)
