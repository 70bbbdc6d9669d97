"""What can go wrong when somebody is told."""

from __future__ import annotations

from datetime import datetime

from seed.errors import SeedError


class NotTold(SeedError):
    """The other side does not answer, or cannot now. It is told again later; `until` where it said when."""

    code = "not-told"
    status = 502

    def __init__(self, sentence: str, *, hint: str = "", until: datetime | None = None) -> None:
        super().__init__(sentence, hint=hint)
        self.until = until


class NotWanted(SeedError):
    """The other side refuses the message for good."""

    code = "not-wanted"
    status = 422
