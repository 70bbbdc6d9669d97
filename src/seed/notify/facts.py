"""What is told: one event of a stage, with everything that a message says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

EVENTS = ("started", "succeeded", "failed", "review", "promoted")
TEST = "test"
STATUS = {
    "started": "deploying",
    "succeeded": "success",
    "promoted": "success",
    "failed": "failure",
    "cancelled": "cancelled",
    "review": "review",
    TEST: "test",
}
LONGEST = 600
TITLES = {
    "started": "{build} of {stage} has started",
    "succeeded": "{build} of {stage} works",
    "failed": "{build} of {stage} failed",
    "cancelled": "{build} of {stage} was cancelled",
    "review": "{promotion} to {stage} waits for a review",
    "promoted": "{promotion} runs in {stage}",
    TEST: "A test from {stage}",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """`summary` is one sentence: of a review what it changes, of a failure what went wrong."""

    event: str
    app: str
    app_id: int
    app_link: str
    stage: str
    stage_id: int
    stage_link: str
    at: str
    summary: str = ""
    production: bool = False
    build: int = 0
    build_id: int = 0
    build_link: str = ""
    promotion_id: int = 0
    promotion_kind: str = "promotion"
    promotion_link: str = ""
    commit: str = ""
    subject: str = ""
    person: str = ""

    @property
    def title(self) -> str:
        """`Build 12 of dev failed`."""
        if self.event == "failed" and not self.build:
            return f"{self._promotion} to {self.stage} could not be planned"
        return TITLES[self.event].format(build=f"Build {self.build}", stage=self.stage, promotion=self._promotion)

    @property
    def link(self) -> str:
        """Where a person reads on."""
        about_promotion = self.event in {"review", "promoted"} or not self.build_link
        return (self.promotion_link if about_promotion else self.build_link) or self.build_link or self.stage_link

    @property
    def origin(self) -> str:
        """`a1b2c3d Let customers pay · asked for by Alice`."""
        code = f"{self.commit[:7]} {self.subject}".strip()
        return " · ".join(part for part in (code, f"asked for by {self.person}" if self.person else "") if part)

    @property
    def _promotion(self) -> str:
        return f"{self.promotion_kind.capitalize()} {self.promotion_id}"


def wanted(event: str, events: str) -> bool:
    """A build that began and was cancelled is told to whoever heard of its beginning, and to nobody else."""
    chosen = events.split(",")
    return event == TEST or event in chosen or (event == "cancelled" and "started" in chosen)


def shortened(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1] + "…"


def to_json(fact: Fact) -> dict[str, Any]:
    return asdict(fact)


def from_json(stored: Mapping[str, Any]) -> Fact:
    return Fact(**stored)
