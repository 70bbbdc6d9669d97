"""Where builds run, and their caches."""

from __future__ import annotations

from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group

MB = 1024 * 1024


def register(app: App) -> None:
    app.command(runner)
    caches = group(app, "cache", "What builds keep for the next ones: dependencies and folders.")
    caches.command(show_caches, name="show")
    caches.command(clear, name="clear")


def runner(*, json: Json = False) -> None:
    """Where builds run, and what keeps them apart from everything else."""
    found = api.Client().get("/runner")
    if json:
        return show.as_json(found)
    fence = "in a sandbox" if found["sandboxed"] else "without a sandbox"
    show.out(f"{found['name']}, {fence}; network: {found['network']}")
    return show.out(found["note"]) if found["note"] else None


def show_caches(*, json: Json = False) -> None:
    """How full the caches are, and how often they helped since the server started."""
    _print(api.Client().get("/caches"), json=json)


def clear(name: Literal["dependencies", "folders", ""] = "", *, json: Json = False) -> None:
    """Empty a cache; the next builds fill it again.

    Parameters
    ----------
    name
        dependencies, or the folders that `cache` of seed.yml names; both when missing.

    """
    _print(api.Client().delete(f"/caches?name={name}"), json=json)


def _print(found: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        return show.as_json(found)
    rows = [(one["name"], str(one["entries"]), f"{one['bytes'] / MB:.1f} of {one['most_bytes'] / MB:.0f} MB",
             str(one["hits"]), str(one["misses"]), str(one["dropped"]), str(one["evicted"]))
            for one in found]  # fmt: skip
    return show.table(("cache", "entries", "size", "hits", "misses", "dropped", "evicted"), rows)
