"""What Ref and Fn::GetAtt answer on the stack as it runs, as far as it can be told.

From the physical ids and outputs that are deployed, and what follows from an id; from a name that the template gives,
where Ref answers it; and from a property that is an attribute too.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from seed.changesets import rules
from seed.changesets.aws_read import UNKNOWN
from seed.changesets.deployed import Deployed
from seed.changesets.derived import derived
from seed.changesets.evaluate import Pseudo, World
from seed.changesets.expand import expanded
from seed.changesets.known import Known
from seed.changesets.template import Template
from seed.changesets.values import SCALAR, is_intrinsic, is_secret, references, scalar_text

Answers = Mapping[tuple[str, str], str]
"""(logical id, attribute; '' for Ref) → text."""
NOTHING: Mapping[str, str] = {}
NO_SNIPPETS: Mapping[str, Template] = {}


def answers(
    template: Template | None,
    given: Mapping[str, str] = NOTHING,
    deployed: Deployed | None = None,
    pseudo: Pseudo | None = None,
    includes: Mapping[str, Template] = NO_SNIPPETS,
) -> Answers:
    """Of the stack that `template` made, with these parameter values."""
    if template is None:
        return {}
    world = World(expanded(template, given, pseudo or Pseudo(), includes), given, pseudo or Pseudo())
    return answers_of(world, deployed or Deployed())


def answers_of(world: World, known: Deployed) -> Answers:
    """What is deployed tells more surely than what the template gives."""
    found: dict[tuple[str, str], str] = {}
    waiting: dict[tuple[str, str], Any] = {}
    for name, resource in world.resources.items():
        properties = world.value(resource.get("Properties") or {})
        found |= _of_properties(name, str(resource.get("Type", "")), properties)
        waiting |= _made(name, properties)
        if physical := known.physical_ids.get(name):
            found[name, ""] = physical
            if physical.startswith("arn:"):
                found[name, "Arn"] = physical
            found |= _texts(name, derived(str(resource.get("Type", "")), physical, properties, world.pseudo))
        found |= _texts(name, known.properties.get(name, {}))
    found |= _of_outputs(world, known.outputs)
    return _followed(found, waiting) | found


def _made(name: str, properties: Any) -> dict[tuple[str, str], Any]:
    """Properties that are made of what others answer."""
    items = properties.items() if isinstance(properties, dict) and not is_intrinsic(properties) else ()
    return {(name, key): value for key, value in items if is_intrinsic(value) and not is_secret(value)}


def _followed(
    found: Mapping[tuple[str, str], str], waiting: Mapping[tuple[str, str], Any]
) -> dict[tuple[str, str], str]:
    """What is told by what is told: a name made of the name of another, and so on through any chain."""
    told = dict(found)
    known = Known(told, told)
    missing: dict[tuple[str, str], set[tuple[str, str]]] = {}
    readers: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for key, value in waiting.items():
        missing[key] = {(name, attribute) for _, name, attribute in references(value)} - told.keys()
        for one in missing[key]:
            readers[one].append(key)
    ready = deque(key for key in waiting if not missing[key] and key not in told)
    while ready:
        key = ready.popleft()
        text = known.text(waiting[key], after=False)
        if UNKNOWN in text:
            continue
        told[key] = text
        for reader in readers[key]:
            missing[reader].discard(key)
            if not missing[reader] and reader not in told:
                ready.append(reader)
    return told


def _of_properties(name: str, resource_type: str, properties: Any) -> dict[tuple[str, str], str]:
    if not isinstance(properties, dict) or is_intrinsic(properties):
        return {}
    found = _texts(name, properties)
    own = found.get((name, rules.name_property(resource_type)))
    if own is not None and rules.named_by_ref(resource_type):
        found[name, ""] = own
    return found


def _texts(name: str, properties: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {(name, key): scalar_text(value) for key, value in properties.items() if _tellable(value)}


def _tellable(value: Any) -> bool:
    return isinstance(value, SCALAR) and not is_secret(value)


def _of_outputs(world: World, outputs: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """An output that is nothing but a Ref or a GetAtt tells what that answers."""
    found = {}
    for name, output in world.section("Outputs").items():
        value = output.get("Value") if isinstance(output, dict) else None
        if name not in outputs or not isinstance(value, dict) or not is_intrinsic(value):
            continue
        kind, argument = next(iter(value.items()))
        if kind == "Ref" and isinstance(argument, str):
            found[argument, ""] = outputs[name]
        elif kind == "Fn::GetAtt":
            parts = argument if isinstance(argument, list) else str(argument).split(".", 1)
            if len(parts) == len(("id", "attribute")) and all(isinstance(part, str) for part in parts):
                found[parts[0], parts[1]] = outputs[name]
    return found
