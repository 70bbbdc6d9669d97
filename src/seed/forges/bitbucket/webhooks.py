"""Bitbucket's webhooks as our events. One push may move several branches; commits of pull requests come shortened."""

from __future__ import annotations

from seed.forges.body import Body
from seed.forges.events import BranchDeleted, CheckMoved, Event, Outcome, PullRequest, PullRequestAction, Push

ACTIONS: dict[str, PullRequestAction] = {
    "pullrequest:created": "opened",
    "pullrequest:updated": "updated",
    "pullrequest:fulfilled": "closed",
    "pullrequest:rejected": "closed",
}
ENDED = frozenset({"MERGED", "DECLINED", "SUPERSEDED"})
STATES: dict[str, Outcome] = {"INPROGRESS": "pending", "SUCCESSFUL": "succeeded"}
STATUS = frozenset({"repo:commit_status_created", "repo:commit_status_updated"})


def repository(body: Body) -> str:
    return body.maybe("repository").text("full_name", "")


def events(name: str, body: Body) -> tuple[Event, ...]:
    """`name` is the header X-Event-Key."""
    if name == "repo:push":
        return tuple(event for change in body.part("push").parts("changes") for event in _change(change))
    if name in ACTIONS:
        return (_pull_request(ACTIONS[name], body.part("pullrequest")),)
    return _status(body.part("commit_status")) if name in STATUS else ()


def _change(change: Body) -> tuple[Event, ...]:
    new, old = change.maybe("new"), change.maybe("old")
    if new.values:
        if new.text("type") != "branch":
            return ()
        target = new.part("target")
        before = old.part("target").text("hash") if old.values else ""
        return (Push(new.text("name"), target.text("hash"), before, target.text("message", "")),)
    return (BranchDeleted(old.text("name")),) if old.text("type", "") == "branch" else ()


def _pull_request(action: PullRequestAction, request: Body) -> PullRequest:
    source, destination = request.part("source"), request.part("destination")
    if request.text("state", "") in ENDED:  # also where only its title was edited
        action = "closed"
    return PullRequest(
        action,
        request.number("id"),
        head_branch=source.part("branch").text("name"),
        head_commit=source.maybe("commit").text("hash", ""),
        base_branch=destination.part("branch").text("name"),
        title=request.text("title"),
        author=request.maybe("author").text("display_name", ""),
        # The repository of a fork that was deleted is null.
        from_fork=source.maybe("repository").text("full_name", "") != destination.part("repository").text("full_name"),
        merged=request.text("state") == "MERGED",
        at=request.at("updated_on"),
    )


def _status(status: Body) -> tuple[Event, ...]:
    commit = status.maybe("commit").text("hash", "")
    if not commit:  # older bodies name it by its link alone
        commit = status.part("links").part("commit").text("href").rstrip("/").rsplit("/", 1)[-1]
    outcome = STATES.get(status.text("state"), "failed")
    return (CheckMoved(commit, outcome, status.text("key"), status.text("refname", ""), at=status.at("updated_on")),)
