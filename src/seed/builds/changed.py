"""Only what changed: which services a build deploys, and the sentence that says why.

Pure. A service is asked about with the files that changed since what runs of it was deployed. A file inside
of a service is its own; a file of no service is everybody's; a file of a service that lies around another one
is that one's too. With workspaces (lerna, pnpm, npm, yarn) a file belongs to its package, and a package to all
that depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

WAYS = ("git", "lerna", "pnpm", "npm", "yarn", "nx", "off")
"""What an app can be set to."""
WORKSPACES = frozenset({"lerna", "pnpm", "npm", "yarn"})


@dataclass(frozen=True, slots=True)
class Ran:
    """What runs of a service in a stage, and what has happened to it since."""

    build: int
    commit: str
    path: str | None
    """None: not known any more."""
    failed_in: int | None = None
    """A later build in which it failed, was cancelled, or was kept from beginning."""


@dataclass(frozen=True, slots=True)
class Verdict:
    deploy: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The packages of a repository: folder → name, and name → the names it depends on."""

    folders: Mapping[str, str]
    needs: Mapping[str, AbstractSet[str]]


def always(path: str, ran: Ran | None, *, forced: bool, way: str, services: int) -> str:
    """Why a service is deployed without a look at the files; '' where they are to be looked at."""
    if ran is None:
        return "its first deployment to this stage"
    reasons = (
        (way == "off", "this app deploys every service each time"),
        (forced, "asked for by force"),
        (ran.failed_in is not None, f"it did not end well in build {ran.failed_in}"),
        (ran.path not in {None, path}, f"it moved from {shown(ran.path or '')} to {shown(path)}"),
        (services == 1, "it is the only service"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def by_files(path: str, others: Collection[str], changed: Sequence[str], since: int) -> Verdict:
    """The Git algorithm. `others` are the folders of the app's other services, `changed` what changed since."""
    around = [other for other in others if inside(path, other)]
    for name in changed:
        if inside(name, path):
            return Verdict(True, f"{name} has changed since build {since}")
        owners = [other for other in others if inside(name, other)]
        if not owners:
            return Verdict(True, f"{name} has changed since build {since}; it is shared by the services")
        if any(owner in around for owner in owners):
            return Verdict(True, f"{name} has changed since build {since}; it belongs to the service around this one")
    return Verdict(False, f"unchanged since build {since}: no file under {shown(path)} or shared")


def by_workspace(path: str, workspace: Workspace, changed: Sequence[str], since: int) -> Verdict:
    """The algorithm of lerna and pnpm: packages that changed, all that depend on them, and files of no package."""
    own = owner_of(path, workspace.folders)
    if own is None:
        return Verdict(True, f"{shown(path)} is no package of the workspace")
    touched: dict[str, str] = {}
    for name in changed:
        package = owner_of(name, workspace.folders)
        if package is None:
            return Verdict(True, f"{name} has changed since build {since}; it belongs to no package")
        touched.setdefault(package, name)
    way = _way(own, workspace.needs, touched)
    if way is None:
        return Verdict(False, f"unchanged since build {since}: neither {own} nor a package it depends on")
    through = f"; {own} depends on {way}" if way != own else ""
    return Verdict(True, f"{touched[way]} has changed since build {since}{through}")


def by_nx(
    path: str,
    projects: Mapping[str, str],
    changed: Sequence[str],
    since: int,
    affected: Callable[[], AbstractSet[str] | str],
) -> Verdict:
    """Nx's own answer, asked for only where it is needed. A file of no project is everybody's, as elsewhere."""
    own = projects.get(path)
    if own is None:
        return Verdict(True, f"{shown(path)} is no project of nx")
    nobodys = next((name for name in changed if owner_of(name, projects) is None), None)
    if nobodys is not None:
        return Verdict(True, f"{nobodys} has changed since build {since}; it belongs to no project")
    names = affected() if changed else frozenset[str]()
    if isinstance(names, str):
        return Verdict(True, f"nx cannot tell what is affected: {names}")
    if own in names:
        return Verdict(True, f"nx calls {own} affected by what has changed since build {since}")
    return Verdict(False, f"unchanged since build {since}: nx does not call {own} affected")


def owner_of(name: str, folders: Mapping[str, str]) -> str | None:
    """The package in whose folder a file or folder lies; the innermost one."""
    holding = [folder for folder in folders if folder and inside(name, folder)]
    return folders[max(holding, key=len)] if holding else None


def inside(name: str, folder: str) -> bool:
    """Whether a path is `folder` or under it; "" is the root, in which everything is."""
    return folder in {"", "."} or name == folder or name.startswith(f"{folder}/")


def shown(path: str) -> str:
    return path if path not in {"", "."} else "the root"


def _way(own: str, needs: Mapping[str, AbstractSet[str]], touched: Mapping[str, str]) -> str | None:
    """The first changed package that `own` is or depends on, near ones first."""
    seen, ring = {own}, [own]
    while ring:
        for name in ring:
            if name in touched:
                return name
        ring = sorted({needed for name in ring for needed in needs.get(name, ())} - seen)
        seen.update(ring)
    return None
