"""What a change of one resource makes of those that refer to it, in the stack and inside of nested ones."""

from __future__ import annotations

from typing import Any

from tests.changesets.templates import OTHER_KEY, TABLE, function, names, queue, row, rules_of, stack

from seed.changesets import Severity, Tree, compare, inside


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

    def test_what_gets_another_type_is_another_thing_to_all_that_refer_to_it(self) -> None:
        reader = ("AWS::SSM::Parameter", {"Type": "String", "Value": {"Ref": "X"}})
        change_set = compare(stack(X=queue(), P=reader), stack(X=("AWS::SNS::Topic", {}), P=reader))
        assert (row(change_set, "X").replacement, row(change_set, "P").properties[0].evaluation) == ("True", "Static")

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

    def test_an_output_of_what_is_made_or_made_anew_is_known_only_after(self) -> None:
        def told(name: str, **queues: str) -> dict[str, Any]:
            made = stack(**{key: ("AWS::SQS::Queue", {"QueueName": queue}) for key, queue in queues.items()})
            return {**made, "Outputs": {"Name": {"Value": {"Ref": name}}}}

        old = told("A", A="a", B="b")
        for new, known in (
            (told("B", A="a", B="b"), True),
            (told("B", A="a", B="c"), False),
            (told("C", A="a", B="b", C="c"), False),
        ):
            (output,) = compare(old, new).outputs
            assert output.after_known is known

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
