"""The bodies of the tests are what GitLab and Bitbucket really send, and what else they send changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.forges import bodies, shapes
from tests.forges.bodies import BEFORE, GONE, HEAD

from seed.forges.webhooks import Forge, read

NAMES = {"gitlab": "x-gitlab-event", "bitbucket": "x-event-key"}
BRANCH = bodies.bitbucket_ref("main", HEAD)
BODIES: list[tuple[Forge, str, dict[str, Any], dict[str, Any]]] = [
    ("gitlab", "push", bodies.gitlab_push(), shapes.GITLAB_PUSH),
    ("gitlab", "branch deleted", bodies.gitlab_push(after=GONE, checkout_sha=None, commits=[]), shapes.GITLAB_PUSH),
    ("gitlab", "merge request", bodies.gitlab_merge_request("open"), shapes.GITLAB_MERGE_REQUEST),
    ("gitlab", "pipeline", bodies.gitlab_pipeline("success"), shapes.GITLAB_PIPELINE),
    ("bitbucket", "repo:push", bodies.bitbucket_push((bodies.bitbucket_ref("main", BEFORE), BRANCH)),
     shapes.BITBUCKET_PUSH),
    ("bitbucket", "repo:push", bodies.bitbucket_push((None, BRANCH), (BRANCH, None)), shapes.BITBUCKET_PUSH),
    ("bitbucket", "pullrequest:created", bodies.bitbucket_pull_request(), shapes.BITBUCKET_PULL_REQUEST),
    ("bitbucket", "pullrequest:updated", bodies.bitbucket_pull_request("MERGED", source={
        "branch": {"name": "feature"}, "commit": {"type": "commit", "hash": HEAD[:12]}, "repository": None,
    }), shapes.BITBUCKET_PULL_REQUEST),
    ("bitbucket", "repo:commit_status_updated", bodies.bitbucket_status("SUCCESSFUL"), shapes.BITBUCKET_STATUS),
]  # fmt: skip

READ_TOO = (
    ("commit_status", "updated_on"), ("object_attributes", "finished_at"), ("object_attributes", "created_at"),
)  # fmt: skip
"""When it was: what the test fills a body up with is no time."""


@pytest.mark.parametrize(("body", "shape"), [one[2:] for one in BODIES], ids=[one[1] for one in BODIES])
def test_a_body_holds_nothing_that_the_forge_does_not_send(body: dict[str, Any], shape: dict[str, Any]) -> None:
    assert list(shapes.strays(body, shape)) == []


@pytest.mark.parametrize(("forge", "name", "body", "shape"), BODIES, ids=[one[1] for one in BODIES])
def test_all_that_the_forge_sends_besides_changes_nothing(
    forge: Forge, name: str, body: dict[str, Any], shape: dict[str, Any]
) -> None:
    def told(sent: dict[str, Any]) -> object:
        return read(forge, {NAMES[forge]: name}, json.dumps(sent).encode()).events

    # Where a status tells its commit itself, that is believed before the link.
    whole = shapes.filled(body, shape)
    whole.get("commit_status", {}).pop("commit", None)
    for part, when in READ_TOO:
        if when not in body.get(part, {}):
            whole.get(part, {}).pop(when, None)

    assert told(whole) == told(body) != ()


def test_what_is_never_sent_is_found() -> None:
    body = bodies.gitlab_push(project_id="15", commit="x")

    assert sorted(shapes.strays(body, shapes.GITLAB_PUSH)) == [".commit is not sent", ".project_id is a str"]
