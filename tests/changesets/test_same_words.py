"""Text, Markdown and JSON say the same of a review."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.changesets.templates import stack

from seed.changesets import ChangeSet, PropertyChange, as_markdown, as_text, compare, headline, to_json
from seed.changesets.lines import change, unseen
from seed.console.rows import line


def widened() -> ChangeSet:
    def side(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:sqs:::q|x"}
        return stack(P=("AWS::IAM::Policy", {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}))

    return compare(side("sqs:SendMessage"), side("sqs:*"))


def test_findings_come_with_evidence_and_hint() -> None:
    changes = widened()
    (finding,) = [one for one in changes.findings if one.rule == "access-widened"]
    text, markdown = as_text(changes), as_markdown(changes).replace("\\", "")
    assert finding.evidence
    for said in finding.evidence.splitlines():
        assert said in text
        assert said in markdown
    hinted = replace(changes, findings=(replace(finding, hint="Take it back."),))
    assert "→ Take it back." in as_text(hinted)
    assert "→ Take it back." in as_markdown(hinted).replace("\\", "")


def test_who_may_do_what_before_and_after() -> None:
    changes = widened()
    assert "- whoever has it may sqs:SendMessage on arn:aws:sqs:::q|x" in as_text(changes)
    assert "+ whoever has it may sqs:* on arn:aws:sqs:::q|x  (wider)" in as_text(changes)
    assert "| \\+ | whoever has it | may | sqs:\\* \\(wider\\) | arn:aws:sqs:::q\\|x |  |" in as_markdown(changes)
    gone, come = to_json(changes)["resources"][0]["access"]
    assert (gone["mark"], gone["actions"], come["mark"], come["wider"]) == ("-", ("sqs:SendMessage",), "+", True)


def test_tags_of_the_stack_and_the_headline() -> None:
    changes = replace(widened(), tags=(PropertyChange("/Tags/team", "Tags", "a", "b"),))
    assert "team: a → b" in as_text(changes)
    assert "team: a → b" in as_markdown(changes)
    assert to_json(changes)["headline"] == headline(changes)


def test_who_may_take_a_role_on_is_told_without_an_object() -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    changes = compare(None, stack(R=("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [statement]}})))

    assert "+ lambda.amazonaws.com may sts:AssumeRole\n" in f"{as_text(changes)}\n"


def test_nothing_that_is_routine_is_hidden() -> None:
    """A follower that stays says why, and an output that only follows what is routine is folded with the rest."""

    def side(size: int, version: str) -> dict[str, Any]:
        role = {"AssumeRolePolicyDocument": {"Statement": []}, "MaxSessionDuration": 3600 + size}
        code = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": "x"}, "MemorySize": size}
        made = stack(
            Role=("AWS::IAM::Role", role),
            F=("AWS::Lambda::Function", code),
            **{version: ("AWS::Lambda::Version", {"FunctionName": {"Ref": "F"}})},
        )
        return {**made, "Outputs": {"Arn": {"Value": {"Ref": version}}}}

    changes = compare(side(128, "Version1111111"), side(256, "Version2222222"))
    for told in (as_text(changes), as_markdown(changes)):
        assert "Role: follows Role.Arn  [Role is updated in place and keeps its Arn]" in told
        assert "Outputs/Arn/Value: ${Version1111111} → ${Version2222222}  [follows routine changes]" in told
    assert "\n1 routine: outputs that follow\n" in as_text(changes)
    assert "<summary>1 routine: outputs that follow</summary>" in as_markdown(changes)


def test_rows_stand_in_one_order_everywhere() -> None:
    """Worst first; then by what happens to them; then things of a kind together."""
    topic, table = "AWS::SNS::Topic", ("AWS::DynamoDB::Table", {"BillingMode": "PAY_PER_REQUEST"})
    old = stack(Z=(topic, {"TopicName": "a"}), Gone=(topic, {}), Data=table, B=(topic, {}), Stays=(topic, {}))
    new = stack(
        B=(topic, {"DisplayName": "b"}),
        Z=(topic, {"TopicName": "b"}),
        Q=("AWS::SQS::Queue", {}),
        A=(topic, {}),
        Stays=(topic, {}),
    )
    changes = compare(old, new)
    names = ["Data", "Z", "Gone", "B", "Q", "A"]
    assert [one.logical_id for one in changes.resources] == names
    assert [one["logical_id"] for one in to_json(changes)["resources"]] == names
    for told in (as_text(changes), as_markdown(changes)):
        places = [told.index(f"{name}", told.index("- table Data")) for name in names]
        assert places == sorted(places)


def test_what_is_not_shown_has_the_same_words_everywhere() -> None:
    """The console takes them from here."""

    def told(**more: Any) -> str:
        row = PropertyChange("/Properties/A", **more)
        assert line(row, ()).unseen == unseen(row)
        return change(row)

    assert told(secret=True) == "A: a secret changes"
    assert told(secret=True, has_before=False) == "A: a secret is set"
    assert told(secret=True, has_after=False) == "A: a secret goes"
    assert told() == "A: changes; CloudFormation gives no values"
    assert told(after_known=False) == "A: (known after it is deployed)"
    assert told(before="a", after_known=False) == "A: a → (known after it is deployed)"
    assert told(before="a", after="b") == "A: a → b"
