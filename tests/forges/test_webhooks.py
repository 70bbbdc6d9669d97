"""What each forge sends, read into the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.forges import bodies
from tests.forges.bodies import BEFORE, GONE, HEAD
from tests.forges.examples import PUBLISHED, example

from seed.forges.body import WebhookNotReadable
from seed.forges.events import BranchDeleted, CheckMoved, PullRequest, Push, from_json, kind_of, to_json
from seed.forges.webhooks import FORGES, Forge, Webhook, read

NAMES = {"github": "x-github-event", "gitlab": "x-gitlab-event", "bitbucket": "x-event-key"}


def sent(forge: Forge, name: str, body: object, **headers: str) -> Webhook:
    return read(forge, {NAMES[forge]: name, **headers}, json.dumps(body).encode())


@pytest.mark.parametrize(("name", "body"), [(n, b) for n, _, b in PUBLISHED], ids=[f"{n}-{i}" for n, i, _ in PUBLISHED])
def test_every_published_example_of_github_is_read(name: str, body: dict[str, Any]) -> None:
    webhook = sent("github", name, body)

    assert webhook.repository == body["repository"]["full_name"] if "repository" in body else not webhook.events
    wanted = {
        "push": "branch" if body.get("ref", "").startswith("refs/heads/") else "",
        "pull_request": body.get("action", "") in {"opened", "closed", "reopened", "synchronize", "edited",
                                                    "converted_to_draft", "ready_for_review"},
        "check_suite": body.get("action") == "completed",
        "check_run": True,
        "status": True,
        "delete": body.get("ref_type") == "branch",
    }.get(name, False)  # fmt: skip
    assert bool(webhook.events) == bool(wanted)
    for event in webhook.events:
        assert from_json(kind_of(event), json.loads(json.dumps(to_json(event)))) == event


def test_github_push() -> None:
    webhook = sent("github", "push", example("push", ref="refs/heads/master"))

    assert webhook.events == (Push("master", "6113728f27ae82c7b1a177c8d03f9e96e0adf246", "", "Initial commit"),)


def test_github_push_that_deletes_a_branch() -> None:
    body = {**example("push", ref="refs/heads/master"), "deleted": True, "after": GONE, "head_commit": None}

    assert sent("github", "push", body).events == (BranchDeleted("master"),)


def test_github_pull_request() -> None:
    webhook = sent("github", "pull_request", example("pull_request", action="synchronize"))

    assert webhook.events == (
        PullRequest("updated", 2, "changes", "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "master",
                    "Update the README with new information.", "Codertocat", at=datetime(2019, 5, 15, 15, 20, 33, tzinfo=UTC)),
    )  # fmt: skip


@pytest.mark.parametrize("repo", [None, {"full_name": "stranger/Hello-World"}], ids=["deleted", "other"])
def test_github_pull_request_from_a_fork_is_known_as_one(repo: dict[str, Any] | None) -> None:
    body = json.loads(json.dumps(example("pull_request", action="opened")))
    body["pull_request"]["head"]["repo"] = repo

    [event] = sent("github", "pull_request", body).events

    assert event.from_fork


def test_github_checks() -> None:
    suite = sent("github", "check_suite", example("check_suite", action="completed"))
    status = sent("github", "status", {**example("status"), "state": "failure", "context": "ci/circleci"})

    assert suite.events == (
        CheckMoved("ec26c3e57ca3a959ca5aad62de7213c562f8c821", "succeeded", "octocoders-linter", "changes",
                   origin="118578147", at=datetime(2019, 5, 15, 15, 21, 14, tzinfo=UTC)),
    )  # fmt: skip
    assert [(e.outcome, e.source, e.number) for e in status.events] == [("failed", "ci/circleci", 6805126730)]


def test_github_check_runs_are_under_way_until_they_have_ended() -> None:
    begun, ended = (
        sent("github", "check_run", example("check_run", action=one)).events for one in ("created", "completed")
    )

    assert [(e.outcome, e.source, e.origin) for e in (*begun, *ended)] == [
        ("pending", "Octocoders-linter", "118578147"), ("failed", "Octocoders-linter", "118578147")
    ]  # fmt: skip
    assert begun[0].number == ended[0].number > 0


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out", "action_required", "stale", None])
def test_github_checks_that_did_not_succeed_have_failed(conclusion: str | None) -> None:
    body = json.loads(json.dumps(example("check_suite", action="completed")))
    body["check_suite"]["conclusion"] = conclusion

    assert [e.outcome for e in sent("github", "check_suite", body).events] == ["failed"]


def test_github_may_send_its_json_in_a_form() -> None:
    from urllib.parse import urlencode

    raw = urlencode({"payload": json.dumps(example("push", ref="refs/heads/master"))}).encode()
    headers = {"x-github-event": "push", "content-type": "application/x-www-form-urlencoded"}

    assert [kind_of(e) for e in read("github", headers, raw).events] == ["push"]


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (bodies.gitlab_push(), Push("main", HEAD, BEFORE, "Newest\n\nWith more")),
        (bodies.gitlab_push(before=GONE), Push("main", HEAD, "", "Newest\n\nWith more")),
        (bodies.gitlab_push(after=GONE, checkout_sha=None, commits=[]), BranchDeleted("main")),
        (bodies.gitlab_push(object_kind="tag_push", ref="refs/tags/v1"), None),
        (bodies.gitlab_pipeline("success"), CheckMoved(HEAD, "succeeded", "pipeline", "main", number=31)),
        (bodies.gitlab_pipeline("canceled"), CheckMoved(HEAD, "failed", "pipeline", "main", number=31)),
        (bodies.gitlab_pipeline("running"), CheckMoved(HEAD, "pending", "pipeline", "main", number=31)),
        (bodies.gitlab_pipeline("skipped"), None),
        (bodies.gitlab_pipeline("success", tag=True), None),
        ({"object_kind": "note", "project": {"path_with_namespace": "mike/shop"}}, None),
    ],
)
def test_gitlab(body: dict[str, Any], event: object) -> None:
    webhook = sent("gitlab", "", body)

    assert webhook.events == ((event,) if event else ())
    assert webhook.repository == "mike/shop"


@pytest.mark.parametrize(
    ("action", "wanted", "merged"),
    [("open", "opened", False), ("reopen", "opened", False), ("update", "updated", False), ("close", "closed", False),
     ("merge", "closed", True), ("approved", None, False)],
)  # fmt: skip
def test_gitlab_merge_request(action: str, wanted: str | None, merged: bool) -> None:
    found = sent("gitlab", "", bodies.gitlab_merge_request(action)).events

    assert [(e.action, e.number, e.head_commit, e.base_branch, e.merged, e.from_fork) for e in found] == (
        [(wanted, 7, HEAD, "main", merged, False)] if wanted else []
    )
    assert all(e.at == datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC) for e in found)


@pytest.mark.parametrize("project", [16, None], ids=["other", "deleted"])
def test_gitlab_merge_request_from_a_fork_is_known_as_one(project: int | None) -> None:
    [event] = sent("gitlab", "", bodies.gitlab_merge_request("close", source_project_id=project)).events

    assert (event.action, event.from_fork) == ("closed", True)


def test_whatever_is_told_of_a_closed_pull_request_says_that_it_is_closed() -> None:
    edited = {**example("pull_request", action="opened"), "action": "edited"}
    edited["pull_request"] = {**edited["pull_request"], "state": "closed"}
    found = [
        *sent("github", "pull_request", edited).events,
        *sent("gitlab", "", bodies.gitlab_merge_request("update", state="merged")).events,
        *sent("gitlab", "", bodies.gitlab_merge_request("update", state="closed")).events,
        *(event for state in ("MERGED", "DECLINED", "SUPERSEDED")
          for event in sent("bitbucket", "pullrequest:updated", bodies.bitbucket_pull_request(state)).events),
    ]  # fmt: skip

    assert [event.action for event in found] == ["closed"] * 6


def test_bitbucket_push_of_several_branches_is_several_events() -> None:
    ref = bodies.bitbucket_ref
    body = bodies.bitbucket_push(
        (ref("main", BEFORE), ref("main", HEAD)), (None, ref("new", HEAD)), (ref("old", BEFORE), None),
        (None, ref("v1", HEAD, "tag")), (ref("v0", HEAD, "tag"), None),
    )  # fmt: skip

    assert sent("bitbucket", "repo:push", body).events == (
        Push("main", HEAD, BEFORE, "Newest\n"), Push("new", HEAD, "", "Newest\n"), BranchDeleted("old")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "state", "wanted", "merged"),
    [("created", "OPEN", "opened", False), ("updated", "OPEN", "updated", False),
     ("fulfilled", "MERGED", "closed", True), ("rejected", "DECLINED", "closed", False)],
)  # fmt: skip
def test_bitbucket_pull_request(name: str, state: str, wanted: str, merged: bool) -> None:
    [event] = sent("bitbucket", f"pullrequest:{name}", bodies.bitbucket_pull_request(state)).events

    assert (event.action, event.number, event.head_branch, event.head_commit) == (wanted, 7, "feature", HEAD[:12])
    assert (event.merged, event.from_fork) == (merged, False)


def test_bitbucket_pull_request_from_a_fork_that_is_gone() -> None:
    source = {"branch": {"name": "feature"}, "commit": None, "repository": None}

    [event] = sent("bitbucket", "pullrequest:updated", bodies.bitbucket_pull_request(source=source)).events

    assert (event.from_fork, event.head_commit) == (True, "")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("SUCCESSFUL", "succeeded"), ("FAILED", "failed"), ("STOPPED", "failed"), ("INPROGRESS", "pending")],
)
def test_bitbucket_status(state: str, outcome: str) -> None:
    webhook = sent("bitbucket", "repo:commit_status_updated", bodies.bitbucket_status(state))

    assert webhook.events == (CheckMoved(HEAD, outcome, "jenkins", "main"),)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 100_000, b'"x"', b"1" * 5000])
@pytest.mark.parametrize("forge", FORGES)
def test_what_is_no_object_is_told_as_such(forge: Forge, raw: bytes) -> None:
    with pytest.raises(WebhookNotReadable) as refused:
        read(forge, {NAMES[forge]: "push"}, raw)

    assert refused.value.hint


@pytest.mark.parametrize(
    ("forge", "name", "body", "place"),
    [
        ("github", "push", {}, "ref"),
        ("github", "push", {"ref": "refs/heads/x", "before": GONE}, "after"),
        ("github", "pull_request", {"action": "opened", "pull_request": {"head": 3}}, "pull_request.head"),
        ("github", "status", {"state": "success", "branches": [1]}, "branches"),
        ("gitlab", "", {"object_kind": "push", "ref": []}, "ref"),
        ("gitlab", "", bodies.gitlab_merge_request("open", updated_at="yesterday"), "object_attributes.updated_at"),
        ("bitbucket", "repo:push", {"push": {"changes": [{"new": {"type": "branch"}}]}}, "push.changes.0.new.target"),
    ],
)
def test_what_is_missing_is_named(forge: Forge, name: str, body: dict[str, Any], place: str) -> None:
    with pytest.raises(WebhookNotReadable) as refused:
        sent(forge, name, body)

    assert refused.value.where == place


GOOD: list[tuple[Forge, str, dict[str, Any]]] = [
    ("github", "push", example("push", ref="refs/heads/master")),
    ("github", "pull_request", example("pull_request", action="opened")),
    ("github", "check_suite", example("check_suite", action="completed")),
    ("github", "status", example("status")),
    ("gitlab", "", bodies.gitlab_push()),
    ("gitlab", "", bodies.gitlab_merge_request("open")),
    ("gitlab", "", bodies.gitlab_pipeline("success")),
    ("bitbucket", "repo:push", bodies.bitbucket_push((bodies.bitbucket_ref("main", BEFORE), None))),
    ("bitbucket", "pullrequest:created", bodies.bitbucket_pull_request()),
    ("bitbucket", "repo:commit_status_updated", bodies.bitbucket_status("FAILED")),
]


def bent(body: Any, wrong: object) -> Iterator[Any]:
    """The body with each of its values, one at a time, made into something else."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        for inner in [wrong, *(bent(value, wrong) if isinstance(value, dict | list) else ())]:
            copy = dict(body) if isinstance(body, dict) else list(body)
            copy[key] = inner
            yield copy


