"""What others may lose: exports, addresses, routes, capacity, runtimes."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import (
    ALIAS,
    FUNCTION,
    IMPORTED,
    QUEUE,
    QUEUES,
    TABLE_TYPE,
    TODAY,
    Case,
    bad,
    bad_stack,
    good,
    good_stack,
    index,
    outputs,
    streaming,
    table,
)
from tests.changesets.templates import OTHER_KEY, TABLE, stack

EXPORT = outputs(O={"Value": {"Ref": "Q"}, "Export": {"Name": "orders-queue"}})
OTHER_VALUE = outputs(O={"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "orders-queue"}})
TABLE_EXPORT = {"Outputs": {"O": {"Value": {"Ref": "X"}, "Export": {"Name": "orders-queue"}}}}


def exporting(properties: dict[str, Any]) -> dict[str, Any]:
    return {**stack(X=(TABLE_TYPE, properties)), **TABLE_EXPORT}


def versioned(name: str) -> dict[str, Any]:
    """As frameworks do: the newest version of a function is exported."""
    version = {name: ("AWS::Lambda::Version", {"FunctionName": {"Ref": "F"}})}
    made = stack(F=(FUNCTION, {"Handler": name}), **version)
    return {**made, "Outputs": {"O": {"Value": {"Ref": name}, "Export": {"Name": "orders-queue"}}}}


def runtime(name: str, **more: Any) -> dict[str, Any]:
    return stack(X=(FUNCTION, {"Runtime": name, **more}))


POINTS_OFF, POINTS_ON = (
    {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": on}} for on in (False, True)
)


def warm(number: int) -> dict[str, Any]:
    return {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": number}}


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
    bad_stack("index-removed", "warning", stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a"), index("b")]))), stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("b")])))),
    good_stack("index-removed", stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a")]))), stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index("b"), index("a")])))),
    bad_stack("index-removed", "warning", stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index({"Ref": "Given"}), index("b")]))), stack(X=(TABLE_TYPE, table(GlobalSecondaryIndexes=[index({"Ref": "Given"})])))),
    bad("capacity-lowered", "notice", "AWS::ApiGateway::Stage", throttled(100), throttled(10)),
    good("capacity-lowered", "AWS::ApiGateway::Stage", throttled(10), throttled(100)),
    bad("capacity-lowered", "notice", TABLE_TYPE, indexed(("a", 5), ("b", 9)), indexed(("b", 2), ("a", 5))),
    good("capacity-lowered", TABLE_TYPE, indexed(("a", 5), ("b", 9)), indexed(("b", 9), ("a", 5))),
    bad("capacity-lowered", "notice", FUNCTION, {"MemorySize": 1024}, {}),
    bad("capacity-lowered", "warning", "AWS::Lambda::EventSourceMapping", {}, {"Enabled": False}),
    bad("capacity-lowered", "warning", "AWS::Events::Rule", {"State": "ENABLED"}, {"State": "DISABLED"}),
    good("capacity-lowered", FUNCTION, {}, {"MemorySize": 128}),
    good("capacity-lowered", "AWS::Events::Rule", {"State": "DISABLED"}, {"State": "ENABLED"}),
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
