"""What GitLab and Bitbucket put into the bodies that we are told of, field by field.

Sources: GitLab's "Webhook events" and its builders of hook data; Bitbucket Cloud's "Event payloads" and its REST
schemas; both held against bodies that were really sent. Links and avatars are left out where nothing reads them.
A leaf names the kinds that a field may have: t(ext), n(umber), f(lag), 0 (null), e(mpty object or any).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

KINDS: dict[str, tuple[type, ...]] = {"t": (str,), "n": (int, float), "f": (bool,), "0": (type(None),), "e": (dict,)}

_GITLAB_PROJECT = {
    "id": "n", "name": "t", "description": "t0", "web_url": "t", "avatar_url": "t0", "git_ssh_url": "t",
    "git_http_url": "t", "namespace": "t", "visibility_level": "n", "path_with_namespace": "t", "default_branch": "t",
    "ci_config_path": "t0", "homepage": "t", "url": "t", "ssh_url": "t", "http_url": "t",
}  # fmt: skip
_GITLAB_USER = {"id": "n", "name": "t", "username": "t", "avatar_url": "t0", "email": "t"}
_GITLAB_AUTHOR = {"name": "t", "email": "t"}
_GITLAB_REPOSITORY = {
    "name": "t", "url": "t", "description": "t0", "homepage": "t", "git_http_url": "t", "git_ssh_url": "t",
    "visibility_level": "n",
}  # fmt: skip

GITLAB_PUSH: dict[str, Any] = {
    "object_kind": "t", "event_name": "t", "before": "t", "after": "t", "ref": "t", "ref_protected": "f",
    "checkout_sha": "t0", "message": "t0", "user_id": "n", "user_name": "t", "user_username": "t", "user_email": "t0",
    "user_avatar": "t0", "project_id": "n", "project": _GITLAB_PROJECT,
    "commits": [{
        "id": "t", "message": "t", "title": "t", "timestamp": "t", "url": "t", "author": _GITLAB_AUTHOR,
        "added": ["t"], "modified": ["t"], "removed": ["t"],
    }],
    "total_commits_count": "n", "push_options": "e", "repository": _GITLAB_REPOSITORY,
}  # fmt: skip

GITLAB_MERGE_REQUEST: dict[str, Any] = {
    "object_kind": "t", "event_type": "t", "user": _GITLAB_USER, "project": _GITLAB_PROJECT,
    "repository": dict.fromkeys(("name", "url", "description", "homepage"), "t"),
    "object_attributes": {
        "id": "n", "iid": "n", "target_branch": "t", "source_branch": "t", "source_project_id": "n0",
        "target_project_id": "n", "author_id": "n", "title": "t", "description": "t0", "created_at": "t",
        "updated_at": "t", "state_id": "n", "state": "t", "work_in_progress": "f", "draft": "f", "merge_status": "t",
        "detailed_merge_status": "t", "url": "t", "source": _GITLAB_PROJECT, "target": _GITLAB_PROJECT,
        "last_commit": {
            "id": "t", "message": "t", "title": "t", "timestamp": "t", "url": "t", "author": _GITLAB_AUTHOR,
        },
        "action": "t", "oldrev": "t", "merge_commit_sha": "t0",
    },
    "labels": ["e"], "changes": "e",
}  # fmt: skip

GITLAB_PIPELINE: dict[str, Any] = {
    "object_kind": "t",
    "object_attributes": {
        "id": "n", "iid": "n", "name": "t0", "ref": "t", "tag": "f", "sha": "t", "before_sha": "t", "source": "t",
        "status": "t", "detailed_status": "t", "stages": ["t"], "created_at": "t", "finished_at": "t0",
        "duration": "n0", "queued_duration": "n0", "url": "t", "variables": ["e"],
    },
    "merge_request": "e0", "user": _GITLAB_USER, "project": _GITLAB_PROJECT,
    "commit": {"id": "t", "message": "t", "title": "t", "timestamp": "t", "url": "t", "author": _GITLAB_AUTHOR},
    "builds": ["e"],
}  # fmt: skip

_HREF = {"href": "t"}
_BITBUCKET_USER = {"type": "t", "uuid": "t", "account_id": "t", "nickname": "t", "display_name": "t", "links": "e"}
_BITBUCKET_REPOSITORY = {
    "type": "t", "full_name": "t", "name": "t", "uuid": "t", "links": "e", "scm": "t", "website": "t0", "owner": "e",
    "workspace": "e", "project": "e", "is_private": "f",
}  # fmt: skip
_BITBUCKET_COMMIT = {
    "type": "t", "hash": "t", "date": "t", "author": "e", "message": "t", "summary": "e", "links": "e",
    "parents": ["e"], "rendered": "e", "properties": "e",
}  # fmt: skip
_BITBUCKET_REF = {"type": "t", "name": "t", "target": _BITBUCKET_COMMIT, "links": "e", "merge_strategies": ["t"]}
_BITBUCKET_SIDE = {
    "branch": {"name": "t"}, "commit": {"type": "t", "hash": "t", "links": "e"}, "repository": _BITBUCKET_REPOSITORY,
}  # fmt: skip

BITBUCKET_PUSH: dict[str, Any] = {
    "actor": _BITBUCKET_USER, "repository": _BITBUCKET_REPOSITORY,
    "push": {"changes": [{
        "old": _BITBUCKET_REF, "new": _BITBUCKET_REF, "truncated": "f", "created": "f", "forced": "f", "closed": "f",
        "links": "e", "commits": [_BITBUCKET_COMMIT],
    }]},
}  # fmt: skip

BITBUCKET_PULL_REQUEST: dict[str, Any] = {
    "actor": _BITBUCKET_USER, "repository": _BITBUCKET_REPOSITORY,
    "pullrequest": {
        "type": "t", "id": "n", "title": "t", "description": "t", "state": "t", "draft": "f", "source": _BITBUCKET_SIDE,
        "destination": _BITBUCKET_SIDE, "author": _BITBUCKET_USER, "created_on": "t", "updated_on": "t",
        "merge_commit": "e0", "closed_by": "e0", "reason": "t", "reviewers": ["e"], "participants": ["e"],
        "comment_count": "n", "task_count": "n", "close_source_branch": "f", "summary": "e", "links": "e",
    },
}  # fmt: skip

BITBUCKET_STATUS: dict[str, Any] = {
    "actor": _BITBUCKET_USER, "repository": _BITBUCKET_REPOSITORY,
    "commit_status": {
        "type": "t", "key": "t", "name": "t", "description": "t", "state": "t", "url": "t", "refname": "t0",
        "created_on": "t", "updated_on": "t", "commit": _BITBUCKET_COMMIT,
        "links": {"commit": _HREF, "self": _HREF},
    },
}  # fmt: skip

MAY_BE_NULL = ("old", "new", "repository")
"""A ref that was made or deleted; the repository of a fork that was deleted."""


def strays(body: Any, shape: Any, at: str = "") -> Iterator[str]:
    """Where a body holds what the forge never sends."""
    if isinstance(shape, str):
        if type(body) not in [kind for letter in shape for kind in KINDS[letter]]:
            yield f"{at} is a {type(body).__name__}"
    elif isinstance(shape, list):
        for number, one in enumerate(body):
            yield from strays(one, shape[0], f"{at}[{number}]")
    elif body is None and at.rpartition(".")[2] in MAY_BE_NULL:
        return
    else:
        for name, value in body.items():
            if name not in shape:
                yield f"{at}.{name} is not sent"
            else:
                yield from strays(value, shape[name], f"{at}.{name}")


def filled(body: Any, shape: Any) -> Any:
    """The body with every other field that the forge sends as well."""
    if isinstance(shape, dict) and isinstance(body, dict):
        return {**{name: _any(kind) for name, kind in shape.items() if name not in body},
                **{name: filled(value, shape[name]) for name, value in body.items()}}  # fmt: skip
    return [filled(one, shape[0]) for one in body] if isinstance(shape, list) else body


def _any(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: _any(kind) for name, kind in shape.items()}
    if isinstance(shape, list):
        return []
    return {"t": "something", "n": 4242, "f": False, "0": None, "e": {}}[shape[0]]
