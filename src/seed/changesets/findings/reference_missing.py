"""References to nothing: the deployment will fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.evaluate import World
from seed.changesets.findings.rule import Rule
from seed.changesets.include import LANGUAGE
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import mentioned
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, references
from seed.changesets.words import listed


def find(review: Review) -> Iterator[Finding]:
    if set(review.new.unseen) - {LANGUAGE}:  # a macro may make what is missing
        return
    known = set(_problems(review.old)) if review.old else set()  # what is deployed already cannot be a mistake
    left_out = [] if review.change_set.empty else list(_left_out(review))
    told = [one for one in dict.fromkeys([*_problems(review.new), *left_out]) if one not in known]
    if told:
        used = _users(review.new)
        for where, problem in told:
            users = used.get(where, [])
            yield Finding(
                "reference-missing",
                Severity.DANGER,
                f"The deployment will fail: {problem}.",
                next((name for name in users if name in review.pairs), ""),
                evidence=f"in {listed(users)}" if users else where,
                hint="Look for a spelling mistake, or for something that was removed but is still used.",
            )


def _users(world: World) -> dict[str, list[str]]:
    """What is referred to → resources and outputs that do."""
    found: dict[str, list[str]] = {}
    for above, entries in (("", world.section("Resources")), ("Outputs/", world.section("Outputs"))):
        for key, entry in entries.items():
            for name in {*mentioned(entry), *(source for _, source, _attribute in references(entry))}:
                found.setdefault(name, []).append(f"{above}{key}")
    return found


def _problems(world: World) -> Iterator[tuple[str, str]]:
    yield from world.problems
    for name, resource in world.resources.items():
        given = resource.get("DependsOn")
        for other in given if isinstance(given, list) else [given]:
            if isinstance(other, str) and not world.knows(other):
                yield f"{name}/DependsOn", f"{name} depends on {other}, which is no resource"


def _left_out(review: Review) -> Iterator[tuple[str, str]]:
    """What is used, and left out by its own condition."""
    world = review.new
    out = world.known - world.resources.keys()
    if not out:
        return
    for name, pair in review.pairs.items():
        if pair.after is None or pair.before is pair.after:
            continue
        for path, other in _certain(pair.after.properties):
            if other in out:
                yield f"{name}{path}", f"{name} refers to {other}, whose condition does not hold"
    for name, output in world.section("Outputs").items():
        if world.condition(output.get("Condition")) is not False:
            for path, other in _certain(world.value(output.get("Value"))):
                if other in out:
                    yield f"Outputs/{name}{path}", f"the output {name} refers to {other}, whose condition does not hold"


def _certain(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """References outside of an Fn::If that nobody can decide."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _certain(item, f"{path}/{index}")
    elif isinstance(value, dict) and not is_intrinsic(value):
        for key, item in value.items():
            yield from _certain(item, f"{path}/{key}")
    elif "Fn::If" not in str(value):
        yield from ((path, name) for _, name, _attribute in references(value))


RULE = Rule(
    "reference-missing",
    "Something referred to is not there",
    "danger",
    "CloudFormation refuses a template that refers to resources, parameters, conditions or map keys which do not "
    "exist, or to a resource that its condition leaves out.",
    "CloudFormation user guide: Ref, Fn::GetAtt, Fn::FindInMap, DependsOn, Conditions",
    find,
    fails=True,
)
