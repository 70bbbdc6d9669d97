"""A rule: what it looks for, why that matters, who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from seed.changesets.model import Finding
from seed.changesets.review import Review


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` is stable: people accept findings by it. `severity` is the worst that it gives."""

    id: str
    title: str
    severity: str
    reason: str
    source: str
    find: Callable[[Review], Iterator[Finding]]
    fails: bool = False
    """Where it finds a danger, the deployment fails."""


def asked(_review: Review) -> Iterator[Finding]:
    """For rules whose answer is no template's: an account is asked, or CloudFormation's own answer is read."""
    return iter(())
