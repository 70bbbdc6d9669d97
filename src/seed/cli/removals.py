"""Remove a stage, a service or an app with its resources."""

from __future__ import annotations

import time
from typing import Annotated, Any

from cyclopts import App, Parameter

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, quote

PAUSE = 0.5


def register(app: App) -> None:
    app.command(remove)


def remove(
    app: str,
    *,
    stage: str = "",
    service: str = "",
    type_name: Annotated[str, Parameter(name="--type")] = "",
    empty_buckets: bool = False,
    keep: bool = False,
    wait: bool = False,
    json: Json = False,
) -> int:
    """Delete the stacks of a stage, of a service in every stage, or of the whole app (or --keep them); then forget it.

    Without --type it shows what would go, and exits with 3.

    Parameters
    ----------
    stage: only this stage.
    service: only this service, in every stage.
    type_name: the name of what goes, typed out: that is the confirmation.
    empty_buckets: delete what is in the buckets, too.
    keep: leave the stacks in the account; Seed forgets them.
    wait: until it has ended.

    """
    server = api.Client()
    if not type_name:
        found = server.get(f"/apps/{quote(app)}/removals/preview", stage=stage, service=service)
        show.as_json(found) if json else _shown(found, stage or service or app)
        return api.WAITING
    body = {"stage": stage, "service": service, "name": type_name, "empty_buckets": empty_buckets, "keep": keep}
    made = server.post(f"/apps/{quote(app)}/removals", body)
    while wait and made["state"] == "removing":
        time.sleep(PAUSE)
        made = server.get(f"/removals/{made['id']}")
    show.as_json(made) if json else _told(made)
    return api.FAILED if made["state"] == "failed" else api.DONE


def _shown(found: list[dict[str, Any]], what: str) -> None:
    for one in found:
        show.out(f"{one['stack_name']} ({one['service']} in {one['stage']}): {len(one['resources'])} resources")
        for line in (one["headline"], *one["findings"]):
            show.out(f"  {line}")
    if not found:
        show.out("No stack is deployed there.")
    show.out(f"Nothing has been removed. To remove it, add: --type {what}")


def _told(made: dict[str, Any]) -> None:
    show.out(f"Removal {made['id']}: {made['state']}" + (f". {made['reason']}" if made["reason"] else ""))
    for stack in made["stacks"]:
        show.out(f"  {stack['state']:9} {stack['stack_name']} {stack['reason']}".rstrip())
        for left in stack["leftovers"]:
            show.out(f"            stays: {left['type']} {left['physical_id'] or left['id']} ({left['because']})")
