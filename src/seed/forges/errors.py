"""What can go wrong when Seed speaks to a forge."""

from __future__ import annotations

from datetime import datetime

from seed.errors import SeedError


class ForgeNotReached(SeedError):
    """The forge does not answer, or answers that it cannot. It passes: what was to be said is sent later."""

    code = "forge-not-reached"
    status = 502


class ForgeBusy(SeedError):
    """The forge's rate limit is used up until `until`."""

    code = "forge-busy"
    status = 503

    def __init__(self, sentence: str, *, until: datetime) -> None:
        super().__init__(sentence, hint="Nothing is lost: it is sent afterwards.")
        self.until = until


class ForgeRefused(SeedError):
    """The forge will not do it: credentials, permissions, or a thing that is not there."""

    code = "forge-refused"
    status = 422

    def __init__(self, sentence: str, *, hint: str = "", answered: int = 0) -> None:
        super().__init__(sentence, hint=hint)
        self.answered = answered
        """The HTTP status."""