@pytest.mark.parametrize("wrong", [None, 7, -1, True, "text", [], {}, [None]], ids=repr)
@pytest.mark.parametrize(("forge", "name", "body"), GOOD, ids=[f"{f}-{n}-{i}" for i, (f, n, _) in enumerate(GOOD)])
def test_a_body_with_one_wrong_value_is_read_or_refused(
    forge: Forge, name: str, body: dict[str, Any], wrong: object
) -> None:
    read_or_refused = 0
    for changed in bent(body, wrong):
        with suppress(WebhookNotReadable):
            assert sent(forge, name, changed).ids
        read_or_refused += 1
    assert read_or_refused > 10


def test_a_delivery_is_known_by_its_id() -> None:
    body = bodies.gitlab_push()

    assert sent("gitlab", "", body, **{"idempotency-key": "k"}).ids == ("gitlab:k",)
    assert sent("bitbucket", "repo:push", bodies.bitbucket_push(), **{"x-request-uuid": "r"}).ids == ("bitbucket:r",)
    assert sent("gitlab", "", body).ids == sent("gitlab", "", body).ids


def test_one_that_tells_its_time_is_known_by_its_content_too() -> None:
    request = example("pull_request", action="closed")
    first, replayed = (sent("github", "pull_request", request, **{"x-github-delivery": name}) for name in "ab")

    assert first.ids[0] != replayed.ids[0]
    assert first.ids[1] == replayed.ids[1]
