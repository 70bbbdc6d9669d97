"""What runs with less, or on something else, than before."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import BUCKET, FUNCTION, TABLE_TYPE, Case, bad, bad_stack, good, good_stack, table
from tests.changesets.templates import stack

CACHE, SEARCH, DATABASE = (
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBInstance",
)
CLUSTER, ROUTES, CDN = "AWS::RDS::DBCluster", "AWS::ApiGatewayV2::Stage", "AWS::CloudFront::Distribution"
SCHEDULE, SERVICE, STREAM = "AWS::Scheduler::Schedule", "AWS::ECS::Service", "AWS::Kinesis::Stream"
CODE = {"Code": {"ZipFile": "x"}}
EVERY_HOUR = {"ScheduleExpression": "rate(1 hour)", "Target": {"Arn": "a"}}
PROVISIONED = {
    **{name: value for name, value in table().items() if name != "BillingMode"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
}


def engine(version: str, **more: Any) -> dict[str, Any]:
    return {"Engine": "postgres", "EngineVersion": version, **more}


def telling(*functions: str) -> dict[str, Any]:
    told = [{"Event": "s3:ObjectCreated:*", "Function": name} for name in functions]
    return {"NotificationConfiguration": {"LambdaConfigurations": told}}


def undecided(kind: str, name: str) -> dict[str, Any]:
    """A property of X that hangs on a condition which nobody can decide."""
    value = {"Fn::If": ["Wanted", {}, {"Ref": "AWS::NoValue"}]}
    wanted = {"Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "Given"}, "yes"]}}}
    return {**stack(X=(kind, {name: value})), **wanted, "Parameters": {"Given": {"Type": "String"}}}


def answering(*names: str) -> dict[str, Any]:
    return {"DistributionConfig": {"Aliases": list(names), "Enabled": True}}


def served(uri: str, deployment: str) -> dict[str, Any]:
    api = {"RestApiId": {"Ref": "Api"}}
    method = {**api, "ResourceId": "r", "HttpMethod": "GET", "Integration": {"Type": "HTTP", "Uri": uri}}
    made = stack(Api=("AWS::ApiGateway::RestApi", {"Name": "a"}), Get=("AWS::ApiGateway::Method", method))
    more = stack(**{deployment: ("AWS::ApiGateway::Deployment", api)}) if deployment else stack()
    return {"Resources": {**made["Resources"], **more["Resources"]}}


def called(name: str, **properties: Any) -> dict[str, Any]:
    return stack(**{name: (SCHEDULE, {**EVERY_HOUR, **properties})}, T=("AWS::SNS::Topic", {}))


CASES: list[Case] = [
    bad("capacity-lowered", "warning", TABLE_TYPE, table(), PROVISIONED),
    good("capacity-lowered", TABLE_TYPE, PROVISIONED, table()),
    bad("capacity-lowered", "warning", STREAM, {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, {"ShardCount": 1}),
    bad("capacity-lowered", "notice", CACHE, {"CacheNodeType": "cache.r6g.xlarge"}, {"CacheNodeType": "cache.r6g.large"}),
    bad("capacity-lowered", "notice", CACHE, {"CacheNodeType": "cache.r6g.12xlarge"}, {"CacheNodeType": "cache.r6g.4xlarge"}),
    good("capacity-lowered", CACHE, {"CacheNodeType": "cache.r6g.xlarge"}, {"CacheNodeType": "cache.r7g.2xlarge"}),
    bad("capacity-lowered", "notice", SEARCH, {"ClusterConfig": {"InstanceType": "r6g.large.search"}}, {"ClusterConfig": {"InstanceType": "t3.small.search"}}),
    good("capacity-lowered", DATABASE, {"DBInstanceClass": "db.serverless"}, {"DBInstanceClass": "db.t4g.medium"}),
    bad("capacity-lowered", "notice", ROUTES, {}, {"DefaultRouteSettings": {"ThrottlingRateLimit": 10}}),
    bad("capacity-lowered", "notice", "AWS::ApiGateway::Stage", {}, {"MethodSettings": [{"ResourcePath": "/*", "ThrottlingRateLimit": 10}]}),
    bad("capacity-lowered", "warning", SERVICE, {"DesiredCount": 4}, {"DesiredCount": 0}),
    bad("capacity-lowered", "notice", SERVICE, {"DesiredCount": 4}, {"DesiredCount": 2}),
    bad("capacity-lowered", "warning", "AWS::CloudWatch::Alarm", {}, {"ActionsEnabled": False}),
    bad("capacity-lowered", "notice", SCHEDULE, EVERY_HOUR, None),
    good("capacity-lowered", SCHEDULE, {**EVERY_HOUR, "State": "DISABLED"}, None),
    good_stack("capacity-lowered", called("Old"), called("New")),
    bad_stack("capacity-lowered", "notice", called("Old"), called("New", ScheduleExpression="rate(1 day)")),
    bad("value-refused", "danger", TABLE_TYPE, None, table(), DeletionPolicy="Snapshot"),
    bad("value-refused", "danger", TABLE_TYPE, None, table(), UpdateReplacePolicy="RetainExceptOnCreate"),
    bad("value-refused", "danger", CLUSTER, None, engine("16.1"), DeletionPolicy="Keep"),
    good("value-refused", CLUSTER, None, engine("16.1"), DeletionPolicy="Snapshot", UpdateReplacePolicy="Snapshot"),
    good("value-refused", TABLE_TYPE, None, table(), DeletionPolicy="RetainExceptOnCreate"),
    bad_stack("not-deployed", "warning", served("a", "One"), served("b", "One")),
    good_stack("not-deployed", served("a", "One"), served("b", "Two")),
    good_stack("not-deployed", served("a", ""), served("b", "")),
    good_stack("not-deployed", served("a", "One"), served("a", "One")),
    good_stack("not-deployed", None, served("a", "One")),
    bad("engine-changes", "warning", CLUSTER, engine("15.4"), engine("16.1")),
    bad("engine-changes", "warning", CLUSTER, {**engine("5.7.mysql_aurora.2.11"), "Engine": "aurora-mysql"}, {**engine("8.0.mysql_aurora.3.4"), "Engine": "aurora-mysql"}),
    bad("engine-changes", "warning", SEARCH, {"EngineVersion": "OpenSearch_2.11"}, {"EngineVersion": "OpenSearch_3.1"}),
    bad("engine-changes", "danger", CLUSTER, engine("16.1"), engine("15.4")),
    bad("engine-changes", "danger", DATABASE, engine("15.4"), engine("16.1")),
    bad("engine-changes", "warning", DATABASE, engine("15.4"), engine("16.1", AllowMajorVersionUpgrade=True)),
    good("engine-changes", CLUSTER, engine("15.4"), engine("15.8")),
    good("engine-changes", CLUSTER, engine("15.4"), engine("15.4", DeletionProtection=True)),
    good("engine-changes", SEARCH, {"EngineVersion": "OpenSearch_2.11"}, {"EngineVersion": "OpenSearch_2.13"}),
    good("engine-changes", CLUSTER, engine("15.4"), {**engine("8.4"), "Engine": "mysql"}),
    good("engine-changes", CLUSTER, None, engine("16.1")),
    bad("address-removed", "warning", CDN, answering("a.example", "b.example"), answering("a.example")),
    good("address-removed", CDN, answering("a.example"), answering("a.example", "b.example")),
    bad("address-removed", "warning", BUCKET, telling("a", "b"), telling("a")),
    good("address-removed", BUCKET, telling("a"), telling("a", "b")),
    bad("address-removed", "warning", BUCKET, {"WebsiteConfiguration": {"IndexDocument": "index.html"}}, {}),
    bad("address-removed", "warning", TABLE_TYPE, table(StreamSpecification={"StreamViewType": "NEW_IMAGE"}), table()),
    bad("address-removed", "warning", "AWS::Cognito::UserPool", {"LambdaConfig": {"PreSignUp": "f"}}, {"LambdaConfig": {}}),
    good_stack("address-removed", stack(X=(BUCKET, telling("a"))), undecided(BUCKET, "NotificationConfiguration")),
    good_stack("address-removed", stack(X=(CDN, answering("a"))), undecided(CDN, "DistributionConfig")),
    bad("address-removed", "warning", "AWS::EC2::NatGateway", {"SubnetId": "s"}, None),
    bad("network-moved", "warning", FUNCTION, {**CODE, "VpcConfig": {"SubnetIds": ["s"]}}, CODE),
    bad("network-moved", "warning", FUNCTION, CODE, {**CODE, "VpcConfig": {"SubnetIds": ["s"]}}),
    good("network-moved", FUNCTION, {**CODE, "VpcConfig": {"SubnetIds": ["s"]}}, {**CODE, "VpcConfig": {"SubnetIds": ["t"]}}),
    good_stack("network-moved", stack(X=(FUNCTION, {"VpcConfig": {"SubnetIds": ["s"]}})), undecided(FUNCTION, "VpcConfig")),
    bad("protection-off", "warning", "AWS::Lambda::EventSourceMapping", {"DestinationConfig": {"OnFailure": {"Destination": "q"}}}, {}),
    bad("protection-off", "warning", "AWS::Events::Rule", {"Targets": [{"Id": "a", "DeadLetterConfig": {"Arn": "q"}}]}, {"Targets": [{"Id": "a"}]}),
    bad("protection-off", "warning", "AWS::CloudWatch::Alarm", {"AlarmActions": ["a"]}, {"AlarmActions": []}),
]  # fmt: skip
