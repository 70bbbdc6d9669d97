"""A forge in memory, for tests: it passes the same interface tests as the real ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from seed.forges.messages import Comment, Deployment, Status


@dataclass
class FakeForge:
    """`failure`, where set, is raised by every call instead."""

    statuses: list[Status] = field(default_factory=list)
    deployments: dict[str, list[Deployment]] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    failure: Exception | None = None

    def check(self) -> str:
        self._fail()
        return "mike/shop"

    def status(self, status: Status) -> None:
        self._fail()
        self.statuses.append(status)

    def deployment(self, deployment: Deployment, remote_id: str) -> str:
        self._fail()
        known = next((i for i, told in self.deployments.items() if told[0].key == deployment.key), "")
        found = remote_id or known or str(len(self.deployments) + 1)
        self.deployments.setdefault(found, []).append(deployment)
        return found

    def comment(self, comment: Comment, remote_id: str) -> str:
        self._fail()
        known = next((i for i, told in self.comments.items() if told.mark == comment.mark), "")
        found = remote_id if remote_id in self.comments else known or str(len(self.comments) + 1)
        self.comments[found] = comment
        return found

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
