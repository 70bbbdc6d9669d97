"""What a template must not say, or says too much of; and what its parameters must be."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import (
    FUNCTION,
    QUEUE,
    QUEUES,
    ROLE,
    Case,
    allow,
    bad,
    bad_stack,
    good,
    good_stack,
    outputs,
    role,
    streaming,
)
from tests.changesets.templates import stack

from seed.changesets import Pseudo, parse_template

NESTED = "AWS::CloudFormation::Stack"
WEB: Any = ("AWS::AppRunner::Service", {"SourceConfiguration": {}})
STOCKHOLM = Pseudo(region="eu-north-1")
MALFORMED: tuple[dict[str, Any], ...] = (
    {"Output": {}},
    {"AWSTemplateFormatVersion": "2012-10-17"},
    {"Description": "x" * 1025},
    {"Resources": {"my-queue": {"Type": QUEUE}}},
    {"Resources": {"Q": {"Type": QUEUE, "Propertys": {}}}},
    {"Outputs": {"O": {"Description": "nothing"}}},
    {"Parameters": {"P": {"Type": "Strng", "Default": "a"}}},
    {"Conditions": {"C": {"Fn::Equals": [{"Ref": "Q"}, "a"]}}},
    {"Conditions": {"C": {"Fn::Equals": ["a", "b", "c"]}}},
    {"Resources": {"F": {"Type": "AWS::Serverless::Function"}}},
    {"Outputs": {"O": {"Value": {"Fn::Join": ["-", [{"Fn::ToJsonString": [1]}]]}}}},
    {"Resources": {"Q" * 256: {"Type": QUEUE}}},
)
TOPICS = stack(T=("AWS::SNS::Topic", {}))
PARENT = stack(Child=(NESTED, {"TemplateURL": "https://s3/child.yml"}))


def calling(macro: str) -> dict[str, Any]:
    return {"Transform": macro}


def many(number: int) -> dict[str, Any]:
    return stack(**{f"Q{n}": (QUEUE, {}) for n in range(number)})


def heavy(number: int) -> dict[str, Any]:
    """A template of about so many bytes, with one resource."""
    return stack(X=(FUNCTION, {"Description": "x" * number}))


def parameter(**more: Any) -> dict[str, Any]:
    return {**stack(Q=(QUEUE, {"QueueName": {"Ref": "Name"}})), "Parameters": {"Name": {"Type": "String", **more}}}


def asserting(what: Any, when: Any = True) -> dict[str, Any]:
    """A template that asserts something of its parameters."""
    rule = {"RuleCondition": when, "Assertions": [{"Assert": what, "AssertDescription": "Not so."}]}
    given = parameter()
    more = {"More": {"Type": "CommaDelimitedList", "Default": ""}, "Seen": {"Type": "String", "Default": "x"}}
    return {**given, "Parameters": {**given["Parameters"], **more}, "Rules": {"Names": rule}}


REF, MORE = {"Ref": "Name"}, {"Ref": "More"}
BROKEN: list[Any] = [
    {"Fn::Equals": [REF, "a"]},
    {"Fn::Contains": [["a", "c"], REF]},
    {"Fn::Not": [{"Fn::Contains": [MORE, REF]}]},
    {"Fn::EachMemberEquals": [MORE, "b"]},
    {"Fn::EachMemberIn": [MORE, ["b", "d"]]},
    {"Fn::And": [{"Fn::Equals": [REF, "a"]}, {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, REF]}]},
    {"Fn::Or": [{"Fn::Equals": [REF, "a"]}, {"Fn::Equals": [REF, "c"]}]},
]
KEPT: list[Any] = [
    {"Fn::Equals": [REF, "b"]},
    {"Fn::Contains": [["a", "b"], REF]},
    {"Fn::EachMemberIn": [MORE, ["b", "c", "d"]]},
    {"Fn::EachMemberEquals": [["b", "b"], REF]},
    {"Fn::Contains": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, REF]},
    {"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", "VpcId"]}, {"Fn::RefAll": "AWS::EC2::VPC::Id"}]},
    {"Fn::Equals": [{"Fn::ValueOf": ["Name", "Tags.Team"]}, "it"]},
    {"Fn::Equals": [{"Ref": "Nothing"}, "a"]},
    {"Fn::Sub": "whatever"},
]
OF_ITS_OWN = {"Outputs": {"O": {"Value": "a", "Export": {"Name": {"Fn::Sub": ["${Q}-a", {"Q": "q"}]}}}}}
"""A name in a text that is called as a resource is."""
NO_TEXT: list[dict[str, Any]] = [
    {"Outputs": {"O": {"Value": ["a"]}}},
    {"Outputs": {"O": {"Value": {"Fn::Split": [",", "a,b"]}}}},
    {"Outputs": {"O": {"Value": {"a": "b"}}}},
    {"Outputs": {"O": {"Value": "a", "Export": {"Name": "a"}}, "P": {"Value": "a", "Export": {"Name": "a"}}}},
    {"Outputs": {"O": {"Value": "a", "Export": {"Name": {"Ref": "Q"}}}}},
    {"Parameters": {"Q": {"Type": "String", "Default": "a"}}},
    {"Mappings": {"M": {"a": {"b": {"c": "d"}}}}},
    {"Mappings": {"M": {"a": "b"}}},
]
EITHER = {
    "Parameters": {"Kind": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "kind"}},
    "Conditions": {"A": {"Fn::Equals": [{"Ref": "Kind"}, "a"]}, "B": {"Fn::Not": [{"Condition": "A"}]}},
    "Outputs": {name: {"Condition": name, "Value": "a", "Export": {"Name": "a"}} for name in "AB"},
}
"""One output or the other, and nobody knows which."""
TWICE = """
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      Tags: [{Key: a, Value: b, Key: c}]
"""


def only_if(value: str, user: Any) -> dict[str, Any]:
    """A queue whose condition holds when value is yes, and who uses it."""
    queue = {"Type": QUEUE, "Condition": "Wanted"}
    return {
        "Conditions": {"Wanted": {"Fn::Equals": [value, "yes"]}},
        "Resources": {"Q": queue, "U": {"Type": QUEUE, "Properties": {"RedrivePolicy": user}}},
    }


SECRET = {
    "Parameters": {"Word": {"Type": "String", "NoEcho": True}},
    **stack(Q=(QUEUE, {"QueueName": {"Ref": "Word"}})),
}


CASES: list[Case] = [
    bad_stack("reference-missing", "danger", QUEUES, {**only_if("no", {}), "Outputs": {"O": {"Value": {"Ref": "Q"}}}}),
    good_stack("reference-missing", QUEUES, {**only_if("no", {}), "Outputs": {"O": {"Value": {"Ref": "Q"}, "Condition": "Wanted"}}}),
    *(bad_stack("template-malformed", "danger", QUEUES, {**QUEUES, **wrong}) for wrong in MALFORMED),
    good_stack("template-malformed", {**QUEUES, **MALFORMED[0]}, {**QUEUES, **MALFORMED[0], "Outputs": {"O": {"Value": 1}}}),
    good_stack("template-malformed", None, {**QUEUES, "Transform": ["Mine"], **MALFORMED[0]}),
    good_stack("template-malformed", None, {**QUEUES, "Conditions": {"a&b": {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}}, "AWSTemplateFormatVersion": "2010-09-09", "Hooks": {}, "Rules": {}}),
    bad("reference-missing", "danger", QUEUE, {}, {"RedrivePolicy": {"Ref": "Nowhere"}}),
    bad_stack("reference-missing", "danger", QUEUES, stack(Q={"Type": QUEUE, "DependsOn": ["Nowhere"]})),
    bad_stack("reference-missing", "danger", only_if("yes", {"Ref": "Q"}), only_if("no", {"Ref": "Q"})),
    good_stack("reference-missing", None, stack(M=("Acme::Web::Site::MODULE", {}), R={"Type": QUEUE, "Properties": {"QueueName": {"Ref": "MBucket"}}, "DependsOn": "MBucket"})),
    good_stack("reference-missing", only_if("yes", "a"), only_if("no", {"Fn::If": ["Wanted", {"Ref": "Q"}, "none"]})),
    good_stack("reference-missing", only_if("no", "a"), only_if("yes", {"Ref": "Q"})),
    good("reference-missing", QUEUE, {"RedrivePolicy": {"Ref": "Nowhere"}}, {"RedrivePolicy": {"Ref": "Nowhere"}, "DelaySeconds": 1}),
    good_stack("reference-missing", QUEUES, {**stack(Q=(QUEUE, {"QueueName": {"Ref": "Nowhere"}})), "Transform": "Mine"}),
    bad_stack("attribute-missing", "danger", QUEUES, stack(Q=(QUEUE, {}), R=(QUEUE, {"RedrivePolicy": {"Fn::GetAtt": ["Q", "Nope"]}}))),
    good_stack("attribute-missing", QUEUES, stack(Q=(QUEUE, {}), R=(QUEUE, {"RedrivePolicy": {"Fn::GetAtt": ["Q", "Arn"]}}))),
    good_stack("attribute-missing", None, stack(D=("AWS::OpenSearchService::Domain", {}), R=(QUEUE, {"QueueName": {"Fn::GetAtt": ["D", "DomainArn"]}}))),
    good_stack("attribute-missing", None, stack(D=("AWS::Elasticsearch::Domain", {}), R=(QUEUE, {"QueueName": {"Fn::GetAtt": ["D", "DomainArn"]}}))),
    good_stack("attribute-missing", None, stack(C=("Custom::Any", {}), R=(QUEUE, {"QueueName": {"Fn::GetAtt": ["C", "Anything"]}}))),
    good_stack("attribute-missing", None, stack(C=("AWS::CloudFormation::CustomResource", {}), R=(QUEUE, {"QueueName": {"Fn::GetAtt": ["C", "Anything"]}}))),
    good_stack("attribute-missing", None, stack(G=("AWS::EC2::SecurityGroup", {}), R=(QUEUE, {"QueueName": {"Fn::GetAtt": ["G", "GroupName"]}}))),
    good_stack("attribute-missing", None, stack(N=(NESTED, {}), R=(QUEUE, {"QueueName": {"Fn::GetAtt": ["N", "Outputs.Name"]}}))),
    bad("circular-dependency", "danger", QUEUE, {}, {"RedrivePolicy": {"Fn::GetAtt": ["X", "Arn"]}}),
    good_stack("circular-dependency", QUEUES, stack(Q=(QUEUE, {}), R={"Type": QUEUE, "DependsOn": "Q"})),
    bad_stack("attribute-missing", "danger", streaming({}), streaming({}, view="")),
    bad_stack("attribute-missing", "danger", QUEUES, outputs(O={"Value": {"Fn::GetAtt": ["Q", "Nope"]}})),
    good_stack("attribute-missing", QUEUES, outputs(O={"Value": {"Fn::GetAtt": ["Q", "Arn"]}})),
    good_stack("template-large", None, heavy(1_048_576)),
    bad_stack("attribute-missing", "danger", None, streaming({}, view="")),
    good_stack("attribute-missing", None, streaming({})),
    bad_stack("limit-exceeded", "danger", None, many(501)),
    bad_stack("limit-exceeded", "danger", None, heavy(1_048_576)),
    bad_stack("limit-exceeded", "danger", QUEUES, outputs(**{f"O{n}": {"Value": "v"} for n in range(201)})),
    good_stack("limit-exceeded", None, many(500)),
    bad_stack("nothing-left", "danger", QUEUES, {"Resources": {}}),
    bad_stack("nothing-left", "danger", QUEUES, {}),
    bad_stack("nothing-left", "danger", None, {"Resources": {}}),
    good_stack("nothing-left", QUEUES, None),
    good_stack("nothing-left", QUEUES, {"Resources": {}, **calling("Ours")}),
    good_stack("nothing-left", QUEUES, {"Conditions": {"No": {"Fn::Equals": ["a", "b"]}}, **stack(Q={"Type": QUEUE, "Condition": "No"})}),
    bad_stack("limit-near", "notice", None, many(451)),
    good_stack("limit-near", None, many(450)),
    good_stack("limit-near", None, many(501)),
    bad_stack("template-large", "notice", QUEUES, heavy(51_200)),
    good_stack("template-large", QUEUES, heavy(51_200), capabilities=()),
    good_stack("template-large", heavy(60_000), heavy(61_000)),
    bad_stack("capability-missing", "notice", None, stack(R=(ROLE, role(RoleName="r")))),
    bad_stack("capability-missing", "danger", None, stack(R=(ROLE, role(RoleName="r"))), capabilities=["CAPABILITY_IAM"]),
    bad_stack("capability-missing", "danger", QUEUES, stack(R=(ROLE, role())), capabilities=[]),
    good_stack("capability-missing", None, stack(R=(ROLE, role(RoleName="r"))), capabilities=["CAPABILITY_NAMED_IAM"]),
    good_stack("capability-missing", stack(R=(ROLE, role())), stack(R=(ROLE, role(allow("a:b"))))),
    good_stack("capability-missing", None, QUEUES, capabilities=[]),
    bad_stack("capability-missing", "notice", QUEUES, {**TOPICS, **calling("Own")}),
    good_stack("capability-missing", {**QUEUES, **calling("Own")}, {**TOPICS, **calling("Own")}),
    good_stack("capability-missing", QUEUES, {**TOPICS, **calling("Own")}, capabilities=[]),
    bad_stack("capability-missing", "danger", None, {**PARENT, **calling("Own")}, capabilities=["CAPABILITY_IAM"]),
    good_stack("capability-missing", None, {**PARENT, **calling("Own")}, capabilities=["CAPABILITY_AUTO_EXPAND"]),
    good_stack("capability-missing", None, PARENT, capabilities=[]),
    bad_stack("parameter-invalid", "danger", None, parameter(AllowedValues=["a"]), after={"Name": "b"}),
    good_stack("parameter-invalid", None, parameter(AllowedValues=["a"]), after={"Name": "a"}),
    good_stack("parameter-invalid", None, parameter(Type="List<AWS::EC2::Subnet::Id>", AllowedValues=["subnet-1", "subnet-2"]), after={"Name": "subnet-1,subnet-2"}),
    good_stack("parameter-invalid", None, parameter(Type="CommaDelimitedList", AllowedValues=["a", "b,c"]), after={"Name": "b,c"}),
    bad_stack("parameter-invalid", "danger", None, parameter(Type="Number"), after={"Name": "1_000"}),
    bad_stack("parameter-invalid", "danger", None, {**parameter(AllowedValues=["a"]), "Transform": "AWS::Serverless-2016-10-31"}, after={"Name": "b"}),
    *(bad_stack("parameter-invalid", "danger", None, asserting(one), after={"Name": "b", "More": "b,c"}) for one in BROKEN),
    *(good_stack("parameter-invalid", None, asserting(one), after={"Name": "b", "More": "b,c"}) for one in KEPT),
    good_stack("parameter-invalid", None, asserting(BROKEN[0], {"Fn::Equals": [{"Ref": "Name"}, "prod"]}), after={"Name": "b"}),
    bad_stack("parameter-invalid", "danger", None, asserting(BROKEN[0], {"Fn::Equals": [{"Ref": "Name"}, "b"]}), after={"Name": "b"}),
    good_stack("parameter-invalid", asserting(BROKEN[0]), asserting(BROKEN[0]), before={"Name": "b"}, after={"Name": "b"}),
    bad_stack("parameter-invalid", "danger", asserting(BROKEN[0]), asserting(BROKEN[0]), before={"Name": "a"}, after={"Name": "b"}),
    bad_stack("template-malformed", "warning", None, parse_template('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}, "Q": {"Type": "AWS::SQS::Queue"}}}')),
    bad_stack("template-malformed", "warning", None, parse_template(TWICE)),
    good_stack("template-malformed", parse_template(TWICE), parse_template(TWICE)),
    *(bad_stack("template-malformed", "danger", QUEUES, {**QUEUES, **wrong}) for wrong in NO_TEXT),
    good_stack("template-malformed", QUEUES, {**QUEUES, **EITHER}),
    good_stack("template-malformed", QUEUES, {**QUEUES, **OF_ITS_OWN}),
    good_stack("template-malformed", QUEUES, {**QUEUES, **NO_TEXT[0], "Conditions": {"Odd": {"Fn::Equals": ["a", "b"]}}, "Outputs": {"O": {**NO_TEXT[0]["Outputs"]["O"], "Condition": "Odd"}}}),
    good_stack("template-malformed", QUEUES, {**QUEUES, "Outputs": {"O": {"Value": {"Fn::Join": [",", ["a", "b"]]}, "Export": {"Name": "a"}}, "P": {"Value": {"Fn::GetAtt": ["Zone", "NameServers"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-a"}}}}}),
    good_stack("template-malformed", QUEUES, {**QUEUES, "Mappings": {"M": {"a": {"b": ["c"], "d": 1}}}}),
    bad_stack("template-malformed", "danger", None, stack(Q=(QUEUE, {}), R=(QUEUE, {"QueueName": {"Fn::ImportValue": {"Fn::Sub": "${Q.QueueName}-a"}}}))),
    good_stack("template-malformed", None, stack(R=(QUEUE, {"QueueName": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-a"}}}))),
    bad_stack("reference-missing", "danger", None, {**parameter(Default="a"), "Outputs": {"O": {"Value": {"Fn::Join": [",", {"Ref": "Name"}]}}}}),
    good_stack("reference-missing", None, {**parameter(Default="a", Type="CommaDelimitedList"), "Outputs": {"O": {"Value": {"Fn::Join": [",", {"Ref": "Name"}]}}}}),
    bad_stack("parameter-missing", "warning", None, parameter()),
    good_stack("parameter-missing", None, parameter(Default="q")),
    good_stack("parameter-missing", None, parameter(), after={"Name": "q"}),
    bad_stack("parameter-unseen", "notice", SECRET, SECRET, before={"Word": "****"}, after={"Word": "some-word"}),
    good_stack("parameter-unseen", SECRET, SECRET, before={"Word": "some-word"}, after={"Word": "some-word"}),
    good_stack("parameter-unseen", SECRET, SECRET, before={"Word": "some-word"}, after={"Word": "another-word"}),
    bad("nested-stack", "warning", NESTED, {"TemplateURL": "a"}, {"TemplateURL": "b"}),
    bad("nested-stack", "danger", NESTED, {"TemplateURL": "a"}, None),
    good("nested-stack", NESTED, None, {"TemplateURL": "a"}),
    bad_stack("macro", "notice", QUEUES, {"Transform": "Mine", **QUEUES, "Outputs": {"O": {"Value": "v"}}}),
    good_stack("macro", QUEUES, {"Transform": "AWS::LanguageExtensions", **QUEUES}),
    bad("type-unknown", "warning", "AWS::Lamdba::Function", None, {}),
    good("type-unknown", "Custom::Anything", None, {"ServiceToken": "x"}),
    good("type-unknown", "AWS::Web::Site::MODULE", None, {}),
    bad_stack("type-elsewhere", "warning", stack(Q=(QUEUE, {})), stack(Q=(QUEUE, {}), W=WEB), pseudo=STOCKHOLM),
    good_stack("type-elsewhere", stack(Q=(QUEUE, {})), stack(Q=(QUEUE, {}), W=WEB), pseudo=Pseudo(region="eu-west-1")),
    good_stack("type-elsewhere", stack(V=WEB), stack(V=WEB, W=WEB), pseudo=STOCKHOLM),
    good_stack("type-elsewhere", stack(Q=(QUEUE, {})), stack(Q=(QUEUE, {}), W=WEB)),
    good_stack("type-elsewhere", None, stack(W=("Custom::Web", {"ServiceToken": "x"})), pseudo=STOCKHOLM),
]  # fmt: skip
