"""What somebody changed or deleted by hand is said of what the deployment changes, without what may be a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.work.account import KEYS, OTHER, STACK, TOPIC, change, deployed, package, stack, table

from seed.aws.errors import AccessDenied
from seed.aws.fake import FakeCloud
from seed.aws.values import Drift, Moved
from seed.changesets import Finding, Severity
from seed.packages.store import DiskStore
from seed.work.stacks.ask_account import AT_ONCE, ask
from seed.work.stacks.plan_stack import plan_stack


def queue(**properties: Any) -> tuple[str, dict[str, Any]]:
    return "AWS::SQS::Queue", properties


OLD = stack(Jobs=queue(VisibilityTimeout=30, DelaySeconds=1, QueueName="jobs"), Topic=TOPIC)
NEW = stack(Jobs=queue(VisibilityTimeout=60, DelaySeconds=1, QueueName="jobs"), Topic=TOPIC)


def said(drift: Drift | None, old: str = OLD, new: str = NEW, name: str = "Jobs") -> list[Finding]:
    cloud = deployed(old)
    cloud.drifts = {name: drift, "Topic": Drift(gone=True)}
    told = ask(cloud, change(cloud, old, new), local=False, stack=STACK)
    return [one for one in told.findings if one.rule == "drifted"]


def test_what_is_as_its_stack_made_it_and_what_cannot_be_compared_is_not_spoken_of() -> None:
    assert said(Drift()) == []
    assert said(None) == []


def test_a_value_that_is_changed_from_another_than_it_reads_is_a_warning() -> None:
    [found] = said(Drift(moved=(Moved("/VisibilityTimeout", "30", "77"),)))

    assert found.sentence == "The queue Jobs was changed outside of its stack: VisibilityTimeout is 77, not 30."
    assert (found.severity, found.evidence) == (Severity.WARNING, "VisibilityTimeout")


def test_what_the_deployment_does_not_touch_is_a_notice() -> None:
    [found] = said(Drift(moved=(Moved("/DelaySeconds", "1", "5"), Moved("/Tags/0", "", "{}"))))

    assert found.sentence.endswith("DelaySeconds is 5, not 1, Tags/0 was added.")
    assert found.severity == Severity.NOTICE


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (Moved("/QueueName", "jobs", "hunter2"), "QueueName is another"),
        (Moved("/DelaySeconds", "31337", "5"), "DelaySeconds is another"),
        (Moved("/KmsMasterKeyId", "a", "null"), "KmsMasterKeyId is gone"),
    ],
    ids=["a text", "a number that the template does not show", "gone"],
)
def test_only_numbers_and_truths_that_the_template_shows_are_told(moved: Moved, words: str) -> None:
    [found] = said(Drift(moved=(moved,)))

    assert found.sentence.endswith(f": {words}.")


def test_of_many_differences_three_are_told() -> None:
    [found] = said(Drift(moved=tuple(Moved(f"/P{n}", "a", "b") for n in range(7))))

    assert found.sentence.endswith("P0 is another, P1 is another, P2 is another, 4 more are different.")


def test_what_is_updated_and_is_not_there_any_more_fails() -> None:
    [found] = said(Drift(gone=True))

    assert found.sentence.startswith("The deployment will fail: the queue Jobs is to be updated, and was deleted")
    assert found.fails


def test_what_is_made_anew_fails_of_nothing() -> None:
    [found] = said(Drift(gone=True), stack(Orders=table(KEYS)), stack(Orders=table(OTHER)), "Orders")

    assert (found.severity, found.fails) == (Severity.WARNING, False)


def test_what_the_deployment_leaves_alone_or_removes_is_not_asked_for() -> None:
    assert said(Drift(), OLD, NEW) == []  # the topic is gone, and is left alone
    assert said(Drift(gone=True), OLD, stack(Topic=TOPIC)) == []


def test_an_account_that_does_not_allow_the_question_is_no_reason_for_no_review() -> None:
    cloud = deployed(OLD)
    changes = change(cloud, OLD, NEW)
    cloud.failing = [AccessDenied("The credentials may not do cloudformation:DetectStackResourceDrift.")]

    assert [one.rule for one in ask(cloud, changes, local=False, stack=STACK).findings] == []


@pytest.mark.parametrize(
    ("denied", "all_asked"), [("cloudformation:DetectStackResourceDrift", False), ("sqs:GetQueueAttributes", True)]
)
def test_who_may_not_ask_is_not_asked_again_for_each_resource(denied: str, all_asked: bool) -> None:
    class Denies(FakeCloud):
        asked = 0

        def drift(self, stack_name: str, logical_id: str) -> Drift | None:  # noqa: ARG002, the base's
            self.asked += 1
            raise AccessDenied(f"The credentials may not do {denied}.")

    cloud = Denies()
    names = [f"Jobs{number}" for number in range(5 * AT_ONCE)]
    old, new = (stack(None, **dict.fromkeys(names, queue(VisibilityTimeout=seconds))) for seconds in (30, 60))
    deployed(old, cloud=cloud)

    assert ask(cloud, change(cloud, old, new), local=False, stack=STACK).findings == ()
    assert cloud.asked == len(names) if all_asked else cloud.asked <= AT_ONCE


def test_a_plan_that_is_read_is_asked_for_it(tmp_path: Path) -> None:
    cloud = deployed(OLD)
    cloud.drifts = {"Jobs": Drift(moved=(Moved("/VisibilityTimeout", "30", "77"),))}

    plans = [
        plan_stack(cloud, package(NEW), DiskStore(tmp_path), str(reviewed), local=False, reviewed=reviewed)
        for reviewed in (True, False)
    ]

    assert [["drifted" in str(plan.changes["findings"])] for plan in plans] == [[True], [False]]
