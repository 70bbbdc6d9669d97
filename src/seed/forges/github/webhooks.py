"""GitHub's webhooks as our events. Those that tell nothing we follow are no events, and no errors."""

from __future__ import annotations

from seed.forges.body import Body
from seed.forges.events import BranchDeleted, ChecksCompleted, Event, Outcome, PullRequest, PullRequestAction, Push

HEADS = "refs/heads/"
GOOD = frozenset({"success", "neutral", "skipped"})
ACTIONS: dict[str, PullRequestAction] = {
    "opened": "opened",
    "reopened": "opened",
    "synchronize": "updated",
    "edited": "updated",
    "ready_for_review": "updated",
    "converted_to_draft": "updated",
    "closed": "closed",
}


def repository(body: Body) -> str:
    return body.maybe("repository").text("full_name", "")


def events(name: str, body: Body) -> tuple[Event, ...]:
    """`name` is the header X-GitHub-Event."""
    reader = {
        "push": _push,
        "delete": _delete,
        "pull_request": _pull_request,
        "check_suite": _check_suite,
        "status": _status,
    }.get(name)
    return reader(body) if reader else ()


def _push(body: Body) -> tuple[Event, ...]:
    ref = body.text("ref")
    if not ref.startswith(HEADS):
        return ()
    branch = ref.removeprefix(HEADS)
    if body.flag("deleted"):
        return (BranchDeleted(branch),)
    before = "" if body.flag("created") else body.text("before")
    return (Push(branch, body.text("after"), before, body.maybe("head_commit").text("message", "")),)


def _delete(body: Body) -> tuple[Event, ...]:
    return (BranchDeleted(body.text("ref")),) if body.text("ref_type") == "branch" else ()


def _pull_request(body: Body) -> tuple[Event, ...]:
    action = ACTIONS.get(body.text("action"))
    if action is None:
        return ()
    request = body.part("pull_request")
    if request.text("state", "") == "closed":  # also where only its title was edited
        action = "closed"
    head, base = request.part("head"), request.part("base")
    return (
        PullRequest(
            action,
            request.number("number"),
            head_branch=head.text("ref"),
            head_commit=head.text("sha"),
            base_branch=base.text("ref"),
            base_commit=base.text("sha"),
            title=request.text("title"),
            author=request.maybe("user").text("login", ""),
            # The repository of a fork that was deleted is null.
            from_fork=head.maybe("repo").text("full_name", "") != base.part("repo").text("full_name"),
            merged=request.flag("merged"),
            draft=request.flag("draft"),
            at=request.at("updated_at"),
        ),
    )


def _check_suite(body: Body) -> tuple[Event, ...]:
    """All checks of one producer. Single runs are not followed: the suite speaks for them."""
    suite = body.part("check_suite")
    if body.text("action") != "completed":
        return ()
    outcome: Outcome = "succeeded" if suite.text("conclusion", "") in GOOD else "failed"
    source = suite.maybe("app").text("name", "")
    return (ChecksCompleted(suite.text("head_sha"), outcome, source, suite.text("head_branch", "")),)


def _status(body: Body) -> tuple[Event, ...]:
    state = body.text("state")
    if state == "pending":
        return ()
    branches = body.parts("branches")
    branch = branches[0].text("name") if branches else ""
    outcome: Outcome = "succeeded" if state == "success" else "failed"
    return (ChecksCompleted(body.text("sha"), outcome, body.text("context"), branch),)
