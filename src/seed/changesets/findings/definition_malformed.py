"""A state machine whose definition Step Functions cannot read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.refusals import Look, Wrong, refusals
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic

TEXT, OBJECT = "DefinitionString", "Definition"


def find(review: Review) -> Iterator[Finding]:
    yield from refusals(review, RULE.id, LOOKS)


def _machine(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    text, given = properties.get(TEXT), properties.get(OBJECT)
    if isinstance(text, str) and "{{resolve:" not in text and "DefinitionSubstitutions" not in properties:
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            yield Wrong("has a definition that is no JSON", TEXT, "Look for a comma or a quote that is missing.")
            return
    if isinstance(given, dict) and not is_intrinsic(given):
        yield from _states(given, TEXT if isinstance(text, str) else OBJECT)


def _states(definition: dict[str, Any], place: str) -> Iterator[Wrong]:
    states, start = definition.get("States"), definition.get("StartAt")
    if not isinstance(states, dict) or is_intrinsic(states) or not states or not all(map(_plain, states)):
        if states is None or states == {}:
            yield Wrong("has no states", f"{place}/States", "Say what it does.")
        return
    if start is None or (isinstance(start, str) and _plain(start) and start not in states):
        hint = "StartAt names one of its states."
        yield Wrong(
            f"starts at {start[:60] if start else 'no state'}, which it does not have", f"{place}/StartAt", hint
        )
    for name, state in states.items():
        following = state.get("Next") if isinstance(state, dict) else None
        if isinstance(following, str) and _plain(following) and following not in states:
            what = f"goes from {name[:60]} to {following[:60]}, which it does not have"
            yield Wrong(what, f"{place}/States/{name[:60]}/Next", "Next names one of its states.")


def _plain(name: str) -> bool:
    """Nothing is put in for a part of it later."""
    return "${" not in name


LOOKS: dict[str, Look] = {"AWS::StepFunctions::StateMachine": _machine}

RULE = Rule(
    "definition-malformed",
    "A state machine that cannot be read",
    "danger",
    "Step Functions refuses a definition that is no JSON, has no states, starts at a state that is not there or goes "
    "on to one.",
    "Amazon States Language; Step Functions API reference: CreateStateMachine, InvalidDefinition",
    find,
    fails=True,
)
