"""What Seed tells a forge, whichever it is. Each is the newest state of one thing; older ones need not be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Status:
    """What a stage says of a commit. `context` is its name among the commit's checks."""

    commit: str
    context: str
    state: State
    description: str
    link: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """A build of a stage, as a deployment to an environment. `key` is ours: asked for twice, it is made once."""

    key: str
    commit: str
    environment: str
    production: bool
    transient: bool
    state: State
    description: str
    link: str
    address: str = ""
    """What was deployed, where it has an address."""


@dataclass(frozen=True, slots=True)
class Comment:
    """The one comment of a pull request. It is known by `mark`, which stands in it unseen and cannot be guessed."""

    number: int
    mark: str
    text: str


Message = Status | Deployment | Comment
KINDS: dict[str, type[Message]] = {"status": Status, "deployment": Deployment, "comment": Comment}


def kind_of(message: Message) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(message, kind))


def to_json(message: Message) -> dict[str, Any]:
    return asdict(message)


def from_json(kind: str, body: Mapping[str, Any]) -> Message:
    return KINDS[kind](**body)
