"""A forge as the rest of Seed speaks to it. Every call may raise ForgeNotReached, ForgeBusy or ForgeRefused."""

from __future__ import annotations

from typing import Protocol

from seed.forges.messages import Comment, Deployment, Status


class ForgeApi(Protocol):
    """One repository at one forge. Saying the same twice is saying it once."""

    def check(self) -> str:
        """The repository's name as the forge writes it: address and credentials are right."""
        ...

    def status(self, status: Status) -> None: ...

    def deployment(self, deployment: Deployment, remote_id: str) -> str:
        """Its id at the forge; "" where the forge has no deployments. `remote_id` is that id once it is known."""
        ...

    def comment(self, comment: Comment, remote_id: str) -> str:
        """Its id. Updated in place; made anew where somebody deleted it."""
        ...
