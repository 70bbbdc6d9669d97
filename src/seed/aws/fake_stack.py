"""A stack of the fake AWS, and how its templates are compared: by equality, knowing nothing of replacement."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from seed.aws.values import ChangeSetAnswer, ChangeSetRequest, StackEvent


@dataclass
class FakeStack:
    """A stack as AWS keeps it."""

    name: str
    stack_id: str
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    template: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    updated: datetime | None = None
    rollback: str = ""
    policy: str = ""
    events: list[StackEvent] = field(default_factory=list)
    pending: list[StackEvent] = field(default_factory=list)
    change_sets: dict[str, tuple[ChangeSetRequest, ChangeSetAnswer]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    before: tuple[str, dict[str, str], dict[str, str]] = ("", {}, {})
    """Template, parameters and tags, as they were when the running update began."""

    def look(self, most: int) -> None:
        """Each brings some of the events; the last one brings the stack's end."""
        came, self.pending = self.pending[:most], self.pending[most:]
        self.events += came
        if came and not self.pending:
            self.status = came[-1].status


def sha(content: bytes) -> str:
    """As Lambda tells it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def parsed(template: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(template) if template else {}
    return found


def made_by(stacks: Iterable[FakeStack], name_key: str = "") -> set[tuple[str, str]]:
    """(type, physical id) of all that the stacks made; by their own names where a key is given."""
    made = set()
    for stack in stacks:
        for logical_id, resource in (parsed(stack.template).get("Resources") or {}).items():
            name = resource.get("Properties", {}).get(name_key) if name_key else f"{stack.name}-{logical_id}"
            made.add((resource["Type"], str(name)))
    return made


def new_code(template: str, resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(logical id, key of the asset) of each function and layer whose code is another one than in the template."""
    before = parsed(template).get("Resources") or {}
    for logical_id, resource in resources.items():
        place = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}.get(resource["Type"])
        code = resource["Properties"][place] if place else None
        if code and (before.get(logical_id, {}).get("Properties") or {}).get(place) != code:
            yield logical_id, code["S3Key"]


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = old.get("Resources") or {}, new.get("Resources") or {}
    changes = []
    for logical_id in sorted({*before, *after}):
        if before.get(logical_id) == after.get(logical_id):
            continue
        action = "Add" if logical_id not in before else "Remove" if logical_id not in after else "Modify"
        resource = after.get(logical_id) or before[logical_id]
        change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": resource["Type"]}
        changes.append({"Type": "Resource", "ResourceChange": change})
    return changes


def same_given(now: Mapping[str, str], request: ChangeSetRequest) -> bool:
    kept = {name: now[name] for name in request.previous}
    return dict(now) == {**kept, **request.parameters}
