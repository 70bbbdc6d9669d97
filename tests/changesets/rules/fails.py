"""What will fail: names, types, keys and indexes that are in the way."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import (
    ALIAS,
    BUCKET,
    FUNCTION,
    GLOBAL_TABLE,
    QUEUE,
    QUEUES,
    ROLE,
    TABLE_TYPE,
    Case,
    bad,
    bad_stack,
    good,
    good_stack,
    index,
    table,
)
from tests.changesets.templates import OTHER_KEY, TABLE, stack

POOL = "AWS::Cognito::UserPool"
MAPPING = "AWS::Lambda::EventSourceMapping"
NAMED, RENAMED = {"TableName": "orders"}, {"TableName": "orders-2"}


def either(resources: dict[str, Any]) -> dict[str, Any]:
    """A template with two conditions that are never true together, and nobody knows which of them is."""
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
    return {"Conditions": {"A": here, "B": {"Fn::Not": [{"Condition": "A"}]}}, "Resources": resources}


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


def moved(prefix: str) -> dict[str, Any]:
    """A bucket that is made anew, and its policy."""
    policy = {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": []}}
    return stack(B=(BUCKET, {"BucketNamePrefix": prefix}), P=("AWS::S3::BucketPolicy", policy))


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
    bad("name-illegal", "danger", "AWS::WAFv2::WebACL", None, {"Name": "a b"}),
    bad("name-illegal", "danger", "AWS::OpenSearchServerless::Collection", None, {"Name": "Logs"}),
    good("name-illegal", "AWS::OpenSearchServerless::Collection", None, {"Name": "logs-1"}),
    good("table-indexes", TABLE_TYPE, None, table(GlobalSecondaryIndexes=[index("a"), index("b")])),
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
    bad("name-conflict", "danger", "AWS::EC2::SecurityGroup", {"GroupName": "a", "GroupDescription": "a"}, {"GroupName": "a", "GroupDescription": "b"}),
    good("name-conflict", "AWS::EC2::SecurityGroup", {"GroupName": "a", "GroupDescription": "a", "VpcId": "v"}, {"GroupName": "a", "GroupDescription": "a", "VpcId": "w"}),
    good("name-conflict", "AWS::WAFv2::WebACL", {"Name": "a", "Scope": "REGIONAL"}, {"Name": "a", "Scope": "CLOUDFRONT"}),
]  # fmt: skip
