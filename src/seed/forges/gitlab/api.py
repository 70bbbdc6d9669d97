"""GitLab's REST API: commit statuses and notes of merge requests."""

from __future__ import annotations

from urllib.parse import quote

from seed.forges.errors import ForgeRefused
from seed.forges.http import Http, Query
from seed.forges.messages import Comment, Deployment, State, Status

URL = "https://gitlab.com/api/v4"
STATUS: dict[State, str] = {
    "queued": "pending", "running": "running", "succeeded": "success", "failed": "failed", "cancelled": "canceled",
}  # fmt: skip
LONGEST_DESCRIPTION, LONGEST_COMMENT = 255, 1_000_000
PAGE, PAGES = 100, 20
NOT_FOUND, BAD_REQUEST = 404, 400


class GitlabApi:
    """Implements `seed.forges.port.ForgeApi`, with a project or personal access token."""

    def __init__(self, http: Http, repository: str, token: str) -> None:
        self._http, self._headers = http, {"PRIVATE-TOKEN": token}
        self._at = f"/projects/{quote(repository, safe='')}"

    def check(self) -> str:
        return str(self._http.call("GET", self._at, headers=self._headers).body["path_with_namespace"])

    def status(self, status: Status) -> None:
        body = {
            "state": STATUS[status.state],
            "name": status.context,
            "target_url": status.link,
            "description": status.description[:LONGEST_DESCRIPTION],
        }
        path = f"{self._at}/statuses/{status.commit}"
        try:
            self._http.call("POST", path, body, headers=self._headers)
        except ForgeRefused as refused:
            # "Cannot transition status via :run from :running": it is what we wanted already.
            if refused.answered != BAD_REQUEST or "transition" not in refused.sentence:
                raise

    def deployment(self, deployment: Deployment, remote_id: str) -> str:  # noqa: ARG002, the port's
        return ""  # GitLab's deployments belong to its own pipelines

    def comment(self, comment: Comment, remote_id: str) -> str:
        notes = f"{self._at}/merge_requests/{comment.number}/notes"
        body = {"body": comment.text[:LONGEST_COMMENT]}
        found = remote_id or self._find(notes, comment.mark)
        if found:
            fine = frozenset({NOT_FOUND})
            if self._http.call("PUT", f"{notes}/{found}", body, headers=self._headers, fine=fine).status != NOT_FOUND:
                return found
        return str(self._http.call("POST", notes, body, headers=self._headers).body["id"])

    def _find(self, notes: str, mark: str) -> str:
        for page in range(1, PAGES + 1):
            query: Query = {"per_page": PAGE, "page": page, "order_by": "created_at", "sort": "asc"}
            found = self._http.call("GET", notes, query=query, headers=self._headers).body
            for one in found:
                if mark in (one.get("body") or ""):
                    return str(one["id"])
            if len(found) < PAGE:
                break
        return ""
