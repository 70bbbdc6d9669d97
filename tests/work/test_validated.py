"""What CloudFormation's own validation of a change set says reaches the person who reads, or waits for, a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.work.account import TOPIC, deployed, package, stack

from seed.aws.errors import AccessDenied
from seed.aws.fake import EMPTY, INVALID, FakeCloud
from seed.aws.values import ChangeSetAnswer, Validation
from seed.packages.store import DiskStore
from seed.work.stacks.plan_stack import StackPlan, plan_stack
from seed.work.stacks.validated import ChangeSetRefused, warnings

NAME, BUCKETS = "NAME_CONFLICT_VALIDATION", "BUCKET_EMPTINESS_VALIDATION"
TAKEN = Validation(NAME, "More", "AWS::SNS::Topic", "It exists already.", "/Resources/More", fails=True)
FULL = Validation(BUCKETS, "More", "AWS::S3::Bucket", "The bucket holds s3cret-objects.", "/Resources/More")


def plan(cloud: FakeCloud, folder: Path, *, local: bool = False, reviewed: bool = True) -> StackPlan:
    new = package(stack(Topic=TOPIC, More=TOPIC))
    hidden = frozenset(["s3cret-objects"])
    return plan_stack(cloud, new, DiskStore(folder), "two", local=local, reviewed=reviewed, secrets=hidden)


@pytest.mark.parametrize("reviewed", [True, False])
def test_a_change_set_that_fails_says_what_failed_and_where(tmp_path: Path, *, reviewed: bool) -> None:
    cloud = deployed(stack(Topic=TOPIC))
    cloud.validated = [TAKEN, FULL]

    with pytest.raises(ChangeSetRefused) as refused:
        plan(cloud, tmp_path, reviewed=reviewed)

    told = "More (AWS::SNS::Topic): It exists already [/Resources/More]"
    assert refused.value.sentence == f"CloudFormation refused the change set: {told}."
    assert cloud.change_sets("app-prod") == ("one",)


def test_of_many_the_first_are_told(tmp_path: Path) -> None:
    cloud = deployed(stack(Topic=TOPIC))
    cloud.validated = [TAKEN] * 7

    with pytest.raises(ChangeSetRefused) as refused:
        plan(cloud, tmp_path)
    assert refused.value.sentence.endswith("; and 2 more.")


def test_where_the_account_does_not_allow_the_question_the_change_set_speaks_for_itself(tmp_path: Path) -> None:
    class Closed(FakeCloud):
        def validations(self, change_set_arn: str) -> tuple[Validation, ...]:
            raise AccessDenied("No.", where=change_set_arn)

    cloud = deployed(stack(Topic=TOPIC), cloud=Closed())
    cloud.validated = [TAKEN]

    with pytest.raises(ChangeSetRefused) as refused:
        plan(cloud, tmp_path)
    assert refused.value.sentence.endswith(INVALID)
    cloud.validated = []
    assert not [one for one in plan(cloud, tmp_path).changes["findings"] if one["rule"] == "validation-warns"]


def test_what_it_only_warns_of_is_a_finding_of_the_review_without_secrets(tmp_path: Path) -> None:
    cloud = deployed(stack(Topic=TOPIC))
    cloud.validated = [FULL, FULL]

    [found] = [one for one in plan(cloud, tmp_path).changes["findings"] if one["rule"] == "validation-warns"]

    assert found["sentence"] == "CloudFormation warns of the bucket More: The bucket holds ****."
    assert (found["severity"], found["evidence"]) == ("warning", "/Resources/More")


def test_what_a_change_set_that_was_made_says_of_itself_is_one_too(tmp_path: Path) -> None:
    class Half(FakeCloud):
        def wait_change_set(self, stack_name: str, name: str) -> ChangeSetAnswer:
            answer = super().wait_change_set(stack_name, name)
            return replace(answer, reason="[WARN] The values of More are incomplete: s3cret-objects.")

    cloud = deployed(stack(Topic=TOPIC), cloud=Half())

    [found] = [one for one in plan(cloud, tmp_path).changes["findings"] if one["rule"] == "validation-warns"]

    assert found["sentence"] == "CloudFormation warns: The values of More are incomplete: ****."
    assert found["severity"] == "warning"


def test_what_a_change_set_that_was_not_made_says_is_no_warning() -> None:
    empty = ChangeSetAnswer("arn", "stack", "inside", "FAILED", "UNAVAILABLE", EMPTY)

    assert warnings(FakeCloud(), empty, frozenset()) == []
