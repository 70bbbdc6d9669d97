"""No secret reaches a review: not in a row, a context, a text or a finding."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from tests.changesets.templates import function, row, stack

from seed.changesets import ChangeSet, as_aws, as_markdown, as_text, compare, headline, merge, to_json

AWKWARD = 'say "hunter2" & go'
OLD, NEW = "hunter2-old-value", "hunter2-new-value"


def everything(change_set: ChangeSet) -> str:
    return "\n".join(
        [
            json.dumps(to_json(change_set, contexts=True)),
            as_text(change_set),
            as_markdown(change_set),
            json.dumps(as_aws(change_set)),
            headline(change_set),
            repr(change_set),
        ]
    )


def template(value: Any) -> dict[str, Any]:
    return {
        "Parameters": {"Password": {"Type": "String", "NoEcho": True}},
        **stack(F=function(Environment={"Variables": {"P": value}})),
        "Outputs": {"O": {"Value": value}},
    }


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Password"},
        {"Fn::Sub": "postgres://admin:${Password}@db"},
        {"Fn::Join": [":", ["admin", {"Ref": "Password"}]]},
        {"Fn::Base64": {"Ref": "Password"}},
        {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Password"}]}]},
        {"Fn::ToJsonString": {"a": {"Ref": "Password"}}},
    ],
)
def test_a_no_echo_parameter_is_withheld_however_it_is_used(value: Any) -> None:
    change_set = compare(template(value), template(value), before={"Password": OLD}, after={"Password": NEW})
    (change,) = row(change_set, "F").properties
    assert change.secret
    assert "hunter2" not in everything(change_set)


def test_references_to_secrets_are_withheld() -> None:
    kinds = ("{{resolve:secretsmanager:db:SecretString:password:%s}}", "{{resolve:ssm-secure:/db/password:%s}}")
    for kind in kinds:
        change_set = compare(template(kind % "1"), template(kind % "2"))
        assert row(change_set, "F").properties[0].secret
        assert "{{resolve" not in everything(change_set)


def test_values_that_are_known_to_be_secret_are_withheld_anywhere() -> None:
    change_set = compare(template("plain"), template(f"prefix {NEW} suffix"), secrets=[NEW])
    assert NEW not in everything(change_set)


@pytest.mark.parametrize(
    "written",
    [
        lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
        lambda text: json.dumps({"key": text}),
        lambda text: f"https://x.example/?key={quote(text, safe='')}",
        lambda text: text.encode().hex(),
    ],
)
def test_however_a_known_secret_is_written_it_is_withheld(written: Callable[[str], str]) -> None:
    text = written(AWKWARD)
    (change,) = row(compare(template("plain"), template(text), secrets=[AWKWARD]), "F").properties
    assert change.secret
    assert json.dumps(text)[1:-1] not in everything(compare(None, template(text), secrets=[AWKWARD]))


def test_a_new_stack_withholds_too() -> None:
    change_set = compare(None, template({"Ref": "Password"}), after={"Password": NEW})
    assert "hunter2" not in everything(change_set)


def test_a_masked_value_is_no_change_but_nobody_can_tell() -> None:
    value = {"Ref": "Password"}
    change_set = compare(template(value), template(value), before={"Password": "****"}, after={"Password": NEW})
    assert change_set.resources == ()
    assert [finding.rule for finding in change_set.findings] == ["parameter-unseen"]
    assert not change_set.empty


def test_a_secret_does_not_hide_in_a_mapping_key() -> None:
    change_set = compare(template("a"), template({NEW: "b"}), secrets=[NEW])
    assert NEW not in everything(change_set)


def test_a_finding_quotes_no_secret() -> None:
    def bucket_policy(reference: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": [reference, f"arn:{NEW}"]}
        return stack(P=("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": {"Statement": [statement]}}))

    reference = "{{resolve:secretsmanager:place:SecretString:name}}"
    change_set = compare(bucket_policy("other"), bucket_policy(reference), secrets=[NEW])
    assert [finding.rule for finding in change_set.findings] == ["access-public"]
    assert NEW not in everything(change_set)
    assert "{{resolve" not in everything(change_set)


def test_what_aws_says_is_searched_too() -> None:
    target = {
        "Attribute": "Properties",
        "Name": "Value",
        "Path": "/Properties/Value",
        "BeforeValue": OLD,
        "AfterValue": NEW,
    }
    detail = {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}
    change = {"Action": "Modify", "LogicalResourceId": "P", "ResourceType": "AWS::SSM::Parameter", "Details": [detail]}
    empty: dict[str, Any] = stack()
    merged = merge(compare(empty, empty), [], [{"ResourceChange": change}], prefer="aws", secrets=[OLD, NEW])
    assert row(merged, "P").properties[0].secret
    assert "hunter2" not in everything(merged)


def test_names_in_a_template_do_not_move_the_terminal_or_end_a_line() -> None:
    hostile = "Evil\x1b[2J\r\nDANGER: none`</code>"
    change_set = compare(None, {"Resources": {hostile: {"Type": "AWS::SQS::Queue\x1b]0;x"}}})
    assert "\x1b" not in as_text(change_set) + as_markdown(change_set)
    assert not any(
        line.startswith("DANGER: none") for line in (as_text(change_set) + as_markdown(change_set)).splitlines()
    )


def test_of_what_comes_or_goes_as_a_whole_the_names_stay() -> None:
    """The first variables of a function: which there are is told, and only what is secret in them is withheld."""
    variables = {"KEY": NEW, "LEVEL": "info"}
    sides = [stack(F=("AWS::Lambda::Function", more)) for more in ({}, {"Environment": {"Variables": variables}})]
    for old, new, sign in ((*sides, "(not set) → {}"), (*reversed(sides), "{} → (not set)")):
        changes = compare(old, new, secrets=[NEW])
        shown = sign.format("{Variables: {KEY: ****, LEVEL: info}}")
        assert f"Environment: {shown}" in as_text(changes)
        assert NEW not in everything(changes)
    told = {"Attribute": "Properties", "Name": "Environment", "Path": "/Properties/Environment"}
    told |= {"AfterValue": json.dumps({"Variables": variables}), "AttributeChangeType": "Add"}
    change = {"LogicalResourceId": "F", "ResourceType": "AWS::Lambda::Function", "Action": "Modify"}
    change["Details"] = [{"Target": told, "Evaluation": "Static"}]  # type: ignore[assignment]
    merged = merge(compare(*sides, secrets=[NEW]), [], [{"ResourceChange": change}], prefer="aws", secrets=[NEW])
    assert "KEY: ****" in as_text(merged)
    assert NEW not in everything(merged)
