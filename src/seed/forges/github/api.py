"""GitHub's REST API: commit statuses, deployments, comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seed.forges.errors import ForgeRefused
from seed.forges.github.app import AppToken
from seed.forges.http import Answer, Http, Query
from seed.forges.messages import Comment, Deployment, State, Status

URL = "https://api.github.com"
HEADERS = {
    "Accept": "application/vnd.github+json, application/json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "seed",
}
STATUS: dict[State, str] = {
    "queued": "pending", "running": "pending", "succeeded": "success", "failed": "failure", "cancelled": "error",
}  # fmt: skip
DEPLOYMENT: dict[State, str] = {
    "queued": "queued", "running": "in_progress", "succeeded": "success", "failed": "failure", "cancelled": "inactive",
}  # fmt: skip
LONGEST_DESCRIPTION, LONGEST_COMMENT = 140, 65_536
PAGE, PAGES = 100, 20
NOT_FOUND, UNAUTHORIZED, CREATED = 404, 401, 201


class GithubApi:
    """Implements `seed.forges.port.ForgeApi`. `token` is asked before every call."""

    def __init__(self, http: Http, repository: str, token: Callable[[], str]) -> None:
        self._http, self._token = http, token
        self._at = f"/repos/{repository}"

    def check(self) -> str:
        return str(self._call("GET", self._at).body["full_name"])

    def status(self, status: Status) -> None:
        body = {
            "state": STATUS[status.state],
            "target_url": status.link,
            "description": status.description[:LONGEST_DESCRIPTION],
            "context": status.context,
        }
        self._call("POST", f"{self._at}/statuses/{status.commit}", body)

    def deployment(self, deployment: Deployment, remote_id: str) -> str:
        found = remote_id or self._find_deployment(deployment) or self._make_deployment(deployment)
        body = {
            "state": DEPLOYMENT[deployment.state],
            "log_url": deployment.link,
            "description": deployment.description[:LONGEST_DESCRIPTION],
            "environment": deployment.environment,
            **({"environment_url": deployment.address} if deployment.address else {}),
        }
        self._call("POST", f"{self._at}/deployments/{found}/statuses", body)
        return found

    def comment(self, comment: Comment, remote_id: str) -> str:
        body = {"body": comment.text[:LONGEST_COMMENT]}
        found = remote_id or self._find_comment(comment)
        if found:
            fine = frozenset({NOT_FOUND})
            if self._call("PATCH", f"{self._at}/issues/comments/{found}", body, fine=fine).status != NOT_FOUND:
                return found
        return str(self._call("POST", f"{self._at}/issues/{comment.number}/comments", body).body["id"])

    def _find_deployment(self, deployment: Deployment) -> str:
        """Made by us, and its id was lost before it was written down."""
        query: Query = {"sha": deployment.commit, "environment": deployment.environment, "per_page": PAGE}
        for one in self._call("GET", f"{self._at}/deployments", query=query).body:
            payload = one.get("payload")
            if isinstance(payload, dict) and payload.get("seed") == deployment.key:
                return str(one["id"])
        return ""

    def _make_deployment(self, deployment: Deployment) -> str:
        body = {
            "ref": deployment.commit,
            "task": "deploy",
            "auto_merge": False,
            # Seed has its own rules for when to deploy; this only tells of it.
            "required_contexts": [],
            "payload": {"seed": deployment.key},
            "environment": deployment.environment,
            "description": deployment.description[:LONGEST_DESCRIPTION],
            "transient_environment": deployment.transient,
            "production_environment": deployment.production,
        }
        made = self._call("POST", f"{self._at}/deployments", body)
        if made.status != CREATED:  # 202: GitHub merged something instead, which we asked it not to do
            raise ForgeRefused("GitHub made no deployment.", answered=made.status)
        return str(made.body["id"])

    def _find_comment(self, comment: Comment) -> str:
        for page in range(1, PAGES + 1):
            query: Query = {"per_page": PAGE, "page": page}
            found = self._call("GET", f"{self._at}/issues/{comment.number}/comments", query=query).body
            for one in found:
                if comment.mark in (one.get("body") or ""):
                    return str(one["id"])
            if len(found) < PAGE:
                break
        return ""

    def _call(
        self, method: str, path: str, body: object = None, *, query: Query | None = None,
        fine: frozenset[int] = frozenset(),
    ) -> Answer:  # fmt: skip
        try:
            return self._http.call(method, path, body, query=query, headers=self._headers(), fine=fine)
        except ForgeRefused as refused:
            # An installation's token may be withdrawn before its time: a new one is asked for, once.
            if refused.answered != UNAUTHORIZED or not isinstance(self._token, AppToken):
                raise
            self._token.forget()
            return self._http.call(method, path, body, query=query, headers=self._headers(), fine=fine)

    def _headers(self) -> dict[str, Any]:
        return {"Authorization": f"Bearer {self._token()}"}
