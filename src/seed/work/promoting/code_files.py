"""Which files of each function's code change: the package that runs there beside the one that is promoted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from seed.builds.find import running_services
from seed.changesets import ChangeSet, CodeChange, FileChange, ResourceChange
from seed.changesets.routine import CONTENT, FUNCTION, LAYER
from seed.changesets.values import Hidden, hidden, scrubbed, show
from seed.counting import counted
from seed.errors import NotFound, SeedError
from seed.packages import Package, PackageStore
from seed.packages.contents import changed_files, text_in
from seed.packages.package import PackagedAsset
from seed.promotions.records import Promotion, ServicePlan
from seed.work.world import World

log = structlog.get_logger(__name__)
MOST = 200
"""So many files of a function are listed; of more their number is told."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One file before and after; None where it is no text, '' where it is not there."""

    file: FileChange
    before: str | None
    after: str | None
    withheld: bool = False
    """A secret that Seed stores stands in it, and is not shown."""


def with_code(
    changes: ChangeSet, before: Package | None, after: Package, store: PackageStore, secrets: Collection[str] = ()
) -> ChangeSet:
    """Each function that gets new code says which files of it, in nested stacks too. Without the package that runs,
    nothing is said.
    """
    if before is None:
        return changes
    return _told(changes, "", _Both(_archives(before), _archives(after), store, hidden(secrets)))


@dataclass(frozen=True, slots=True)
class _Both:
    """The archives of both packages, by who uses them: `Orders`, or `Tables/Orders` in a nested stack."""

    before: Mapping[str, PackagedAsset]
    after: Mapping[str, PackagedAsset]
    store: PackageStore
    secrets: Hidden
    known: dict[tuple[str, str], CodeChange | None] = field(default_factory=dict)
    """What was compared: many functions share one archive."""


def _archives(package: Package) -> dict[str, PackagedAsset]:
    found: dict[str, PackagedAsset] = {}
    for asset in package.assets:
        for user in asset.used_by:
            found.setdefault(user, asset)
    return found


def _told(changes: ChangeSet, within: str, both: _Both) -> ChangeSet:
    rows = tuple(_row(row, within, both) for row in changes.resources)
    layers = {row.logical_id: row.code for row in rows if row.resource_type == LAYER and row.code}
    rows = tuple(_with_layers(row, layers) for row in rows)
    return replace(changes, resources=tuple(_named(row, both.secrets) for row in rows))


def _named(row: ResourceChange, secrets: Hidden) -> ResourceChange:
    """A file's name may hold a secret too."""
    if row.code is None or not secrets:
        return row
    files = tuple(replace(one, path=scrubbed(one.path, secrets)) for one in row.code.files)
    return replace(row, code=replace(row.code, files=files))


def running_package(world: World, promotion: Promotion, row: ServicePlan) -> Package | None:
    """What the target stage runs now; None where nothing did, or it is not stored any more."""
    with world.database.read() as session:
        runs = running_services(session, promotion.target_stage_id).get(row.service_id)
    try:
        return world.store.get_package(runs.package_digest) if runs else None
    except SeedError:
        return None


def texts_of(code: CodeChange | None, path: str, store: PackageStore, secrets: Collection[str] = ()) -> Texts:
    """One of the listed files before and after."""
    file = next((one for one in code.files if one.path == path), None) if code else None
    if code is None or file is None:
        raise NotFound("This review has no such file.")
    before, after = (text_in(store.path(sha256), path) for sha256 in (code.old, code.new))
    shown = [text and _without(text, hidden(secrets)) for text in (before, after)]
    return Texts(file, shown[0], shown[1], withheld=shown != [before, after])


def _without(text: str, secrets: Hidden) -> str:
    """Whole, for what spans lines; and line by line, for the parts of a long secret."""
    return "\n".join(map(secrets.masker, secrets.masker(text).split("\n"))) if secrets else text


def _row(row: ResourceChange, within: str, both: _Both) -> ResourceChange:
    if row.nested:
        return replace(row, nested=_told(row.nested, f"{within}{row.logical_id}/", both))
    at = CONTENT.get(row.resource_type, "")
    new_code = at and any(change.path.startswith(at) and not change.routine for change in row.properties)
    if row.action != "Modify" or not new_code:
        return row
    old, new = (side.get(within + row.logical_id) for side in (both.before, both.after))
    if old is None or new is None:
        return row
    pair = (old.sha256, new.sha256)
    if pair not in both.known:
        both.known[pair] = _code(old, new, both.store)
    return replace(row, code=both.known[pair])


def _with_layers(row: ResourceChange, layers: Mapping[str, CodeChange]) -> ResourceChange:
    """A function also says what becomes of its layers."""
    if row.resource_type != FUNCTION or row.action != "Modify":
        return row
    before, after = (_layers_of(side) for side in (row.before, row.after))
    told = [f"+ {name}" for name in after if name not in before] + [f"- {name}" for name in before if name not in after]
    told += [
        f"~ {name} ({counted(layers[name].number, 'file')})" for name in after if name in before and name in layers
    ]
    return replace(row, code=replace(row.code or CodeChange(), layers=tuple(told))) if told else row


def _layers_of(side: Mapping[str, Any] | None) -> list[str]:
    """Logical ids where they are in the template, else the ARNs."""
    found = ((side or {}).get("Properties") or {}).get("Layers")
    return [str(one["Ref"]) if isinstance(one, dict) and "Ref" in one else show(one) for one in _listed(found)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _code(old: PackagedAsset, new: PackagedAsset, store: PackageStore) -> CodeChange | None:
    try:
        files = changed_files(store.path(old.sha256), store.path(new.sha256))
    except SeedError as error:
        log.info("code not compared", error=error.code)
        return None
    if files is None:
        return None
    listed = tuple(FileChange(one.path, one.before, one.after) for one in files[:MOST])
    return CodeChange(files=listed, more=len(files) - len(listed), before=old.size, after=new.size,
                      old=old.sha256, new=new.sha256)  # fmt: skip
