"""Stages that come by themselves."""

from __future__ import annotations

from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, quote

Yes = Literal["yes", "no"] | None
CALLED = {"branch": "each branch", "pull-request": "each pull request"}


def register(stages: App) -> None:
    stages.command(list_automatic, name="automatic")
    stages.command(for_each, name="for-each")


def list_automatic(app: str, *, json: Json = False) -> None:
    """Which stages come by themselves, and how they go."""
    found = api.Client().get(f"/apps/{quote(app)}/automatic-stages")
    if json:
        return show.as_json(found)
    rows = [
        (CALLED[one["origin"]], "on" if one["on"] else "off", one["only"] or "all", _there(one),
         one["copy_from"], _goes(one["origin"], remove=one["remove"], days=one["idle_days"]))
        for one in found
    ]  # fmt: skip
    return show.table(("stage for", "switch", "branches", "there", "copies", "is removed"), rows)


def for_each(
    app: str,
    origin: Literal["branch", "pull-request"],
    switch: Literal["on", "off"] | None = None,
    *,
    copy_from: str | None = None,
    only: str | None = None,
    most: int | None = None,
    remove: Yes = None,
    empty_buckets: Yes = None,
    idle_days: int | None = None,
    forks: Yes = None,
    previews: Yes = None,
    json: Json = False,
) -> None:
    """Make a stage for each new branch, or for each pull request that is opened: `seed stage for-each shop branch on`.

    Parameters
    ----------
    copy_from
        the development stage whose account, variables and notifications a new one gets.
    only
        patterns of branches with commas between them: `feature/*, fix/*`. `""` is every branch.
    most
        how many there may be at a time.
    remove
        with its AWS resources, once the branch is deleted or the pull request closed.
    empty_buckets
        also what is in its buckets; a bucket with files cannot be removed.
    idle_days
        also after so many days without a build; 0 never.
    forks
        also for pull requests from forks. WARNING: strangers' code then runs with the stage's credentials.
    previews
        also packaged for the stages downstream, to show what promoting it would change. WARNING: its code then
        runs with their variables and credentials, before anybody has read it. Never what comes from a fork.

    """
    given = {
        "on": None if switch is None else switch == "on", "copy_from": copy_from, "only": only, "most": most,
        "remove": _meant(remove), "empty_buckets": _meant(empty_buckets), "idle_days": idle_days,
        "forks": _meant(forks), "previews": _meant(previews),
    }  # fmt: skip
    body = {name: value for name, value in given.items() if value is not None}
    made = api.Client().patch(f"/apps/{quote(app)}/automatic-stages/{origin}", body)
    if json:
        return show.as_json(made)
    if not made["on"]:
        return show.out(f"No stage is made for {CALLED[origin]}.")
    goes = _goes(origin, remove=made["remove"], days=made["idle_days"])
    return show.out(
        f"A stage is made for {CALLED[origin]} ({made['only'] or 'all'}; {made['most']} at most), "
        f"as a copy of {made['copy_from']}. Removed: {goes}."
    )


def _there(one: dict[str, Any]) -> str:
    waiting = one["waiting"]
    return f"{one['there']} of {one['most']}" + (f", {len(waiting)} wait: {', '.join(waiting)}" if waiting else "")


def _goes(origin: str, *, remove: bool, days: int) -> str:
    end = "with its branch" if origin == "branch" else "when it is closed"
    return ", ".join(filter(None, (end if remove else "", f"after {days} days" if days else ""))) or "by hand"


def _meant(word: Yes) -> bool | None:
    return None if word is None else word == "yes"
