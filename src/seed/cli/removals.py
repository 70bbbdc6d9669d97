"""Remove a stage, a service or an app with its resources."""

from __future__ import annotations

import time
from typing import Annotated, Any

from cyclopts import App, Parameter

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote
from seed.counting import counted

PAUSE = 0.5


def register(app: App) -> None:
    app.command(remove)
    removal = group(app, "removal", "Removals: how they went.")
    removal.command(list_removals, name="list")
    removal.command(show_removal, name="show")
    removal.command(logs)


def remove(
    app: str,
    *,
    stage: str = "",
    service: str = "",
    type_name: Annotated[str, Parameter(name="--type")] = "",
    empty_buckets: bool = False,
    keep: bool = False,
    skip_hooks: bool = False,
    wait: bool = False,
    json: Json = False,
) -> int:
    """Delete the stacks of a stage, of a service in every stage, or of the whole app (or --keep them); then forget it.

    Without --type it shows what would go, and exits with 3.

    Parameters
    ----------
    stage
        only this stage.
    service
        only this service, in every stage.
    type_name
        the name of what goes, typed out: that is the confirmation.
    empty_buckets
        delete what is in the buckets, too.
    keep
        leave the stacks in the account; Seed forgets them.
    skip_hooks
        run neither before_remove nor after_remove of seed.yml.
    wait
        until it has ended.

    """
    server = api.Client()
    if not type_name:
        found = server.get(f"/apps/{quote(app)}/removals/preview", stage=stage, service=service)
        show.as_json(found) if json else _shown(found, stage or service or app)
        return api.WAITING
    body = {"stage": stage, "service": service, "name": type_name, "empty_buckets": empty_buckets, "keep": keep,
            "skip_hooks": skip_hooks}  # fmt: skip
    made = server.post(f"/apps/{quote(app)}/removals", body)
    while wait and made["state"] == "removing":
        time.sleep(PAUSE)
        made = server.get(f"/removals/{made['id']}")
    show.as_json(made) if json else _told(made)
    return api.FAILED if made["state"] == "failed" else api.DONE


def list_removals(app: str, *, json: Json = False) -> None:
    """What was removed of an app, newest first."""
    found = api.Client().get(f"/apps/{quote(app)}/removals")
    if json:
        return show.as_json(found)
    rows = [
        (str(r["id"]), r["stage"] or r["service"] or r["app"], r["state"], r["asked_by"], show.age(r["created_at"]),
         r["reason"])
        for r in found
    ]  # fmt: skip
    return show.table(("removal", "of", "state", "by", "ago", "reason"), rows)


def show_removal(number: int, *, json: Json = False) -> int:
    """How a removal went, and what stays of each stack."""
    made = api.Client().get(f"/removals/{number}")
    show.as_json(made) if json else _told(made)
    return api.FAILED if made["state"] == "failed" else api.DONE


def logs(number: int, *, stack: str = "", json: Json = False) -> None:
    """What was done and what the hooks said while the stacks of a removal went.

    Parameters
    ----------
    stack
        only this one, by its name.

    """
    server = api.Client()
    made = server.get(f"/removals/{number}")
    found = {one["stack_name"]: one["id"] for one in made["stacks"] if not stack or one["stack_name"] == stack}
    if stack and not found:
        raise api.Told({"code": "not-found", "sentence": f"Removal {number} has no stack {stack!r}."})
    lines = {name: _lines(server, number, at) for name, at in found.items()}
    if json:
        show.as_json(lines)
        return
    for name, of in lines.items():
        for line in of:
            show.out(f"{name} | {line['text']}" if len(lines) > 1 else line["text"])


def _lines(server: api.Client, number: int, stack: int) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    while True:
        after = lines[-1]["number"] if lines else 0
        more = server.get(f"/removals/{number}/stacks/{stack}/log", after=after, limit=20_000)
        if not more:
            return lines
        lines += more


def _shown(found: list[dict[str, Any]], what: str) -> None:
    for one in found:
        resources = "stays" if one["left_to"] else counted(len(one["resources"]), "resource")
        show.out(f"{one['stack_name']} ({one['service']} in {one['stage']}): {resources}")
        for line in (one["headline"], *one["findings"]):
            show.out(f"  {line}")
        for left in one["stays"]:
            show.out(f"  {_stays(left)}")
    if all(one["left_to"] for one in found):
        show.out("No stack of its own is deployed there." if found else "No stack is deployed there.")
    show.out(f"Nothing has been removed. To remove it, add: --type {what}")


def _told(made: dict[str, Any]) -> None:
    show.out(f"Removal {made['id']}: {made['state']}" + (f". {made['reason']}" if made["reason"] else ""))
    for stack in made["stacks"]:
        show.out(f"  {stack['state']:9} {stack['stack_name']} {stack['reason']}".rstrip())
        if stack["known"]:
            show.known_error(stack["known"], "    ")
        for tried in stack["attempts"] or ():
            show.out(f"            attempt {tried['number']}: {tried['reason']} Tried again by itself.")
        for left in stack["leftovers"]:
            show.out(f"            {_stays(left)}")


def _stays(left: dict[str, Any]) -> str:
    return f"stays: {left['type']} {left['physical_id'] or left['id']} ({left['because']})"
