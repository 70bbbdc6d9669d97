"""What forges tell, in one set of words, whichever forge said it.

An event is a hint that something moved, never an order: whoever works one looks at the repository, or at the
rows, before anything is changed. So one that comes late, twice, or was replayed does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

PullRequestAction = Literal["opened", "updated", "closed"]
Outcome = Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Push:
    """A branch was made, or moved. `before` is "" where the branch is new."""

    branch: str
    commit: str
    before: str = ""
    message: str = ""
    """Of the newest commit."""


@dataclass(frozen=True, slots=True)
class BranchDeleted:
    branch: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Opened (also: reopened), updated (new commits, another base, another title), or closed (also: merged)."""

    action: PullRequestAction
    number: int
    head_branch: str
    head_commit: str
    base_branch: str
    title: str = ""
    author: str = ""
    from_fork: bool = False
    """Its code comes from another repository: from people who may not write to this one."""
    merged: bool = False
    at: datetime | None = None
    """When the forge changed it: an older event than the newest worked one says nothing new."""


@dataclass(frozen=True, slots=True)
class CheckMoved:
    """What another CI says of a commit: one check, or one producer's whole set of them; begun, or ended."""

    commit: str
    outcome: Outcome
    source: str
    """Its name: `GitHub Actions`, `build`, a status' context, a pipeline."""
    branch: str = ""
    origin: str = ""
    """What tells checks of one name apart, where a forge has several: GitHub's suite."""
    number: int = 0
    """Of one check's runs, the highest counts; 0 where the forge does not number them."""
    at: datetime | None = None
    """The forge's time. Of one run, the newest counts."""


Event = Push | BranchDeleted | PullRequest | CheckMoved
KINDS: dict[str, type[Event]] = {
    "push": Push,
    "branch-deleted": BranchDeleted,
    "pull-request": PullRequest,
    "check-moved": CheckMoved,
    "checks-completed": CheckMoved,
}
"""The first of an event's names is told; the last one is how versions before stored theirs."""


def kind_of(event: Event) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(event, kind))


def to_json(event: Event) -> dict[str, Any]:
    """As it is stored; the kind stands beside it."""
    body = asdict(event)
    if isinstance(event, (PullRequest, CheckMoved)):
        body["at"] = event.at.isoformat() if event.at else None
    return body


def from_json(kind: str, body: Mapping[str, Any]) -> Event:
    given = dict(body)
    if given.get("at"):
        given["at"] = datetime.fromisoformat(given["at"])
    return KINDS[kind](**given)
