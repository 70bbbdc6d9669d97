"""What is tried again by itself, and when. Pure.

A deployment, where API Gateway refused because services that share one API were deployed at the same time; a
removal, where AWS asked to slow down. Three times at most, after 10, 20 and 30 seconds. A first deployment that
failed leaves a stack in ROLLBACK_COMPLETE, which cannot be updated: it is removed and made again, but never a stack
that has ever been deployed well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

RETRIES = 3
STEP_SECONDS = 10.0
NEVER_MADE = "ROLLBACK_COMPLETE"
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
"""The stack is as it was before."""
WENT_WELL = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE"})
GATEWAY = r"Service: (?:Amazon)?Api ?Gateway"
CONFLICT = re.compile(
    r"Another Deployment is in progress for rest api with id"
    r"|No integration defined for method"
    rf"|Unable to complete operation due to concurrent modification.{{0,200}}{GATEWAY}",
    re.IGNORECASE | re.DOTALL,
)
SLOW = re.compile(r"Rate exceeded|ThrottlingException|\bThrottling\b|Too ?Many ?Requests", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt: after so many seconds, and with the stack of the failed one removed before."""

    seconds: float
    remove: bool = False


def deploy_again(
    status: str, reason: str, retries: int, *, once_succeeded: bool, step: float = STEP_SECONDS
) -> Again | None:
    """`status` is how the stack ended, `reason` what its first failed resource said, `retries` how often it was
    tried again before. None: it stays as it is.
    """
    if retries >= RETRIES or not CONFLICT.search(reason):
        return None
    if status == ROLLED_BACK:
        return Again(step * (retries + 1))
    if status == NEVER_MADE and not once_succeeded:
        return Again(step * (retries + 1), remove=True)
    return None


def remove_again(reason: str, retries: int, *, step: float = STEP_SECONDS) -> Again | None:
    return Again(step * (retries + 1)) if retries < RETRIES and SLOW.search(reason) else None


def ever_well(statuses: Iterable[str]) -> bool:
    """Whether a stack's own events tell that it was once deployed well."""
    return any(status in WENT_WELL for status in statuses)
