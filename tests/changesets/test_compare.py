"""How one template differs from another, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import OTHER_KEY, TABLE, function, names, row, rules_of, stack

from seed.changesets import Pseudo, Severity, Tree, compare, inside


def queue(**properties: Any) -> tuple[str, dict[str, Any]]:
    return "AWS::SQS::Queue", properties


def test_another_key_of_a_table_with_a_generated_name_replaces_it_and_its_data_is_lost() -> None:
    change_set = compare(stack(T=("AWS::DynamoDB::Table", TABLE)), stack(T=("AWS::DynamoDB::Table", OTHER_KEY)))
    assert row(change_set, "T").replacement == "True"
    assert rules_of(change_set) == {"data-replaced"}
    assert change_set.severity == Severity.DANGER


def test_another_key_of_a_table_with_a_name_of_its_own_will_fail() -> None:
    named = [{**table, "TableName": "orders"} for table in (TABLE, OTHER_KEY)]
    change_set = compare(*(stack(T=("AWS::DynamoDB::Table", table)) for table in named))
    assert "name-conflict" in rules_of(change_set)


def test_a_parameter_that_decides_a_condition_adds_and_removes() -> None:
    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {
            "Always": {"Type": "AWS::SQS::Queue"},
            "OnlyProd": {"Type": "AWS::SQS::Queue", "Condition": "Prod"},
        },
    }
    flipped = compare(template, template, before={"Stage": "dev"}, after={"Stage": "prod"})
    assert [(one.logical_id, one.action) for one in flipped.resources] == [("OnlyProd", "Add")]
    back = compare(template, template, before={"Stage": "prod"}, after={"Stage": "dev"})
    assert [(one.logical_id, one.action) for one in back.resources] == [("OnlyProd", "Remove")]


def test_a_parameter_is_named_as_the_cause() -> None:
    template = {
        "Parameters": {"Seconds": {"Type": "Number", "Default": 30}},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}}}},
    }
    change_set = compare(template, template, after={"Seconds": "60"})
    (change,) = row(change_set, "Q").properties
    assert (change.before, change.after) == ("30", "60")
    assert (change.change_source, change.causing_entity) == ("ParameterReference", "Seconds")
    assert [one.path for one in change_set.parameters] == ["/Parameters/Seconds"]


def test_a_parameter_that_nothing_uses_changes_nothing() -> None:
    template = {"Parameters": {"A": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
    assert compare(template, template, before={"A": "1"}, after={"A": "2"}).empty


def test_a_parameter_that_is_not_given_keeps_the_value_of_the_stack() -> None:
    template = {
        "Parameters": {"A": {"Type": "String"}},
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "A"}}}},
    }
    assert compare(template, template, before={"A": "orders"}).empty


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Fn::Sub": "${Q}-x"}, {"Fn::Join": ["-", [{"Ref": "Q"}, "x"]]}),
        ({"Fn::Sub": "a-${AWS::Region}"}, {"Fn::Join": ["", ["a-", {"Ref": "AWS::Region"}]]}),
        ({"Fn::GetAtt": "Q.Arn"}, {"Fn::GetAtt": ["Q", "Arn"]}),
        ({"Fn::Sub": "${Q.Arn}"}, {"Fn::GetAtt": ["Q", "Arn"]}),
        ({"Fn::Sub": ["${a}!", {"a": {"Ref": "Q"}}]}, {"Fn::Join": ["", [{"Ref": "Q"}, "!"]]}),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::If": ["Yes", "b", "c"]}, "b"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "7"),
        ({"Fn::FindInMap": ["M", "a", "z", {"DefaultValue": 7}]}, 7),
        ({"Fn::ToJsonString": {"a": "b"}}, '{"a":"b"}'),
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::Sub": "${!literal}"}, "${literal}"),
        (True, "true"),
        (1, "1"),
    ],
)  # fmt: skip
def test_two_spellings_of_a_value_are_no_change(one: Any, other: Any) -> None:
    def template(value: Any) -> dict[str, Any]:
        found = stack(Q=queue(), P=("AWS::SSM::Parameter", {"Type": "String", "Value": value}))
        found["Conditions"] = {"Yes": {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}}
        found["Mappings"] = {"M": {"a": {"b": 7}}}
        return found

    assert compare(template(one), template(other)).empty


def test_true_and_one_are_not_the_same() -> None:
    assert not compare(stack(Q=queue(A=True)), stack(Q=queue(A=1))).empty


def test_no_value_is_a_property_that_is_not_there() -> None:
    assert compare(stack(Q=queue()), stack(Q=queue(QueueName={"Ref": "AWS::NoValue"}))).empty


def test_pseudo_parameters_are_filled_in_where_they_are_known() -> None:
    change_set = compare(
        stack(Q=queue(QueueName="a")),
        stack(Q=queue(QueueName={"Fn::Sub": "${AWS::Region}-a"})),
        pseudo=Pseudo(region="eu-west-1"),
    )
    assert row(change_set, "Q").properties[0].after == "eu-west-1-a"


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("", "arn:aws:sns:::x.amazonaws.com"),
        ("eu-west-1", "arn:aws:sns:::x.amazonaws.com"),
        ("cn-north-1", "arn:aws-cn:sns:::x.amazonaws.com.cn"),
        ("us-gov-west-1", "arn:aws-us-gov:sns:::x.amazonaws.com"),
    ],
)
def test_the_partition_follows_from_the_region_and_is_the_common_one_where_none_is_told(region: str, arn: str) -> None:
    written = {"Fn::Sub": "arn:${AWS::Partition}:sns:::x.${AWS::URLSuffix}"}
    old, new = (stack(P=("AWS::SSM::Parameter", {"Type": "String", "Value": value})) for value in (arn, written))
    assert compare(old, new, pseudo=Pseudo(region=region)).empty


def test_what_is_there_in_another_partition_only_is_not_added() -> None:
    template = stack(A=queue(), B={"Type": "AWS::SQS::Queue", "Condition": "InChina"})
    template["Conditions"] = {"InChina": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]}}
    assert names(compare(None, template)) == {"A"}
    assert names(compare(None, template, pseudo=Pseudo(region="cn-north-1"))) == {"A", "B"}


def test_policies_and_metadata_have_scopes_of_their_own() -> None:
    old = {"Q": {"Type": "AWS::SQS::Queue"}}
    new = {"Q": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain", "Metadata": {"a": 1}}}
    change_set = compare({"Resources": old}, {"Resources": new})
    assert row(change_set, "Q").scope == ("DeletionPolicy", "Metadata")


def test_metadata_alone_is_routine() -> None:
    change_set = compare(
        {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"a": 1}}}},
        {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"a": 2}}}},
    )
    assert row(change_set, "Q").routine == "metadata only"


def test_what_the_cdk_notes_of_itself_is_routine() -> None:
    noted, again = (stack(CDKMetadata=("AWS::CDK::Metadata", {"Analytics": text})) for text in ("v2:a", "v2:b"))
    for old, new in ((noted, again), (stack(), noted), (noted, stack())):
        assert row(compare(old, new), "CDKMetadata").routine == "metadata only"


def test_a_policy_that_is_not_known_keeps_nothing_for_certain() -> None:
    policy = {"Fn::If": ["Here", "Retain", "Delete"]}
    old = stack(T={"Type": "AWS::DynamoDB::Table", "Properties": TABLE, "DeletionPolicy": policy})
    old |= {"Transform": "AWS::LanguageExtensions"}
    old |= {"Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}}
    assert row(compare(old, stack()), "T").policy_action == "Delete"
    assert row(compare(old, stack(), pseudo=Pseudo(region="eu-west-1")), "T").policy_action == "Retain"


@pytest.mark.parametrize("kind", ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"])
def test_a_database_that_says_nothing_leaves_a_snapshot_and_one_whose_policy_is_not_known_nothing(kind: str) -> None:
    def removed(*, properties: dict[str, Any] | None = None, **policy: Any) -> str:
        old = stack(D={"Type": kind, "Properties": properties or {}, **policy})
        old |= {"Parameters": {"Policy": {"Type": "String"}}}
        old |= {"Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}}
        return row(compare(old, stack()), "D").policy_action

    assert removed() == removed(DeletionPolicy={"Ref": "AWS::NoValue"}) == "Snapshot"
    assert removed(DeletionPolicy={"Ref": "Policy"}) == "Delete"
    assert removed(DeletionPolicy={"Fn::If": ["Here", "Retain", "Snapshot"]}) == "Delete"
    assert removed(properties={"DBClusterIdentifier": "c"}) == "Delete"


def test_only_depends_on_is_no_change() -> None:
    old, new = stack(A=queue(), B=queue()), stack(A=queue(), B=queue())
    new["Resources"]["B"]["DependsOn"] = "A"
    assert compare(old, new).empty


def test_tags_have_a_scope_of_their_own_and_are_routine() -> None:
    tags = [[{"Key": "team", "Value": value}] for value in ("a", "b")]
    change_set = compare(stack(Q=queue(Tags=tags[0])), stack(Q=queue(Tags=tags[1])))
    assert (row(change_set, "Q").scope, row(change_set, "Q").routine) == (("Tags",), "tags only")


def test_another_type_under_the_same_name_will_fail() -> None:
    change_set = compare(stack(Q=queue()), stack(Q=("AWS::SNS::Topic", {})))
    assert row(change_set, "Q").replacement == "True"
    assert "type-changed" in rules_of(change_set)


def test_every_property_of_a_custom_resource_may_replace_it() -> None:
    sides = [stack(C=("Custom::Thing", {"ServiceToken": "arn", "A": value})) for value in "ab"]
    assert row(compare(*sides), "C").replacement == "Conditional"


def test_a_type_nobody_knows_may_be_replaced() -> None:
    sides = [stack(C=("Acme::Cloud::Thing", {"A": value})) for value in "ab"]
    assert row(compare(*sides), "C").replacement == "Conditional"


class TestPropagation:
    def test_who_refers_to_a_replaced_resource_gets_a_new_value(self) -> None:
        reader = ("AWS::SSM::Parameter", {"Type": "String", "Value": {"Ref": "T"}})
        change_set = compare(
            stack(T=("AWS::DynamoDB::Table", TABLE), P=reader), stack(T=("AWS::DynamoDB::Table", OTHER_KEY), P=reader)
        )
        (change,) = row(change_set, "P").properties
        assert (change.change_source, change.causing_entity) == ("ResourceReference", "T")
        assert (change.evaluation, change.after_known) == ("Static", False)
        assert not row(change_set, "P").routine

    def test_replacement_runs_through_a_chain(self) -> None:
        def chain(name: str) -> dict[str, Any]:
            return stack(
                Api=("AWS::ApiGateway::RestApi", {"Name": "a"}),
                Topic=("AWS::SNS::Topic", {"TopicName": name}),
                Sub=("AWS::SNS::Subscription", {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs"}),
                Watch=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Fn::GetAtt": ["Sub", "Arn"]}}),
            )

        change_set = compare(chain("a"), chain("b"))
        assert row(change_set, "Sub").replacement == "True"
        assert row(change_set, "Watch").properties[0].causing_entity == "Sub.Arn"
        assert "Api" not in names(change_set)

    def test_an_update_in_place_keeps_the_id(self) -> None:
        reader = ("AWS::SSM::Parameter", {"Type": "String", "Value": {"Ref": "Q"}})
        change_set = compare(stack(Q=queue(DelaySeconds=1), P=reader), stack(Q=queue(DelaySeconds=2), P=reader))
        assert names(change_set) == {"Q"}

    def test_who_reads_an_arn_of_something_updated_in_place_is_listed_as_most_probably_unchanged(self) -> None:
        reader = ("AWS::Lambda::Permission", {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}, "Action": "a", "Principal": "b.amazonaws.com"})  # fmt: skip
        change_set = compare(stack(F=function(MemorySize=1), P=reader), stack(F=function(MemorySize=2), P=reader))
        permission = row(change_set, "P")
        assert (permission.replacement, permission.inferred) == ("Conditional", True)
        assert permission.routine == "probably no change: F is updated in place and keeps its Arn"
        assert permission.severity == Severity.ROUTINE

    def test_an_attribute_that_moves_is_no_noise(self) -> None:
        reader = ("AWS::SSM::Parameter", {"Type": "String", "Value": {"Fn::GetAtt": ["T", "StreamArn"]}})
        with_stream = {**TABLE, "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}}
        change_set = compare(
            stack(T=("AWS::DynamoDB::Table", TABLE), P=reader), stack(T=("AWS::DynamoDB::Table", with_stream), P=reader)
        )
        assert not row(change_set, "P").routine

    def test_an_attribute_that_is_a_property_moves_with_it(self) -> None:
        def named(name: str, policy: str) -> dict[str, Any]:
            read = {"Fn::GetAtt": ["Topic", "DisplayName"]}
            topic = ("AWS::SNS::Topic", {"DisplayName": name, "TracingConfig": policy})
            made = stack(Topic=topic, P=("AWS::SSM::Parameter", {"Type": "String", "Value": read}))
            return {**made, "Outputs": {"Name": {"Value": read}}}

        moved, stays = compare(named("a", "x"), named("b", "x")), compare(named("a", "x"), named("a", "y"))
        assert row(moved, "P").routine == ""
        assert [one.path for one in moved.outputs] == ["/Outputs/Name/Value"]
        assert row(stays, "P").routine.endswith("Topic is updated in place and keeps its DisplayName")
        assert stays.outputs == ()

    def test_a_revision_moves_with_every_update(self) -> None:
        def machine(definition: str) -> dict[str, Any]:
            revision = {"Fn::GetAtt": ["M", "StateMachineRevisionId"]}
            version = {"StateMachineArn": {"Ref": "M"}, "StateMachineRevisionId": revision}
            return stack(
                M=("AWS::StepFunctions::StateMachine", {"RoleArn": "r", "DefinitionString": definition}),
                V=("AWS::StepFunctions::StateMachineVersion", version),
            )

        version = row(compare(machine("{}"), machine('{"Comment": "new"}')), "V")
        assert (version.replacement, version.routine) == ("Conditional", "")

    def test_circles_end(self) -> None:
        def circle(delay: int) -> dict[str, Any]:
            return stack(
                A=queue(DelaySeconds=delay, RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["B", "Arn"]}}),
                B=queue(RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["A", "Arn"]}}),
            )

        assert names(compare(circle(1), circle(2))) == {"A", "B"}


class TestNestedStacks:
    """CloudFormation lists a nested stack with every update of the stack around it."""

    def template(self, delay: int, url: str = "https://bucket/a.json") -> dict[str, Any]:
        return stack(
            Q=queue(DelaySeconds=delay),
            Inner=("AWS::CloudFormation::Stack", {"TemplateURL": url}),
            P=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Fn::GetAtt": ["Inner", "Outputs.Url"]}}),
        )

    def test_one_that_is_not_touched_is_routine_with_what_reads_its_outputs(self) -> None:
        change_set = compare(self.template(1), self.template(2))
        inner = row(change_set, "Inner")
        assert (inner.properties[0].change_source, inner.inferred) == ("Automatic", True)
        assert row(change_set, "P").routine == "probably no change: Inner most probably does not change"
        assert change_set.findings == ()

    def test_one_that_changes_may_answer_other_outputs(self) -> None:
        change_set = compare(self.template(1), self.template(1, "https://bucket/b.json"))
        assert not row(change_set, "P").routine
        assert rules_of(change_set) == {"nested-stack"}

    def test_where_nothing_changes_nothing_is_listed(self) -> None:
        assert compare(self.template(1), self.template(1)).empty


def test_a_replacement_under_the_same_fixed_name_keeps_what_is_made_of_the_name() -> None:
    def reading(path: str) -> dict[str, Any]:
        role = {"RoleName": "worker", "Path": path, "AssumeRolePolicyDocument": {"Statement": []}}
        text = {"Type": "String", "Value": {"Fn::Sub": "${Role} ${Role.Arn}"}}
        other = {"Type": "String", "Value": {"Fn::GetAtt": ["Role", "RoleId"]}}
        return stack(
            Role=("AWS::IAM::Role", role), Name=("AWS::SSM::Parameter", text), Id=("AWS::SSM::Parameter", other)
        )

    change_set = compare(reading("/a/"), reading("/b/"))

    assert row(change_set, "Role").replacement == "True"
    assert row(change_set, "Name").routine == "probably no change: Role is replaced and keeps its name"
    assert row(change_set, "Id").routine == ""


class TestNestedInside:
    """A nested stack that was looked into: its parent's readers are judged again."""

    def tree(self, size: str, other: str) -> Tree:
        child = stack(
            Table=("AWS::DynamoDB::Table", {**TABLE, "StreamSpecification": {"StreamViewType": {"Ref": "View"}}}),
            Q=("AWS::SQS::Queue", {"DelaySeconds": other}),
        )
        child["Parameters"] = {"View": {"Type": "String"}}
        child["Outputs"] = {
            "Queue": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}},
            "Stream": {"Value": {"Fn::GetAtt": ["Table", "StreamArn"]}},
        }
        parent = stack(
            Child=("AWS::CloudFormation::Stack", {"TemplateURL": "child", "Parameters": {"View": size}, "TimeoutInMinutes": other}),
            ReadsQueue=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Fn::GetAtt": ["Child", "Outputs.Queue"]}}),
            Reads=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Fn::GetAtt": ["Child", "Outputs.Stream"]}}),
        )  # fmt: skip
        return Tree(parent, {"child": Tree(child)})

    def test_who_reads_an_output_that_stays_is_most_probably_unchanged(self) -> None:
        old, new = self.tree("KEYS_ONLY", "1"), self.tree("NEW_IMAGE", "2")
        plain = compare(old.template, new.template)
        assert not row(plain, "ReadsQueue").routine

        looked = inside(plain, old, new)

        assert row(looked, "ReadsQueue").routine == "probably no change: the output Queue of Child stays what it is"
        assert row(looked, "ReadsQueue").inferred
        nested = row(looked, "Child").nested
        assert nested is not None
        assert names(nested) == {"Q", "Table"}
        assert not row(looked, "Reads").routine  # the stream of the table may be another one
