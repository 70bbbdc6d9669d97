"""Have CloudFormation make a change set, with those of its nested stacks; without them where it refuses that."""

from __future__ import annotations

from dataclasses import replace

from seed.aws.errors import AccessDenied, AwsSaid
from seed.aws.port import Cloud
from seed.aws.values import ChangeSetAnswer, ChangeSetRequest
from seed.changesets import ChangeSet
from seed.changesets.findings import nested_not_asked
from seed.changesets.values import scrubbed


def create(cloud: Cloud, request: ChangeSetRequest) -> str:
    """'' when it was made; why CloudFormation will not look into nested stacks, when it was made without."""
    try:
        cloud.create_change_set(request)
    except (AccessDenied, AwsSaid) as error:
        if not request.nested:
            raise
        cloud.create_change_set(replace(request, nested=False))
        return error.sentence
    return ""


def answered(cloud: Cloud, request: ChangeSetRequest, refused: str) -> tuple[ChangeSetAnswer, str]:
    """The change set, and why it does not look into nested stacks. One that fails by them is made without."""
    answer = cloud.wait_change_set(request.stack_name, request.name)
    if refused or not request.nested or answer.status != "FAILED" or answer.empty:
        return answer, refused
    cloud.delete_change_set(request.stack_name, request.name)
    cloud.create_change_set(replace(request, nested=False))
    return cloud.wait_change_set(request.stack_name, request.name), answer.reason


def not_looked_into(changes: ChangeSet, why: str, secrets: frozenset[str]) -> ChangeSet:
    """The change set, saying that CloudFormation itself did not look into nested stacks."""
    said = nested_not_asked.not_looked_into(scrubbed(why, secrets))
    found = sorted((*changes.findings, said), key=lambda one: -one.severity)
    return replace(changes, findings=tuple(found))
