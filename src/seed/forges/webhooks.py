"""A webhook, whichever forge sent it: its delivery id, the repository it is about, and what it tells."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seed.forges.bitbucket import webhooks as bitbucket
from seed.forges.body import read_body
from seed.forges.events import BranchDeleted, Event, PullRequest, Push
from seed.forges.github import webhooks as github
from seed.forges.gitlab import webhooks as gitlab

Forge = Literal["github", "gitlab", "bitbucket"]
FORGES: tuple[Forge, ...] = ("github", "gitlab", "bitbucket")
IDS = {
    "github": ("x-github-delivery",),
    "gitlab": ("idempotency-key", "webhook-id", "x-gitlab-event-uuid"),
    "bitbucket": ("x-request-uuid",),
}
NAMES = {"github": "x-github-event", "gitlab": "x-gitlab-event", "bitbucket": "x-event-key"}
LONGEST_ID = 150


@dataclass(frozen=True, slots=True)
class Webhook:
    """What was delivered. `ids` are all it may be known by: the same again under one of them is a repetition."""

    name: str
    repository: str
    ids: tuple[str, ...]
    events: tuple[Event, ...]


def read(forge: Forge, headers: Mapping[str, str], raw: bytes) -> Webhook:
    """`headers` by lower-case name. Raises WebhookNotReadable."""
    body = read_body(raw, headers.get("content-type", ""))
    name = headers.get(NAMES[forge], "")[:100]
    if forge == "github":
        repository, events = github.repository(body), github.events(name, body)
    elif forge == "gitlab":
        repository, events = gitlab.repository(body), gitlab.events(body)
    else:
        repository, events = bitbucket.repository(body), bitbucket.events(name, body)
    return Webhook(name, repository, _ids(forge, headers, raw, events), events)


def subject_of(event: Event) -> str:
    """What an event is about: those of one subject are worked in the order they came."""
    if isinstance(event, (Push, BranchDeleted)):
        return f"branch {event.branch}"
    if isinstance(event, PullRequest):
        return f"pull request {event.number}"
    return f"commit {event.commit}"


def _ids(forge: Forge, headers: Mapping[str, str], raw: bytes, events: tuple[Event, ...]) -> tuple[str, ...]:
    """The delivery's own id is not signed, so a replay may come with a new one: bodies that carry the time of what
    they tell count by their content too. A push does not; it only makes us look where the branch is now.
    """
    given = next((headers[name] for name in IDS[forge] if headers.get(name)), "")
    content = f"{forge}:body:{hashlib.sha256(raw).hexdigest()}"
    timed = not all(isinstance(event, (Push, BranchDeleted)) for event in events)
    ids = [f"{forge}:{given[:LONGEST_ID]}"] if given else []
    return (*ids, content) if timed or not given else tuple(ids)
