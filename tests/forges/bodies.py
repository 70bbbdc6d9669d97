"""Bodies in the shapes that GitLab and Bitbucket describe and send, with values of our own."""

from __future__ import annotations

from typing import Any

HEAD, BEFORE, GONE = "a" * 40, "b" * 40, "0" * 40


def gitlab_push(**changed: Any) -> dict[str, Any]:
    return {
        "object_kind": "push", "event_name": "push", "before": BEFORE, "after": HEAD, "ref": "refs/heads/main",
        "ref_protected": True, "checkout_sha": HEAD, "message": None, "user_id": 4, "user_name": "Alice",
        "user_username": "alice", "project_id": 15,
        "project": {
            "id": 15, "name": "Shop", "web_url": "https://gitlab.example.com/mike/shop", "namespace": "Mike",
            "git_ssh_url": "git@gitlab.example.com:mike/shop.git", "path_with_namespace": "mike/shop",
            "default_branch": "main", "visibility_level": 0,
        },
        "commits": [
            {"id": BEFORE, "message": "Earlier", "title": "Earlier", "timestamp": "2026-01-02T10:00:00+02:00"},
            {"id": HEAD, "message": "Newest\n\nWith more", "title": "Newest", "timestamp": "2026-01-02T11:00:00+02:00"},
        ],
        "total_commits_count": 2, "push_options": {}, **changed,
    }  # fmt: skip


def gitlab_merge_request(action: str, **attributes: Any) -> dict[str, Any]:
    return {
        "object_kind": "merge_request", "event_type": "merge_request",
        "user": {"id": 1, "name": "Alice", "username": "alice"},
        "project": {"id": 15, "path_with_namespace": "mike/shop", "default_branch": "main"},
        "object_attributes": {
            "id": 99, "iid": 7, "action": action, "target_branch": "main", "source_branch": "feature",
            "source_project_id": 15, "target_project_id": 15, "title": "Sell more", "state": "opened",
            "created_at": "2026-01-02 03:04:05 UTC", "updated_at": "2026-01-02 03:04:06 UTC",
            "last_commit": {"id": HEAD, "message": "Newest", "timestamp": "2026-01-02T03:00:00+00:00"},
            "draft": False, "work_in_progress": False, "merge_status": "unchecked", **attributes,
        },
        "labels": [], "changes": {},
    }  # fmt: skip


def gitlab_pipeline(status: str, **attributes: Any) -> dict[str, Any]:
    return {
        "object_kind": "pipeline",
        "object_attributes": {
            "id": 31, "iid": 3, "name": None, "ref": "main", "tag": False, "sha": HEAD, "before_sha": BEFORE,
            "source": "push", "status": status, "detailed_status": status, "stages": ["test"], **attributes,
        },
        "project": {"id": 15, "path_with_namespace": "mike/shop"},
    }  # fmt: skip


def bitbucket_ref(name: str, commit: str, kind: str = "branch") -> dict[str, Any]:
    return {
        "type": kind, "name": name,
        "target": {"type": "commit", "hash": commit, "message": "Newest\n", "date": "2026-01-02T03:04:05+00:00"},
    }  # fmt: skip


def bitbucket_push(*changes: tuple[dict[str, Any] | None, dict[str, Any] | None]) -> dict[str, Any]:
    """Each change is (old, new)."""
    return {
        "actor": {"type": "user", "display_name": "Alice"}, "repository": bitbucket_repository(),
        "push": {"changes": [
            {"forced": False, "created": old is None, "closed": new is None, "truncated": False,
             "old": old, "new": new, "commits": []}
            for old, new in changes
        ]},
    }  # fmt: skip


def bitbucket_repository(name: str = "mike/shop") -> dict[str, Any]:
    return {"type": "repository", "full_name": name, "name": "shop", "scm": "git", "is_private": True}


def bitbucket_pull_request(state: str = "OPEN", source: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "actor": {"display_name": "Alice"}, "repository": bitbucket_repository(),
        "pullrequest": {
            "type": "pullrequest", "id": 7, "title": "Sell more", "state": state, "draft": False,
            "source": source or {"branch": {"name": "feature"}, "commit": {"type": "commit", "hash": HEAD[:12]},
                                 "repository": bitbucket_repository()},
            "destination": {"branch": {"name": "main"}, "commit": {"type": "commit", "hash": BEFORE[:12]},
                            "repository": bitbucket_repository()},
            "author": {"display_name": "Alice"}, "updated_on": "2026-01-02T03:04:05.123456+00:00",
        },
    }  # fmt: skip


def bitbucket_status(state: str) -> dict[str, Any]:
    return {
        "repository": bitbucket_repository(),
        "commit_status": {
            "type": "build", "key": "jenkins", "name": "Unit tests", "state": state, "refname": "main",
            "links": {"commit": {"href": f"https://api.bitbucket.org/2.0/repositories/mike/shop/commit/{HEAD}"}},
        },
    }  # fmt: skip
