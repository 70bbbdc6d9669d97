"""Bitbucket Cloud's REST API: build statuses and comments of pull requests."""

from __future__ import annotations

import hashlib
import re

from seed.forges.http import Http, Query
from seed.forges.messages import Comment, Deployment, State, Status

URL = "https://api.bitbucket.org/2.0"
STATUS: dict[State, str] = {
    "queued": "INPROGRESS", "running": "INPROGRESS", "succeeded": "SUCCESSFUL", "failed": "FAILED",
    "cancelled": "STOPPED",
}  # fmt: skip
LONGEST_KEY, LONGEST_DESCRIPTION, LONGEST_COMMENT = 40, 255, 32_768
PAGE, PAGES = 100, 20
NOT_FOUND = 404
HTML = re.compile(r"</?(details|summary|code)>")


class BitbucketApi:
    """Implements `seed.forges.port.ForgeApi`, with a repository, project or workspace access token."""

    def __init__(self, http: Http, repository: str, token: str) -> None:
        self._http, self._headers = http, {"Authorization": f"Bearer {token}"}
        self._at = f"/repositories/{repository}"

    def check(self) -> str:
        return str(self._http.call("GET", self._at, headers=self._headers).body["full_name"])

    def status(self, status: Status) -> None:
        body = {
            "key": _key(status.context),
            "name": status.context,
            "state": STATUS[status.state],
            "url": status.link,
            "description": status.description[:LONGEST_DESCRIPTION],
        }
        self._http.call("POST", f"{self._at}/commit/{status.commit}/statuses/build", body, headers=self._headers)

    def deployment(self, deployment: Deployment, remote_id: str) -> str:  # noqa: ARG002, the port's
        return ""  # Bitbucket's deployments belong to its own pipelines

    def comment(self, comment: Comment, remote_id: str) -> str:
        comments = f"{self._at}/pullrequests/{comment.number}/comments"
        # Bitbucket shows HTML as text.
        body = {"content": {"raw": HTML.sub("", comment.text)[:LONGEST_COMMENT]}}
        found = remote_id or self._find(comments, comment.mark)
        if found:
            fine = frozenset({NOT_FOUND})
            answer = self._http.call("PUT", f"{comments}/{found}", body, headers=self._headers, fine=fine)
            if answer.status != NOT_FOUND:
                return found
        return str(self._http.call("POST", comments, body, headers=self._headers).body["id"])

    def _find(self, comments: str, mark: str) -> str:
        for page in range(1, PAGES + 1):
            query: Query = {"pagelen": PAGE, "page": page}
            found = self._http.call("GET", comments, query=query, headers=self._headers).body["values"]
            for one in found:
                if mark in ((one.get("content") or {}).get("raw") or "") and not one.get("deleted"):
                    return str(one["id"])
            if len(found) < PAGE:
                break
        return ""


def _key(context: str) -> str:
    """At most 40 characters; longer ones keep their beginning and stay different."""
    if len(context) <= LONGEST_KEY:
        return context
    return context[: LONGEST_KEY - 9] + "-" + hashlib.sha256(context.encode()).hexdigest()[:8]
