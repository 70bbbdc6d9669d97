"""What will fail, and what others may lose."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import (
    BUCKET,
    FUNCTION,
    GLOBAL_TABLE,
    IMPORTED,
    QUEUE,
    ROLE,
    TABLE_TYPE,
    TODAY,
    Case,
    allow,
    bad,
    bad_stack,
    good,
    good_stack,
    index,
    outputs,
    role,
    table,
)
from tests.changesets.templates import OTHER_KEY, TABLE, stack

from seed.changesets import Pseudo, parse_template

NESTED = "AWS::CloudFormation::Stack"
POOL = "AWS::Cognito::UserPool"
ALIAS = "AWS::Lambda::Alias"
MAPPING = "AWS::Lambda::EventSourceMapping"
WEB: Any = ("AWS::AppRunner::Service", {"SourceConfiguration": {}})
STOCKHOLM = Pseudo(region="eu-north-1")
QUEUES = stack(Q=(QUEUE, {}))
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
EXPORT = outputs(O={"Value": {"Ref": "Q"}, "Export": {"Name": "orders-queue"}})
OTHER_VALUE = outputs(O={"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "orders-queue"}})
NAMED, RENAMED = {"TableName": "orders"}, {"TableName": "orders-2"}
TABLE_EXPORT = {"Outputs": {"O": {"Value": {"Ref": "X"}, "Export": {"Name": "orders-queue"}}}}


def exporting(properties: dict[str, Any]) -> dict[str, Any]:
    return {**stack(X=(TABLE_TYPE, properties)), **TABLE_EXPORT}


def versioned(name: str) -> dict[str, Any]:
    """As frameworks do: the newest version of a function is exported."""
    version = {name: ("AWS::Lambda::Version", {"FunctionName": {"Ref": "F"}})}
    made = stack(F=(FUNCTION, {"Handler": name}), **version)
    return {**made, "Outputs": {"O": {"Value": {"Ref": name}, "Export": {"Name": "orders-queue"}}}}


def either(resources: dict[str, Any]) -> dict[str, Any]:
    """A template with two conditions that are never true together, and nobody knows which of them is."""
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
    return {"Conditions": {"A": here, "B": {"Fn::Not": [{"Condition": "A"}]}}, "Resources": resources}


def runtime(name: str, **more: Any) -> dict[str, Any]:
    return stack(X=(FUNCTION, {"Runtime": name, **more}))


def calling(macro: str) -> dict[str, Any]:
    return {"Transform": macro}


def route(name: str, key: str = "GET /orders", protocol: str = "HTTP") -> dict[str, Any]:
    api = ("AWS::ApiGatewayV2::Api", {"Name": "shop", "ProtocolType": protocol})
    return stack(Api=api, **{name: ("AWS::ApiGatewayV2::Route", {"ApiId": {"Ref": "Api"}, "RouteKey": key})})


def path(name: str, part: str) -> dict[str, Any]:
    return stack(**{name: ("AWS::ApiGateway::Resource", {"RestApiId": "a", "ParentId": "p", "PathPart": part})})


def allowing(name: str, queue: str = "Q") -> dict[str, Any]:
    policy = {"Queues": [{"Ref": queue}], "PolicyDocument": {"Statement": []}}
    return stack(Q=(QUEUE, {}), Other=(QUEUE, {}), **{name: ("AWS::SQS::QueuePolicy", policy)})


def inline(name: str, called: str) -> dict[str, Any]:
    policy = {"PolicyName": called, "Roles": ["r"], "PolicyDocument": {"Statement": []}}
    return stack(**{name: ("AWS::IAM::Policy", policy)})


POINTS_OFF, POINTS_ON = (
    {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": on}} for on in (False, True)
)


def streaming(more: dict[str, Any], view: str = "NEW_IMAGE") -> dict[str, Any]:
    """A function that reads a table's stream, which an update of the table does not make anew."""
    source = {"FunctionName": "f", "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]}}
    streams = {"StreamSpecification": {"StreamViewType": view}} if view else {}
    return stack(T=(TABLE_TYPE, table(**streams, **more)), M=("AWS::Lambda::EventSourceMapping", source))


def many(number: int) -> dict[str, Any]:
    return stack(**{f"Q{n}": (QUEUE, {}) for n in range(number)})


def heavy(number: int) -> dict[str, Any]:
    """A template of about so many bytes, with one resource."""
    return stack(X=(FUNCTION, {"Description": "x" * number}))


def moved(prefix: str) -> dict[str, Any]:
    """A bucket that is made anew, and its policy."""
    policy = {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": []}}
    return stack(B=(BUCKET, {"BucketNamePrefix": prefix}), P=("AWS::S3::BucketPolicy", policy))


def warm(number: int) -> dict[str, Any]:
    return {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": number}}


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


def api(*keys: str) -> dict[str, Any]:
    made = {
        f"R{at}{len(keys)}": ("AWS::ApiGatewayV2::Route", {"ApiId": {"Ref": "Api"}, "RouteKey": key})
        for at, key in enumerate(keys)
    }
    return stack(Api=("AWS::ApiGatewayV2::Api", {"Name": "a", "ProtocolType": "HTTP"}), **made)


def rest(*verbs: str) -> dict[str, Any]:
    """Methods of /orders."""
    api_id = {"RestApiId": {"Ref": "Api"}}
    orders = {**api_id, "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": "orders"}
    method = {**api_id, "ResourceId": {"Ref": "Orders"}, "AuthorizationType": "NONE"}
    made = {verb.title(): ("AWS::ApiGateway::Method", {**method, "HttpMethod": verb}) for verb in verbs}
    return stack(Api=("AWS::ApiGateway::RestApi", {"Name": "a"}), Orders=("AWS::ApiGateway::Resource", orders), **made)


def body(*paths: str) -> dict[str, Any]:
    return stack(
        Api=("AWS::ApiGatewayV2::Api", {"Body": {"openapi": "3.0.1", "paths": {path: {"get": {}} for path in paths}}})
    )


def throttled(rate: int) -> dict[str, Any]:
    return {"MethodSettings": [{"HttpMethod": "*", "ResourcePath": "/*", "ThrottlingRateLimit": rate}]}


def indexed(*reads: tuple[str, int]) -> dict[str, Any]:
    """Indexes with so much to read."""
    made = [{"IndexName": name, "ProvisionedThroughput": {"ReadCapacityUnits": number}} for name, number in reads]
    return table(GlobalSecondaryIndexes=made)


CASES: list[Case] = [
    bad("name-conflict", "danger", TABLE_TYPE, {**TABLE, **NAMED}, {**OTHER_KEY, **NAMED}),
    good("name-conflict", TABLE_TYPE, {**TABLE, **NAMED}, {**OTHER_KEY, **RENAMED}),
    good("name-conflict", TABLE_TYPE, TABLE, OTHER_KEY),
    bad_stack("name-conflict", "danger", stack(A=(QUEUE, {"QueueName": "q"})), stack(B=(QUEUE, {"QueueName": "q"}))),
    bad_stack("name-conflict", "danger", None, stack(A=(QUEUE, {"QueueName": "q"}), B=(QUEUE, {"QueueName": "q"}))),
    good_stack("name-conflict", stack(A=(QUEUE, {"QueueName": "q"})), stack(B=(QUEUE, {"QueueName": "p"}))),
    good_stack("name-conflict", stack(A=(QUEUE, {"QueueName": "q"})), stack(B=("AWS::SNS::Topic", {"TopicName": "q"}))),
    good_stack("name-conflict", moved("a"), moved("b")),
    good_stack("name-conflict", None, either({name: {"Type": QUEUE, "Condition": name, "Properties": {"QueueName": "q"}} for name in "AB"})),
    good("name-conflict", ALIAS, {"Name": "live", "FunctionName": "a"}, {"Name": "live", "FunctionName": "b"}),
    bad("pool-fixed", "danger", POOL, {"Schema": [{"Name": "a"}]}, {"Schema": [{"Name": "b"}]}),
    bad("pool-fixed", "danger", POOL, {"Schema": [{"Name": "a", "Mutable": True}]}, {"Schema": [{"Name": "a", "Mutable": False}]}),
    bad("pool-fixed", "danger", POOL, {}, {"UsernameAttributes": ["email"]}),
    good("pool-fixed", POOL, {"Schema": [{"Name": "a"}]}, {"Schema": [{"Name": "b"}, {"Name": "a"}]}),
    good("pool-fixed", POOL, {"AliasAttributes": ["email", "phone_number"]}, {"AliasAttributes": ["phone_number", "email"]}),
    bad_stack("index-removed", "warning", stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a"), index("b")]))), stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("b")])))),
    good_stack("index-removed", stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a")]))), stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("b"), index("a")])))),
    bad_stack("index-removed", "warning", stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index({"Ref": "Given"}), index("b")]))), stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index({"Ref": "Given"})])))),
    bad_stack("reference-missing", "danger", QUEUES, {**only_if("no", {}), "Outputs": {"O": {"Value": {"Ref": "Q"}}}}),
    good_stack("reference-missing", QUEUES, {**only_if("no", {}), "Outputs": {"O": {"Value": {"Ref": "Q"}, "Condition": "Wanted"}}}),
    bad("capacity-lowered", "notice", "AWS::ApiGateway::Stage", throttled(100), throttled(10)),
    good("capacity-lowered", "AWS::ApiGateway::Stage", throttled(10), throttled(100)),
    bad("capacity-lowered", "notice", TABLE_TYPE, indexed(("a", 5), ("b", 9)), indexed(("b", 2), ("a", 5))),
    good("capacity-lowered", TABLE_TYPE, indexed(("a", 5), ("b", 9)), indexed(("b", 9), ("a", 5))),
    bad("capacity-lowered", "notice", FUNCTION, {"MemorySize": 1024}, {}),
    bad("capacity-lowered", "warning", "AWS::Lambda::EventSourceMapping", {}, {"Enabled": False}),
    bad("capacity-lowered", "warning", "AWS::Events::Rule", {"State": "ENABLED"}, {"State": "DISABLED"}),
    good("capacity-lowered", FUNCTION, {}, {"MemorySize": 128}),
    good("capacity-lowered", "AWS::Events::Rule", {"State": "DISABLED"}, {"State": "ENABLED"}),
    bad("name-illegal", "danger", BUCKET, None, {"BucketName": "Has_Capitals"}),
    bad("name-illegal", "danger", BUCKET, None, {"BucketName": "a..b"}),
    bad("name-illegal", "danger", FUNCTION, None, {"FunctionName": "f" * 65}),
    bad("name-illegal", "danger", TABLE_TYPE, None, table(TableName="a")),
    bad("name-illegal", "danger", QUEUE, None, {"QueueName": "q" * 81}),
    bad("name-illegal", "danger", ROLE, None, {"RoleName": "r" * 65}),
    bad("name-illegal", "danger", "AWS::IAM::Policy", None, {"PolicyName": "a b"}),
    bad("name-illegal", "danger", "AWS::SecretsManager::Secret", None, {"Name": "a b"}),
    bad("name-illegal", "danger", "AWS::SSM::Parameter", None, {"Name": "/aws/x", "Value": "v"}),
    bad("name-illegal", "danger", "AWS::ECR::Repository", None, {"RepositoryName": "Orders"}),
    bad("name-illegal", "danger", "AWS::ApiGatewayV2::Api", None, {"Name": "a" * 129}),
    bad("name-illegal", "danger", "AWS::Cognito::UserPool", None, {"UserPoolName": "a/b"}),
    bad("name-illegal", "danger", "AWS::Events::Rule", None, {"Name": "a b"}),
    bad_stack("name-illegal", "danger", None, QUEUES, stack_name="orders_dev"),
    good_stack("name-illegal", None, QUEUES, stack_name="orders-dev"),
    good("name-illegal", QUEUE, None, {"QueueName": "orders.fifo"}),
    good("name-illegal", BUCKET, None, {"BucketName": "shop.orders-1"}),
    good("name-illegal", "AWS::SSM::Parameter", None, {"Name": "/awesome/x"}),
    good("name-illegal", "AWS::ECR::Repository", None, {"RepositoryName": "shop/orders_api"}),
    good("name-illegal", FUNCTION, None, {"FunctionName": {"Fn::Sub": "${AWS::StackName}-f"}}),
    bad("name-illegal", "danger", FUNCTION, None, {"FunctionName": {"Fn::Sub": "${AWS::StackName}-" + "f" * 64}}),
    good("name-illegal", FUNCTION, None, {"FunctionName": {"Fn::Sub": "${AWS::StackName}-" + "f" * 63}}),
    good("name-illegal", FUNCTION, None, {"FunctionName": {"Ref": "AWS::StackName"}}),
    good("name-illegal", FUNCTION, None, {"FunctionName": "f-{{resolve:ssm:/name:1}}" + "f" * 60}),
    bad("name-illegal", "danger", FUNCTION, None, {"FunctionName": "f-{{resolve:ssm:/name:1}}" + "f" * 63}),
    bad_stack("type-changed", "danger", QUEUES, stack(Q=("AWS::SNS::Topic", {}))),
    good_stack("type-changed", QUEUES, stack(T=("AWS::SNS::Topic", {}))),
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
    bad("table-keys", "danger", TABLE_TYPE, None, table(AttributeDefinitions=[])),
    bad("table-keys", "danger", GLOBAL_TABLE, None, table(AttributeDefinitions=[])),
    bad("table-keys", "danger", TABLE_TYPE, None, table(GlobalSecondaryIndexes=[index("a", "other")])),
    good("table-keys", TABLE_TYPE, None, TABLE),
    good("table-keys", TABLE_TYPE, None, table(AttributeDefinitions={"Fn::Transform": {"Name": "AWS::Include"}})),
    good_stack("table-keys", None, either({"X": {"Type": TABLE_TYPE, "Properties": table(AttributeDefinitions=[*TABLE["AttributeDefinitions"], {"Fn::If": ["A", index("b"), {"Ref": "AWS::NoValue"}]}])}})),
    bad("table-indexes", "danger", TABLE_TYPE, TABLE, table(GlobalSecondaryIndexes=[index("a"), index("b")])),
    bad("table-indexes", "danger", GLOBAL_TABLE, TABLE, table(GlobalSecondaryIndexes=[index("a"), index("b")])),
    good("table-indexes", TABLE_TYPE, TABLE, table(GlobalSecondaryIndexes=[index("a")])),
    bad("table-indexes", "danger", TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a")]), table(GlobalSecondaryIndexes=[index("a", "sku")])),
    bad("table-indexes", "danger", TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a")]), table(GlobalSecondaryIndexes=[{**index("a"), "Projection": {"ProjectionType": "ALL"}}])),
    good("table-indexes", TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a")]), table(GlobalSecondaryIndexes=[{**index("a"), "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}])),
    bad_stack("attribute-missing", "danger", streaming({}), streaming({}, view="")),
    bad_stack("attribute-missing", "danger", QUEUES, outputs(O={"Value": {"Fn::GetAtt": ["Q", "Nope"]}})),
    good_stack("attribute-missing", QUEUES, outputs(O={"Value": {"Fn::GetAtt": ["Q", "Arn"]}})),
    bad("name-illegal", "danger", "AWS::WAFv2::WebACL", None, {"Name": "a b"}),
    bad("name-illegal", "danger", "AWS::OpenSearchServerless::Collection", None, {"Name": "Logs"}),
    good("name-illegal", "AWS::OpenSearchServerless::Collection", None, {"Name": "logs-1"}),
    good_stack("template-large", None, heavy(1_048_576)),
    bad_stack("attribute-missing", "danger", None, streaming({}, view="")),
    good_stack("attribute-missing", None, streaming({})),
    good("table-indexes", TABLE_TYPE, None, table(GlobalSecondaryIndexes=[index("a"), index("b")])),
    bad_stack("limit-exceeded", "danger", None, many(501)),
    bad_stack("limit-exceeded", "danger", None, heavy(1_048_576)),
    bad_stack("limit-exceeded", "danger", QUEUES, outputs(**{f"O{n}": {"Value": "v"} for n in range(201)})),
    good_stack("limit-exceeded", None, many(500)),
    bad_stack("nothing-left", "danger", QUEUES, {"Resources": {}}),
    bad_stack("nothing-left", "danger", QUEUES, {}),
    bad_stack("nothing-left", "danger", None, {"Resources": {}}),
    good_stack("nothing-left", QUEUES, None),
    bad_stack("already-there", "danger", route("Get"), route("GetOrders")),
    bad_stack("already-there", "danger", route("Get"), {"Resources": {**route("Get")["Resources"], **route("Other")["Resources"]}}),
    bad_stack("already-there", "danger", path("Orders", "{id}"), path("Orders", "{order}")),
    bad_stack("already-there", "danger", path("Orders", "{id}"), path("ById", "{order}")),
    bad("already-there", "danger", MAPPING, {"FunctionName": "f", "EventSourceArn": "a", "StartingPosition": "LATEST"}, {"FunctionName": "f", "EventSourceArn": "a", "StartingPosition": "TRIM_HORIZON"}),
    good("already-there", MAPPING, {"FunctionName": "f", "EventSourceArn": "a"}, {"FunctionName": "f", "EventSourceArn": "b"}),
    good_stack("already-there", route("Get"), route("GetOrders", "GET /other")),
    good_stack("already-there", route("Get"), route("GetOrders", protocol="WEBSOCKET")),
    good_stack("already-there", path("Orders", "orders"), path("Orders", "order")),
    good_stack("already-there", None, route("Get")),
    bad_stack("undone-after", "warning", allowing("Old"), allowing("New")),
    bad_stack("undone-after", "warning", inline("Old", "p"), inline("New", "p")),
    good_stack("undone-after", inline("Old", "p"), inline("New", "q")),
    good_stack("undone-after", allowing("Old"), allowing("New", "Other")),
    good_stack("undone-after", allowing("Old"), allowing("Old", "Other")),
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
    bad_stack("export-in-use", "danger", EXPORT, QUEUES, deployed=IMPORTED),
    bad_stack("export-in-use", "danger", EXPORT, OTHER_VALUE, deployed=IMPORTED),
    bad_stack("export-in-use", "danger", exporting(TABLE), exporting(OTHER_KEY), deployed=IMPORTED),
    good_stack("export-in-use", EXPORT, QUEUES),
    good_stack("export-in-use", exporting(TABLE), exporting(table(DeletionProtectionEnabled=True)), deployed=IMPORTED),
    bad_stack("export-removed", "notice", EXPORT, QUEUES),
    bad_stack("export-removed", "notice", outputs(O={"Value": 1, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-q"}}}), QUEUES),
    good_stack("export-removed", EXPORT, OTHER_VALUE),
    good_stack("export-removed", EXPORT, QUEUES, deployed=IMPORTED),
    bad_stack("export-changes", "notice", EXPORT, OTHER_VALUE),
    good_stack("export-changes", EXPORT, {**EXPORT, "Resources": {"Q": {"Type": QUEUE, "Properties": {"DelaySeconds": 1}}}}),
    good_stack("export-changes", EXPORT, OTHER_VALUE, deployed=IMPORTED),
    good_stack("export-changes", versioned("Va1"), versioned("Vb2")),
    bad_stack("export-in-use", "danger", versioned("Va1"), versioned("Vb2"), deployed=IMPORTED),
    bad_stack("output-removed", "notice", outputs(Url={"Value": "u"}), QUEUES),
    good_stack("output-removed", outputs(Url={"Value": "u"}), outputs(Url={"Value": "v"})),
    good_stack("output-removed", EXPORT, QUEUES),
    good_stack("output-removed", outputs(Url={"Value": "u"}), {"Resources": {}}),
    bad_stack("parameter-invalid", "danger", None, parameter(AllowedValues=["a"]), after={"Name": "b"}),
    good_stack("parameter-invalid", None, parameter(AllowedValues=["a"]), after={"Name": "a"}),
    good_stack("parameter-invalid", None, parameter(Type="List<AWS::EC2::Subnet::Id>", AllowedValues=["subnet-1", "subnet-2"]), after={"Name": "subnet-1,subnet-2"}),
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
    good_stack("template-malformed", QUEUES, {**QUEUES, **NO_TEXT[0], "Conditions": {"Odd": {"Fn::Equals": ["a", "b"]}}, "Outputs": {"O": {**NO_TEXT[0]["Outputs"]["O"], "Condition": "Odd"}}}),
    good_stack("template-malformed", QUEUES, {**QUEUES, "Outputs": {"O": {"Value": {"Fn::Join": [",", ["a", "b"]]}, "Export": {"Name": "a"}}, "P": {"Value": {"Fn::GetAtt": ["Zone", "NameServers"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-a"}}}}}),
    good_stack("template-malformed", QUEUES, {**QUEUES, "Mappings": {"M": {"a": {"b": ["c"], "d": 1}}}}),
    bad_stack("template-malformed", "danger", None, stack(Q=(QUEUE, {}), R=(QUEUE, {"QueueName": {"Fn::ImportValue": {"Fn::Sub": "${Q.QueueName}-a"}}}))),
    good_stack("template-malformed", None, stack(R=(QUEUE, {"QueueName": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-a"}}}))),
    bad_stack("reference-missing", "danger", None, {**parameter(Default="a"), "Outputs": {"O": {"Value": {"Fn::Join": [",", {"Ref": "Name"}]}}}}),
    good_stack("reference-missing", None, {**parameter(Default="a", Type="CommaDelimitedList"), "Outputs": {"O": {"Value": {"Fn::Join": [",", {"Ref": "Name"}]}}}}),
    bad("name-conflict", "danger", "AWS::EC2::SecurityGroup", {"GroupName": "a", "GroupDescription": "a"}, {"GroupName": "a", "GroupDescription": "b"}),
    good("name-conflict", "AWS::EC2::SecurityGroup", {"GroupName": "a", "GroupDescription": "a", "VpcId": "v"}, {"GroupName": "a", "GroupDescription": "a", "VpcId": "w"}),
    good("name-conflict", "AWS::WAFv2::WebACL", {"Name": "a", "Scope": "REGIONAL"}, {"Name": "a", "Scope": "CLOUDFRONT"}),
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
    bad("address-changes", "warning", "AWS::ApiGatewayV2::Api", {"ProtocolType": "HTTP"}, {"ProtocolType": "WEBSOCKET"}),
    bad("address-changes", "warning", "AWS::Lambda::EventSourceMapping", {"EventSourceArn": "a"}, {"EventSourceArn": "b"}),
    bad("address-changes", "warning", "AWS::Cognito::UserPoolClient", {"UserPoolId": "a"}, {"UserPoolId": "b"}),
    bad("address-changes", "warning", "AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.1.0.0/16"}),
    bad("address-changes", "warning", "AWS::SSM::Parameter", {"Name": "/a", "Value": "1"}, {"Name": "/b", "Value": "1"}),
    bad("address-changes", "warning", "AWS::IAM::User", {"UserName": "a"}, {"UserName": "b"}),
    good("address-changes", "AWS::ApiGatewayV2::Api", {"Name": "a"}, {"Name": "b"}),
    good("address-changes", "AWS::SSM::Parameter", {"Name": "/a", "Value": "1"}, {"Name": "/a", "Value": "2"}),
    bad("address-removed", "warning", "AWS::ApiGatewayV2::Api", {}, None),
    good("address-removed", "AWS::ApiGatewayV2::Api", {}, None, DeletionPolicy="Retain"),
    bad("address-removed", "warning", "AWS::ApiGatewayV2::Stage", {"ApiId": "a"}, None),
    bad("address-removed", "warning", "AWS::Lambda::EventSourceMapping", {"FunctionName": "f"}, None),
    good_stack("address-changes", streaming(POINTS_OFF), streaming(POINTS_ON)),
    bad_stack("address-changes", "warning", streaming(POINTS_OFF), streaming({}, view="KEYS_ONLY")),
    bad_stack("route-removed", "warning", api("GET /", "POST /orders"), api("GET /")),
    bad_stack("route-removed", "warning", api("POST /orders"), api("POST /order")),
    bad_stack("route-removed", "warning", api("$connect", "send"), api("$connect")),
    bad_stack("route-removed", "warning", rest("GET", "POST"), rest("GET")),
    bad_stack("route-removed", "warning", body("/a", "/b"), body("/a")),
    good_stack("route-removed", api("GET /"), api("GET /", "POST /orders")),
    good_stack("route-removed", api("POST /orders"), api("ANY /orders")),
    good_stack("route-removed", api("POST /orders", "$default"), api("$default")),
    good_stack("route-removed", api("GET /", "$disconnect"), api("GET /")),
    good_stack("route-removed", rest("GET", "OPTIONS"), rest("GET")),
    good_stack("route-removed", body("/a"), body("/a", "/b")),
    good_stack("route-removed", api("GET /"), QUEUES),
    bad("runtime-ended", "warning", FUNCTION, {"Runtime": "nodejs22.x"}, {"Runtime": "nodejs16.x"}),
    bad_stack("runtime-ended", "warning", None, runtime("nodejs20.x"), today=TODAY),
    bad_stack("runtime-ended", "danger", None, runtime("nodejs14.x")),
    bad_stack("runtime-ended", "warning", runtime("nodejs24.x"), runtime("nodejs14.x")),
    bad_stack("runtime-ended", "danger", runtime("nodejs24.x"), runtime("nodejs12.x")),
    bad_stack("runtime-ended", "warning", runtime("nodejs12.x"), runtime("nodejs12.x", MemorySize=256)),
    bad_stack("runtime-ended", "warning", None, runtime("ruby3.2"), today=TODAY),
    bad_stack("runtime-ended", "routine", runtime("nodejs20.x"), runtime("nodejs20.x", MemorySize=256), today=TODAY),
    good_stack("runtime-ended", None, runtime("nodejs20.x"), today=TODAY.replace(month=1)),
    good_stack("runtime-ended", runtime("nodejs20.x"), {**runtime("nodejs20.x"), **outputs()["Resources"]}, today=TODAY),
    bad_stack("runtime-ends", "notice", None, runtime("provided.al2"), today=TODAY),
    bad_stack("runtime-ends", "routine", runtime("provided.al2"), runtime("provided.al2", MemorySize=256), today=TODAY),
    good_stack("runtime-ends", None, runtime("nodejs22.x"), today=TODAY),
    good_stack("runtime-ends", None, runtime("nodejs20.x"), today=TODAY),
    bad("capacity-lowered", "notice", FUNCTION, {"MemorySize": 512}, {"MemorySize": 128}),
    bad("capacity-lowered", "notice", FUNCTION, {"Timeout": 30}, {"Timeout": 3}),
    bad("capacity-lowered", "warning", FUNCTION, {"ReservedConcurrentExecutions": 5}, {"ReservedConcurrentExecutions": 0}),
    bad("capacity-lowered", "warning", FUNCTION, {}, {"ReservedConcurrentExecutions": 1}),
    bad("capacity-lowered", "notice", ALIAS, warm(5), warm(1)),
    bad("capacity-lowered", "notice", ALIAS, warm(5), {}),
    bad("capacity-lowered", "notice", TABLE_TYPE, table(ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 9}), table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 9})),
    bad("capacity-lowered", "notice", "AWS::Kinesis::Stream", {"ShardCount": 4}, {"ShardCount": 2}),
    bad("capacity-lowered", "notice", "AWS::RDS::DBCluster", {"ServerlessV2ScalingConfiguration": {"MinCapacity": 1.5}}, {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5}}),
    good("capacity-lowered", FUNCTION, {"MemorySize": 128}, {"MemorySize": 512}),
    good("capacity-lowered", FUNCTION, {"ReservedConcurrentExecutions": 1}, {}),
    good("capacity-lowered", ALIAS, {}, warm(5)),
]  # fmt: skip
