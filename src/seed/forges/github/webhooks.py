"""GitHub's webhooks as our events. Those that tell nothing we follow are no events, and no errors."""

from __future__ import annotations

from seed.forges.body import Body
from seed.forges.events import BranchDeleted, CheckMoved, Event, Outcome, PullRequest, PullRequestAction, Push

HEADS = "refs/heads/"
GOOD = frozenset({"success", "neutral", "skipped"})
STATES: dict[str, Outcome] = {"pending": "pending", "success": "succeeded"}
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
        "check_run": _check_run,
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
            title=request.text("title"),
            author=request.maybe("user").text("login", ""),
            # The repository of a fork that was deleted is null.
            from_fork=head.maybe("repo").text("full_name", "") != base.part("repo").text("full_name"),
            merged=request.flag("merged"),
            at=request.at("updated_at"),
        ),
    )


def _check_suite(body: Body) -> tuple[Event, ...]:
    """All checks of one producer, completed. That one is asked for is told to the app alone whose own it would be."""
    if body.text("action") != "completed":
        return ()
    suite = body.part("check_suite")
    return (
        CheckMoved(
            suite.text("head_sha"), _outcome(suite), suite.maybe("app").text("name", ""), suite.text("head_branch", ""),
            origin=str(suite.number("id", 0)), at=suite.at("updated_at"),
        ),
    )  # fmt: skip


def _check_run(body: Body) -> tuple[Event, ...]:
    """One check. It is run again under the same name in the same suite; another workflow's has a suite of its own."""
    run = body.part("check_run")
    suite = run.maybe("check_suite")
    return (
        CheckMoved(
            run.text("head_sha"), _outcome(run), run.text("name"), suite.text("head_branch", ""),
            origin=str(suite.number("id", 0)), number=run.number("id", 0),
            at=run.at("completed_at") or run.at("started_at"),
        ),
    )  # fmt: skip


def _outcome(check: Body) -> Outcome:
    if check.text("status", "") != "completed":
        return "pending"
    return "succeeded" if check.text("conclusion", "") in GOOD else "failed"


def _status(body: Body) -> tuple[Event, ...]:
    state = body.text("state")
    branches = body.parts("branches")
    branch = branches[0].text("name") if branches else ""
    outcome = STATES.get(state, "failed")
    commit, context = body.text("sha"), body.text("context")
    return (CheckMoved(commit, outcome, context, branch, number=body.number("id", 0), at=body.at("updated_at")),)
