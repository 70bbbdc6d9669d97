"""What a developer need not read: churn that every deployment brings, folded away, never hidden."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from seed.changesets.model import PropertyChange, ResourceChange
from seed.changesets.order import CONDITION, alike
from seed.changesets.reasons import NONE, Kind, Reason, marks
from seed.changesets.resource import Pair
from seed.changesets.values import is_intrinsic, same, unescape

FUNCTION, VERSION, LAYER = "AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::LayerVersion"
DEPLOYMENTS = {"AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment"}
STACK = "AWS::CloudFormation::Stack"
LOG_GROUP = "AWS::Logs::LogGroup"
CDK_NOTES = "AWS::CDK::Metadata"
"""Makes nothing: the CDK notes there which constructs of which version made the template."""
GENERATED = re.compile(r"[0-9a-fA-F]{6,}$|[0-9]+$")
CODE = "/Properties/Code"
CONTENT = {FUNCTION: CODE, LAYER: "/Properties/Content"}
"""Where a resource names its archive."""
SAME_CODE = Reason(Kind.CODE, "same code, stored elsewhere")
ANOTHER_ORDER = Reason(Kind.SAME, "same items in another order")
UNTOUCHED = Reason(Kind.STAYS, "the address of its template and its parameters stay")
NEW_DEPLOYMENT = Reason(Kind.DEPLOYMENT, "new API deployment")
EARLIER_DEPLOYMENT = Reason(Kind.DEPLOYMENT, "earlier API deployment")
NEW_LOGS = Reason(Kind.LOG_GROUP, "new log group")
ONLY_METADATA = Reason(Kind.METADATA, "metadata only")
NEXT_VERSION = Reason(Kind.VERSION, "moves on to the new version")
NEXT_DEPLOYMENT = Reason(Kind.DEPLOYMENT, "moves on to the new API deployment")
FOLLOWERS = {
    "AWS::Lambda::Alias": ("/Properties/FunctionVersion", NEXT_VERSION),
    "AWS::ApiGateway::Stage": ("/Properties/DeploymentId", NEXT_DEPLOYMENT),
    "AWS::ApiGatewayV2::Stage": ("/Properties/DeploymentId", NEXT_DEPLOYMENT),
}
ONLY_TAGS = Reason(Kind.TAGS, "tags only")


def mark_code(pairs: Collection[Pair], code_equal: Collection[str]) -> None:
    """A function whose code is the same by content has not got new code, wherever the archive lies. A layer gets a new
    version then, and with it who uses it.
    """
    equal = {*code_equal, *_same_versions(pairs)}
    for pair in pairs:
        at = CONTENT.get(pair.resource_type)
        if at and pair.logical_id in equal:
            pair.rows = [replace(row, **marks(SAME_CODE)) if row.path.startswith(at) else row for row in pair.rows]


def mark_stacks(pairs: Collection[Pair], *, always: bool = False) -> None:
    """A nested stack that is not touched is listed with every update of the stack around it.

    Its template might have changed where it lies. Where nothing else changes nothing is listed, unless `always`.
    """
    if not always and not any(pair.rows or pair.before is None or pair.after is None for pair in pairs):
        return
    for pair in pairs:
        if pair.resource_type == STACK and pair.before and pair.after and not pair.rows:
            pair.rows = [
                PropertyChange(
                    "/Properties",
                    after_known=False,
                    evaluation="Dynamic",
                    change_source="Automatic",
                    **marks(UNTOUCHED),
                )
            ]


def mark_order(pairs: Collection[Pair]) -> None:
    """Lists that are sets, written in another order: CloudFormation updates the resource, and nothing is different.
    Where it replaces the resource for it, something is.
    """
    for pair in pairs:
        if pair.rows and pair.before and pair.after:
            known: dict[str, bool] = {}
            pair.rows = [
                replace(row, **marks(ANOTHER_ORDER))
                if not row.routine and row.recreation == "Never" and _order_only(pair, row, known)
                else row
                for row in pair.rows
            ]


def _order_only(pair: Pair, row: PropertyChange, known: dict[str, bool]) -> bool:
    """Looks at each value from the property down to the leaf: a list as a whole, before its items by their place.

    `known`: by path whether both sides are alike; it is asked once, not for each row.
    """
    sides: list[Any] = list(pair.properties)
    path = ""
    condition = False
    for part in row.path.split("/")[2:]:
        key = unescape(part)
        path += f"/{part}"
        if isinstance(sides[0], list) or isinstance(sides[1], list):
            if not key.isdecimal():
                return False
            sides = [side[int(key)] if isinstance(side, list) and int(key) < len(side) else None for side in sides]
            continue
        sides = [side.get(key) if isinstance(side, dict) else None for side in sides]
        if path not in known:
            known[path] = None not in sides and alike(sides[0], sides[1], key, condition=condition)
        if known[path]:
            return True
        condition = condition or key == CONDITION
    return False


def _same_versions(pairs: Iterable[Pair]) -> set[str]:
    """Functions that have a version with a fixed sha256 of the code, the same on both sides."""
    found = set()
    for pair in pairs:
        if pair.resource_type == VERSION and pair.before and pair.after:
            before, after = pair.properties
            sha = after.get("CodeSha256")
            if isinstance(sha, str) and same(before.get("CodeSha256"), sha):
                found |= {name for name in [_target(after.get("FunctionName"))] if name}
    return found


def fold(rows: tuple[ResourceChange, ...], pairs: Collection[Pair]) -> tuple[ResourceChange, ...]:
    """Each row with the reason why it is routine, where it is."""
    alive = {pair.logical_id for pair in pairs if pair.after}
    deployments = _replaced_deployments(rows)
    made = tuple(_folded(row, alive, deployments) for row in rows)
    moved = {row.logical_id: row.routine_kind for row in made if row.routine and row.action in ("Add", "Remove")}
    return tuple(_following(row, moved) for row in made)


def _following(row: ResourceChange, moved: Mapping[str, str]) -> ResourceChange:
    """Who names a version or a deployment moves on with it: what is new in that stands in rows of its own."""
    path, why = FOLLOWERS.get(row.resource_type, ("", NONE))
    if row.action != "Modify" or row.replacement != "False" or not path:
        return row
    changes = tuple(
        replace(one, **marks(why)) if one.path == path and _both_in(one, why.kind, moved) else one
        for one in row.properties
    )
    return row if changes == row.properties else folded(replace(row, properties=changes))


def _both_in(change: PropertyChange, kind: str, moved: Mapping[str, str]) -> bool:
    return all(moved.get(_target(value)) == kind for value in (change.before, change.after))


def _folded(row: ResourceChange, alive: set[str], deployments: set[str]) -> ResourceChange:
    if row.action == "Modify":
        return folded(row)
    reason = NONE
    context: dict[str, Any] = dict(row.after or row.before or {})
    if row.resource_type == VERSION:
        target = _target((context.get("Properties") or {}).get("FunctionName"))
        if row.action == "Add":
            reason = Reason(Kind.VERSION, f"new version of {target}" if target else "new version")
        elif target in alive:
            reason = Reason(Kind.VERSION, f"earlier version of {target}")
    elif row.logical_id in deployments:
        reason = NEW_DEPLOYMENT if row.action == "Add" else EARLIER_DEPLOYMENT
    elif row.resource_type == LOG_GROUP and row.action == "Add":
        reason = NEW_LOGS
    elif row.resource_type == CDK_NOTES:
        reason = ONLY_METADATA
    return replace(row, **marks(reason))


def folded(row: ResourceChange) -> ResourceChange:
    """An update with the reason why it is routine, where everything in it is."""
    if not row.properties:
        return row
    if all(change.routine for change in row.properties):
        inferred = all(map(_inferred, row.properties))
        text = "; ".join(dict.fromkeys(change.routine for change in row.properties))
        kind = Kind.STAYS if inferred else row.properties[0].routine_kind
        why = Reason(kind, f"probably no change: {text}" if inferred else text)
        return replace(row, **marks(why), inferred=inferred)
    real = {change.attribute for change in row.properties if not change.routine}
    if row.resource_type == CDK_NOTES or (real == {"Metadata"} and row.replacement == "False"):
        return replace(row, **marks(ONLY_METADATA))
    if real == {"Tags"} and row.replacement == "False":
        return replace(row, **marks(ONLY_TAGS))
    return row


def _inferred(change: PropertyChange) -> bool:
    """CloudFormation says that it might change, or cannot tell; not where it does, and says nothing new."""
    follows = bool(change.causing_entity) or change.change_source == "Automatic"
    return follows and change.routine_kind != Kind.VERSION


def _replaced_deployments(rows: Iterable[ResourceChange]) -> set[str]:
    """An API deployment whose generated id moved on: one comes, one goes, the API is the same."""
    sides: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in rows:
        if row.resource_type in DEPLOYMENTS and row.action in ("Add", "Remove"):
            key = (row.resource_type, GENERATED.sub("", row.logical_id))
            sides.setdefault(key, {}).setdefault(row.action, []).append(row.logical_id)
    return {
        name
        for both in sides.values()
        if len(both) == len(("Add", "Remove"))
        for names in both.values()
        for name in names
    }


def _target(value: Any) -> str:
    """The logical id that `{"Ref": …}` or a GetAtt names."""
    if not is_intrinsic(value):
        return ""
    argument = next(iter(value.values()))
    name = argument[0] if isinstance(argument, list) and argument else argument
    return name if isinstance(name, str) else ""
