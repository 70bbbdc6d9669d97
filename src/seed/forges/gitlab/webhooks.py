"""GitLab's webhooks as our events. A pipeline is what another CI is elsewhere."""

from __future__ import annotations

from seed.forges.body import Body
from seed.forges.events import BranchDeleted, CheckMoved, Event, Outcome, PullRequest, PullRequestAction, Push

HEADS = "refs/heads/"
NO_COMMIT = "0" * 40
ACTIONS: dict[str, PullRequestAction] = {
    "open": "opened",
    "reopen": "opened",
    "update": "updated",
    "close": "closed",
    "merge": "closed",
}
BEGUN = ("created", "waiting_for_resource", "preparing", "pending", "running", "scheduled", "manual", "canceling")
APART = frozenset({"merge_request_event", "parent_pipeline"})
"""Pipelines that run beside the one of the commit's branch; a later one of another kind replaces it."""
OUTCOMES: dict[str, Outcome] = {
    "success": "succeeded",
    "failed": "failed",
    "canceled": "failed",
    **dict.fromkeys(BEGUN, "pending"),
}


def repository(body: Body) -> str:
    return body.maybe("project").text("path_with_namespace", "")


def events(body: Body) -> tuple[Event, ...]:
    """The body says itself what it is: `object_kind`."""
    reader = {"push": _push, "merge_request": _merge_request, "pipeline": _pipeline}.get(body.text("object_kind", ""))
    return reader(body) if reader else ()


def _push(body: Body) -> tuple[Event, ...]:
    ref, before, after = body.text("ref"), body.text("before"), body.text("after")
    if not ref.startswith(HEADS):
        return ()
    branch = ref.removeprefix(HEADS)
    if after == NO_COMMIT:
        return (BranchDeleted(branch),)
    commits = body.parts("commits") if body.values.get("commits") else []
    message = next((one.text("message", "") for one in reversed(commits) if one.text("id", "") == after), "")
    return (Push(branch, after, "" if before == NO_COMMIT else before, message),)


def _merge_request(body: Body) -> tuple[Event, ...]:
    request = body.part("object_attributes")
    action = ACTIONS.get(request.text("action", ""))
    if action is None:
        return ()
    if request.text("state", "") in {"closed", "merged"}:  # also where only its title was edited
        action = "closed"
    return (
        PullRequest(
            action,
            request.number("iid"),
            head_branch=request.text("source_branch"),
            head_commit=request.part("last_commit").text("id"),
            base_branch=request.text("target_branch"),
            title=request.text("title"),
            author=body.maybe("user").text("username", ""),
            # The project of a fork that was deleted is null.
            from_fork=request.number("source_project_id", 0) != request.number("target_project_id"),
            merged=request.text("action") == "merge",
            at=request.at("updated_at"),
        ),
    )


def _pipeline(body: Body) -> tuple[Event, ...]:
    pipeline = body.part("object_attributes")
    outcome = OUTCOMES.get(pipeline.text("status"))
    if outcome is None or pipeline.flag("tag"):
        return ()
    source = pipeline.text("name", "") or "pipeline"
    at = pipeline.at("finished_at") or pipeline.at("created_at")
    kind = pipeline.text("source", "")
    return (
        CheckMoved(
            pipeline.text("sha"),
            outcome,
            source,
            pipeline.text("ref", ""),
            origin=kind if kind in APART else "",
            number=pipeline.number("id", 0),
            at=at,
        ),
    )
