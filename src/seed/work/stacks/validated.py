"""What CloudFormation's own validation holds against a change set: asked for, since the change set itself only names
the check that failed.
"""

from __future__ import annotations

import structlog

from seed.aws.port import Cloud
from seed.aws.values import ChangeSetAnswer, Validation
from seed.changesets import Finding
from seed.changesets.findings.validation_warns import warned, warned_of_itself
from seed.changesets.values import scrubbed
from seed.errors import SeedError

log = structlog.get_logger(__name__)
MADE = "CREATE_COMPLETE"
MOST_TOLD = 5


class ChangeSetRefused(SeedError):
    """CloudFormation would not make the change set."""

    code = "change-set-refused"
    status = 409


def refusal(cloud: Cloud, stack_name: str, answer: ChangeSetAnswer, secrets: frozenset[str]) -> ChangeSetRefused:
    """Why there is no change set: each thing that failed and where, or what it says of itself."""
    failed = [one for one in _asked(cloud, answer.arn) if one.fails]
    more = [f"and {len(failed) - MOST_TOLD} more"] if len(failed) > MOST_TOLD else []
    told = "; ".join([*map(_told, failed[:MOST_TOLD]), *more]) or answer.reason
    return ChangeSetRefused(
        f"CloudFormation refused the change set: {scrubbed(told, secrets).rstrip('.')}.",
        hint="Nothing was changed. Mend the template and build again, or remove what is in its way and try again.",
        where=stack_name,
    )


def warnings(cloud: Cloud, answer: ChangeSetAnswer, secrets: frozenset[str]) -> list[Finding]:
    """Of a change set that was made."""
    own = [warned_of_itself(scrubbed(answer.reason, secrets))] if answer.reason and answer.status == MADE else []
    return own + [
        warned(one.resource_type, one.logical_id, scrubbed(one.reason, secrets), scrubbed(one.path, secrets))
        for one in dict.fromkeys(_asked(cloud, answer.arn))
        if not one.fails
    ]


def _told(one: Validation) -> str:
    about = f"{one.logical_id} ({one.resource_type}): " if one.logical_id else ""
    return f"{about}{one.reason.rstrip('.') or one.name}" + (f" [{one.path}]" if one.path else "")


def _asked(cloud: Cloud, change_set_arn: str) -> tuple[Validation, ...]:
    """Nothing where the account does not allow the question."""
    try:
        return cloud.validations(change_set_arn)
    except SeedError as error:
        log.info("not asked", what="validation of a change set", error=error.code)
        return ()
