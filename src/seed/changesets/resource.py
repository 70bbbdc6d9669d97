"""One resource on both sides of a deployment, evaluated, and the rows in which it differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seed.changesets import rules
from seed.changesets.evaluate import World
from seed.changesets.leaves import MISSING, Difference, differences, leaf_paths, pointer
from seed.changesets.model import CONDITION, PropertyChange, Recreation
from seed.changesets.questions import only_asked
from seed.changesets.values import NO_VALUE, WITHHELD, Reference, is_intrinsic, is_secret, masked, references, same

ATTRIBUTES = ("Metadata", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy")
CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
KEEPS = ("Delete", "Snapshot", "Retain")
WORST: tuple[Recreation, ...] = ("Never", "Conditionally", "Always")


@dataclass(slots=True)
class Side:
    """A resource in one template. `body` is evaluated, `raw` as written."""

    raw: Mapping[str, Any]
    body: dict[str, Any]
    _references: list[Reference] | None = field(default=None, repr=False, compare=False)

    @property
    def properties(self) -> dict[str, Any]:
        found = self.body.get("Properties")
        return found if isinstance(found, dict) else {}

    @property
    def references(self) -> list[Reference]:
        """Everything that the resource refers to, its paths from the resource on: looked for once."""
        if self._references is None:
            self._references = references(self.body)
        return self._references

    @property
    def needs(self) -> list[str]:
        """What must be there before it: all that it refers to or depends on."""
        given = self.raw.get("DependsOn")
        depends = given if isinstance(given, list) else [given]
        return [*(name for _, name, _attribute in self.references), *(one for one in depends if isinstance(one, str))]


@dataclass(slots=True)
class Pair:
    """`before` is None for an added, `after` for a removed resource. What every rule asks of it is worked out once."""

    logical_id: str
    before: Side | None
    after: Side | None
    rows: list[PropertyChange] = field(default_factory=list)
    resource_type: str = field(init=False)
    old_type: str = field(init=False)
    properties: tuple[dict[str, Any], dict[str, Any]] = field(init=False, repr=False)
    """Before and after."""

    def __post_init__(self) -> None:
        side = self.after or self.before
        self.resource_type = str(side.raw["Type"]) if side else ""
        self.old_type = str(self.before.raw["Type"]) if self.before else ""
        self.properties = (self.before.properties if self.before else {}), (self.after.properties if self.after else {})


def pairs(old: World | None, new: World) -> list[Pair]:
    """In the order of the new template; what is removed stands at the end."""
    olds = old.resources if old else {}
    equal_worlds = old is not None and _same_ground(old, new)
    found = []
    for name, raw in new.resources.items():
        before = olds.get(name)
        after = Side(raw, _evaluated(new, raw))
        if old is None or before is None:
            found.append(Pair(name, None, after))
        elif equal_worlds and repr(before) == repr(raw):  # `1` and `true` are equal to Python, and are not here
            found.append(Pair(name, after, after))
        else:
            found.append(Pair(name, Side(before, _evaluated(old, before)), after))
    gone = [name for name in olds if name not in new.resources]
    return found + [Pair(name, Side(olds[name], _evaluated(old, olds[name])), None) for name in gone if old]


def _same_ground(old: World, new: World) -> bool:
    """Nothing a resource could refer to differs, so that equal text means equal resources."""
    sections = ("Mappings", "Conditions")
    return same(old.parameters, new.parameters) and all(same(old.section(s), new.section(s)) for s in sections)


def _evaluated(world: World, raw: Mapping[str, Any]) -> dict[str, Any]:
    body = {}
    for name in ("Properties", *ATTRIBUTES):
        if name in raw:
            value = world.value(raw[name])
            if value is not NO_VALUE and value is not None:
                body[name] = value
    return body


def policy_of(side: Side, resource_type: str, name: str) -> str:
    """Delete, Retain or Snapshot: what becomes of the physical resource. A policy that depends on what is not known
    keeps nothing for certain; a type has its default only where none is written.
    """
    if name not in side.body:
        alone = resource_type == INSTANCE and "DBClusterIdentifier" not in side.properties
        by_default = resource_type == CLUSTER or alone
        return "Snapshot" if by_default and name == "DeletionPolicy" else "Delete"
    value = side.body[name]
    if not isinstance(value, str):
        return "Delete"
    return "Retain" if value == "RetainExceptOnCreate" else value


def replaced_by(pair: Pair) -> str:
    """What becomes of the old one, by the policy that keeps less of it: where it changes in the same deployment, which
    of the two counts is documented nowhere.
    """
    sides = [side for side in (pair.before, pair.after) if side]
    policies = [policy_of(side, str(side.raw["Type"]), "UpdateReplacePolicy") for side in sides]
    return min(policies, key=lambda policy: KEEPS.index(policy) if policy in KEEPS else 0)


def own_rows(pair: Pair, old: World, new: World, secrets: Collection[str]) -> list[PropertyChange]:
    """What differs between the two evaluated resources themselves."""
    if pair.before is None or pair.after is None or pair.before is pair.after:
        return []
    rows = [_property_row(pair, one, old, new, secrets) for one in differences(*pair.properties)]
    for name in ATTRIBUTES:
        a, b = (side.body.get(name, MISSING) for side in (pair.before, pair.after))
        rows += [difference_row(one, (name,), name, secrets) for one in differences(a, b)]
    conditions = (side.raw.get(CONDITION) for side in (pair.before, pair.after))
    there = new.questions.presence(*conditions) if new.questions else None
    return [*rows, difference_row(there, (CONDITION,), CONDITION, secrets, evaluation="Dynamic")] if there else rows


def _property_row(pair: Pair, one: Difference, old: World, new: World, secrets: Collection[str]) -> PropertyChange:
    attribute = "Tags" if one.path[:1] == ("Tags",) else "Properties"
    return difference_row(
        one,
        ("Properties",),
        attribute,
        secrets,
        recreation=worst_recreation(pair.resource_type, one),
        evaluation="Dynamic" if only_asked(one) else "Static",
        after_known=not any(True for _ in _unknown_references(one.after, old, new)),
    )


def difference_row(
    one: Difference, above: tuple[str, ...], attribute: str, secrets: Collection[str], **more: Any
) -> PropertyChange:
    has_before, has_after = one.before is not MISSING, one.after is not MISSING
    one, secret = _named(one, secrets)
    path = tuple(WITHHELD if is_secret(part, secrets) else part for part in one.path)
    return PropertyChange(
        path=pointer(*above, *path),
        attribute=attribute,
        before=masked(one.before, secrets) if has_before and not secret else None,
        after=masked(one.after, secrets) if has_after and not secret else None,
        has_before=has_before,
        has_after=has_after,
        secret=secret,
        **more,
    )


def _named(one: Difference, secrets: Collection[str]) -> tuple[Difference, bool]:
    """Of a whole object that comes or goes the names stay, and only what is secret in it is withheld."""
    secret = is_secret(one.before, secrets) or is_secret(one.after, secrets)
    whole = one.after if one.before is MISSING else one.before if one.after is MISSING else None
    if not secret or not isinstance(whole, dict | list) or is_intrinsic(whole):
        return one, secret
    shown = masked(whole, secrets)
    sides = {"after": shown} if one.before is MISSING else {"before": shown}
    return (one, True) if is_secret(shown, secrets) else (one._replace(**sides), False)


def worst_recreation(resource_type: str, one: Difference) -> Recreation:
    paths = {path for value in (one.before, one.after) if value is not MISSING for path in leaf_paths(value, one.path)}
    return max((rules.recreation(resource_type, path) for path in paths), key=WORST.index, default="Never")


def mentioned(raw: Any) -> Iterator[str]:
    """Names in Ref and Sub, as written; those that Sub has of its own are nobody's."""
    if isinstance(raw, dict):
        for key, item in raw.items():
            if key == "Ref" and isinstance(item, str):
                yield item
            elif key == "Fn::Sub":
                text, *given = item if isinstance(item, list) and item else [item]
                own = {name for names in given if isinstance(names, dict) for name in names}
                if isinstance(text, str):
                    names = (piece.split("}")[0].strip() for piece in text.split("${")[1:])
                    yield from (name for name in names if name not in own)
                yield from mentioned(given)
            else:
                yield from mentioned(item)
    elif isinstance(raw, list):
        for item in raw:
            yield from mentioned(item)


def _unknown_references(value: Any, old: World, new: World) -> Iterator[str]:
    if value is MISSING:
        return
    for _, name, _attribute in references(value):
        if name in new.resources and name not in old.resources:
            yield name
