"""What can go wrong, said once for console, API, CLI and log.

Every error of ours is a type with a stable `code` (documented in docs/errors.md), one sentence for a
person, and a hint that says what to try. Nothing else may reach a person as a failure.
"""

from __future__ import annotations

from typing import ClassVar


class SeedError(Exception):
    """Base of everything that Seed tells a person."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    """The HTTP status that the API answers with."""

    def __init__(self, sentence: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.where = where
        self.retry_after = 0
        """Seconds after which another try may go well; 0 where that is not known."""
        self.report: dict[str, object] | None = None
        """What is known to stop a service that could not be packaged (seed.frameworks.compat)."""

    def as_dict(self) -> dict[str, str]:
        """The shape stored in rows and answered by the API."""
        return {"code": self.code, "sentence": self.sentence, "hint": self.hint, "where": self.where}

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.sentence}{hint}"


class NotFound(SeedError):
    """The thing asked for does not exist, or not for this person."""

    code = "not-found"
    status = 404


class Invalid(SeedError):
    """What was sent does not make sense."""

    code = "invalid"
    status = 422


class Conflict(SeedError):
    """The world moved, or somebody was first."""

    code = "conflict"
    status = 409


class Stopping(BaseException):
    """The server is going: whatever is under way stays as its row says, and goes on at the next start."""


class Cancelled(SeedError):
    """A person asked for it to stop."""

    code = "cancelled"
    status = 409
