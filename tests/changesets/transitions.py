"""Changes that people make to serverless stacks, one property or one resource at a time: forty resource types.

Each is (name, resources before, resources after). A resource is `"Type": {properties}` under its logical id;
the helpers below stand beside the one that changes where it needs another to point to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Transition:
    name: str
    old: Resources
    new: Resources


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
ROLE = of("IAM::Role", AssumeRolePolicyDocument=TRUST)
CODE = {"ZipFile": "exports.handler = async () => 1"}
FUNCTION = of("Lambda::Function", Runtime="nodejs20.x", Handler="index.handler", Role=arn("Role"), Code=CODE)
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
ATTRIBUTES = [{"AttributeName": "id", "AttributeType": "S"}]
TABLE = of("DynamoDB::Table", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=ATTRIBUTES, KeySchema=KEY)
OTHER_KEY = {
    "AttributeDefinitions": [{"AttributeName": "other", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
}
QUEUE, TOPIC, BUCKET = of("SQS::Queue"), of("SNS::Topic"), of("S3::Bucket")
HTTP = of("ApiGatewayV2::Api", Name="api", ProtocolType="HTTP")
REST = of("ApiGateway::RestApi", Name="rest")
POOL = of("Cognito::UserPool", UserPoolName="people")
VPC = of("EC2::VPC", CidrBlock="10.0.0.0/16")
ALLOW = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}


def policy(**changed: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**ALLOW, **changed}]}


def function(**changed: Any) -> dict[str, Any]:
    return {**FUNCTION, "Properties": {**FUNCTION["Properties"], **changed}}


def table(**changed: Any) -> dict[str, Any]:
    return {**TABLE, "Properties": {**TABLE["Properties"], **changed}}


def changed(kind: str, old: dict[str, Any], new: dict[str, Any], **beside: dict[str, Any]) -> Transition:
    """One resource, whose properties change from `old` to `new`."""
    name = f"{kind}: {', '.join(key for key in {**old, **new} if old.get(key) != new.get(key))}"
    return Transition(name, {"It": of(kind, **old), **beside}, {"It": of(kind, **new), **beside})


def varied(name: str, old: dict[str, Any] | None, new: dict[str, Any] | None, **beside: dict[str, Any]) -> Transition:
    """The resource `It`, as a whole; None: it is not there."""
    sides = ({"It": it, **beside} if it else dict(beside) for it in (old, new))
    return Transition(name, *sides)


ROUTE = {"ApiId": ref("Api"), "RouteKey": "GET /a"}
INTEGRATION = {
    "ApiId": ref("Api"),
    "IntegrationType": "AWS_PROXY",
    "IntegrationUri": arn("Function"),
    "PayloadFormatVersion": "2.0",
}
RESOURCE = {"RestApiId": ref("Rest"), "ParentId": {"Fn::GetAtt": ["Rest", "RootResourceId"]}, "PathPart": "a"}
METHOD = {
    "RestApiId": ref("Rest"),
    "ResourceId": {"Fn::GetAtt": ["Rest", "RootResourceId"]},
    "HttpMethod": "GET",
    "AuthorizationType": "NONE",
    "Integration": {"Type": "MOCK"},
}
SCHEDULE = {"ScheduleExpression": "rate(1 hour)", "State": "ENABLED"}
ALARM = {
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
MACHINE = {"RoleArn": arn("Role"), "DefinitionString": '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}'}
ROLE_AND_FUNCTION = {"Role": ROLE, "Function": FUNCTION}

TRANSITIONS = [
    changed("SQS::Queue", {"VisibilityTimeout": 30}, {"VisibilityTimeout": 60}),
    changed("SQS::Queue", {"QueueName": "a-queue"}, {"QueueName": "b-queue"}),
    changed("SQS::Queue", {}, {"FifoQueue": True}),
    changed("SQS::Queue", {"MessageRetentionPeriod": 60}, {}),
    varied("SQS::Queue: added", None, QUEUE, Topic=TOPIC),
    varied("SQS::Queue: removed", QUEUE, None, Topic=TOPIC),
    changed("SNS::Topic", {"DisplayName": "a"}, {"DisplayName": "b"}),
    changed("SNS::Topic", {"TopicName": "a-topic"}, {"TopicName": "b-topic"}),
    changed(
        "SNS::Subscription",
        {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue")},
        {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue"), "RawMessageDelivery": True},
        Topic=TOPIC,
        Queue=QUEUE,
    ),
    changed(
        "SNS::Subscription",
        {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue")},
        {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Other")},
        Topic=TOPIC,
        Queue=QUEUE,
        Other=QUEUE,
    ),
    changed(
        "SQS::QueuePolicy",
        {"Queues": [ref("Queue")], "PolicyDocument": policy(Principal="*")},
        {"Queues": [ref("Queue")], "PolicyDocument": policy(Principal={"AWS": "123456789012"})},
        Queue=QUEUE,
    ),
    changed(
        "SNS::TopicPolicy",
        {"Topics": [ref("Topic")], "PolicyDocument": policy(Principal="*", Action="sns:Publish")},
        {"Topics": [ref("Topic")], "PolicyDocument": policy(Principal="*", Action="sns:Subscribe")},
        Topic=TOPIC,
    ),
    changed("S3::Bucket", {"BucketName": "a-bucket-of-ours"}, {"BucketName": "b-bucket-of-ours"}),
    changed("S3::Bucket", {}, {"VersioningConfiguration": {"Status": "Enabled"}}),
    varied("S3::Bucket: removed", BUCKET, None, Topic=TOPIC),
    varied("S3::Bucket: retained", {**BUCKET, "DeletionPolicy": "Retain"}, None, Topic=TOPIC),
    varied("S3::Bucket: only its policy", BUCKET, {**BUCKET, "DeletionPolicy": "Retain"}, Topic=TOPIC),
    changed(
        "S3::BucketPolicy",
        {"Bucket": ref("Bucket"), "PolicyDocument": policy(Principal="*", Action="s3:GetObject")},
        {"Bucket": ref("Bucket"), "PolicyDocument": policy(Principal="*", Action="s3:PutObject")},
        Bucket=BUCKET,
    ),
    changed(
        "S3::BucketPolicy",
        {"Bucket": ref("Bucket"), "PolicyDocument": policy(Principal="*", Action="s3:GetObject")},
        {"Bucket": ref("Other"), "PolicyDocument": policy(Principal="*", Action="s3:GetObject")},
        Bucket=BUCKET,
        Other=BUCKET,
    ),
    varied("DynamoDB::Table: key", TABLE, table(**OTHER_KEY)),
    varied("DynamoDB::Table: name", table(TableName="a-table"), table(TableName="b-table")),
    varied("DynamoDB::Table: key and name", table(TableName="c-table"), table(TableName="d-table", **OTHER_KEY)),
    varied("DynamoDB::Table: recovery", TABLE, table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": 1})),
    varied("DynamoDB::Table: stream", TABLE, table(StreamSpecification={"StreamViewType": "NEW_IMAGE"})),
    varied("DynamoDB::Table: removed", TABLE, None, Topic=TOPIC),
    varied("Lambda::Function: code", FUNCTION, function(Code={"ZipFile": "exports.handler = async () => 2"}), Role=ROLE),
    varied("Lambda::Function: memory", FUNCTION, function(MemorySize=512), Role=ROLE),
    varied("Lambda::Function: name", function(FunctionName="a-function"), function(FunctionName="b-function"), Role=ROLE),
    varied("Lambda::Function: environment", FUNCTION, function(Environment={"Variables": {"MODE": "1"}}), Role=ROLE),
    varied("Lambda::Function: runtime", FUNCTION, function(Runtime="nodejs22.x"), Role=ROLE),
    changed(
        "Lambda::Permission",
        {"FunctionName": arn("Function"), "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"},
        {"FunctionName": arn("Function"), "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"},
        **ROLE_AND_FUNCTION,
    ),
    changed(
        "Lambda::EventSourceMapping",
        {"FunctionName": ref("Function"), "EventSourceArn": arn("Queue"), "BatchSize": 1},
        {"FunctionName": ref("Function"), "EventSourceArn": arn("Queue"), "BatchSize": 5},
        Queue=QUEUE,
        **ROLE_AND_FUNCTION,
    ),
    changed(
        "Lambda::EventSourceMapping",
        {"FunctionName": ref("Function"), "EventSourceArn": arn("Queue")},
        {"FunctionName": ref("Function"), "EventSourceArn": arn("Other")},
        Queue=QUEUE,
        Other=QUEUE,
        **ROLE_AND_FUNCTION,
    ),
    changed(
        "Lambda::Alias",
        {"FunctionName": ref("Function"), "FunctionVersion": "$LATEST", "Name": "live"},
        {"FunctionName": ref("Function"), "FunctionVersion": "$LATEST", "Name": "blue"},
        **ROLE_AND_FUNCTION,
    ),
    changed(
        "Lambda::Url",
        {"TargetFunctionArn": arn("Function"), "AuthType": "AWS_IAM"},
        {"TargetFunctionArn": arn("Function"), "AuthType": "NONE"},
        **ROLE_AND_FUNCTION,
    ),
    varied("IAM::Role: policies", ROLE, {**ROLE, "Properties": {**ROLE["Properties"], "Description": "a role"}}),
    varied("IAM::Role: path", ROLE, {**ROLE, "Properties": {**ROLE["Properties"], "Path": "/seed/"}}),
    changed(
        "IAM::ManagedPolicy", {"PolicyDocument": policy()}, {"PolicyDocument": policy(Action="sqs:*")}
    ),
    changed(
        "IAM::Policy",
        {"PolicyName": "p", "Roles": [ref("Role")], "PolicyDocument": policy()},
        {"PolicyName": "p", "Roles": [ref("Role")], "PolicyDocument": policy(Action="sqs:*")},
        Role=ROLE,
    ),
    changed("Logs::LogGroup", {"LogGroupName": "/a", "RetentionInDays": 7}, {"LogGroupName": "/a", "RetentionInDays": 30}),
    changed("Logs::LogGroup", {"LogGroupName": "/b"}, {"LogGroupName": "/c"}),
    changed("Events::Rule", SCHEDULE, {**SCHEDULE, "State": "DISABLED"}),
    changed("Events::Rule", {**SCHEDULE, "Name": "a-rule"}, {**SCHEDULE, "Name": "b-rule"}),
    changed("Events::EventBus", {"Name": "a-bus"}, {"Name": "b-bus"}),
    changed("ApiGatewayV2::Api", {"Name": "a", "ProtocolType": "HTTP"}, {"Name": "b", "ProtocolType": "HTTP"}),
    changed(
        "ApiGatewayV2::Api",
        {"Name": "a", "ProtocolType": "HTTP"},
        {"Name": "a", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"},
    ),
    changed("ApiGatewayV2::Route", ROUTE, {**ROUTE, "RouteKey": "GET /b"}, Api=HTTP),
    changed("ApiGatewayV2::Route", ROUTE, {**ROUTE, "ApiId": ref("Other")}, Api=HTTP, Other=HTTP),
    changed("ApiGatewayV2::Integration", INTEGRATION, {**INTEGRATION, "TimeoutInMillis": 900}, Api=HTTP, **ROLE_AND_FUNCTION),
    changed(
        "ApiGatewayV2::Stage",
        {"ApiId": ref("Api"), "StageName": "$default", "AutoDeploy": True},
        {"ApiId": ref("Api"), "StageName": "$default", "AutoDeploy": False},
        Api=HTTP,
    ),
    changed(
        "ApiGatewayV2::Stage",
        {"ApiId": ref("Api"), "StageName": "a"},
        {"ApiId": ref("Api"), "StageName": "b"},
        Api=HTTP,
    ),
    changed("ApiGateway::RestApi", {"Name": "a"}, {"Name": "b"}),
    changed("ApiGateway::Resource", RESOURCE, {**RESOURCE, "PathPart": "b"}, Rest=REST),
    changed("ApiGateway::Method", METHOD, {**METHOD, "ApiKeyRequired": True}, Rest=REST),
    changed("ApiGateway::Method", METHOD, {**METHOD, "HttpMethod": "POST"}, Rest=REST),
    changed("Cognito::UserPool", {"UserPoolName": "a"}, {"UserPoolName": "b"}),
    changed(
        "Cognito::UserPoolClient",
        {"UserPoolId": ref("Pool"), "ClientName": "a"},
        {"UserPoolId": ref("Pool"), "ClientName": "b"},
        Pool=POOL,
    ),
    changed(
        "Cognito::UserPoolClient",
        {"UserPoolId": ref("Pool"), "GenerateSecret": False},
        {"UserPoolId": ref("Pool"), "GenerateSecret": True},
        Pool=POOL,
    ),
    changed("SSM::Parameter", {"Type": "String", "Value": "a"}, {"Type": "String", "Value": "b"}),
    changed("SSM::Parameter", {"Name": "/a", "Type": "String", "Value": "a"}, {"Name": "/b", "Type": "String", "Value": "a"}),
    changed("SecretsManager::Secret", {"Description": "a"}, {"Description": "b"}),
    changed("SecretsManager::Secret", {"Name": "a-secret"}, {"Name": "b-secret"}),
    changed("KMS::Key", {"KeyPolicy": policy(), "Description": "a"}, {"KeyPolicy": policy(), "Description": "b"}),
    changed("KMS::Alias", {"AliasName": "alias/a", "TargetKeyId": ref("Key")}, {"AliasName": "alias/b", "TargetKeyId": ref("Key")}, Key=of("KMS::Key", KeyPolicy=policy())),
    changed("CloudWatch::Alarm", ALARM, {**ALARM, "Threshold": 5}),
    changed("CloudWatch::Alarm", {**ALARM, "AlarmName": "a"}, {**ALARM, "AlarmName": "b"}),
    changed("StepFunctions::StateMachine", MACHINE, {**MACHINE, "DefinitionString": MACHINE["DefinitionString"].replace("A", "B")}, Role=ROLE),
    changed("StepFunctions::StateMachine", {**MACHINE, "StateMachineType": "STANDARD"}, {**MACHINE, "StateMachineType": "EXPRESS"}, Role=ROLE),
    changed("Kinesis::Stream", {"ShardCount": 1, "RetentionPeriodHours": 24}, {"ShardCount": 1, "RetentionPeriodHours": 48}),
    changed("Kinesis::Stream", {"Name": "a-stream", "ShardCount": 1}, {"Name": "b-stream", "ShardCount": 1}),
    changed("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.1.0.0/16"}),
    changed("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True}),
    changed("EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": "10.0.1.0/24"}, {"VpcId": ref("Vpc"), "CidrBlock": "10.0.2.0/24"}, Vpc=VPC),
    changed("EC2::SecurityGroup", {"GroupDescription": "a", "VpcId": ref("Vpc")}, {"GroupDescription": "b", "VpcId": ref("Vpc")}, Vpc=VPC),
    changed("ECR::Repository", {"RepositoryName": "a-repo"}, {"RepositoryName": "b-repo"}),
    changed("Scheduler::Schedule", {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": arn("Queue"), "RoleArn": arn("Role")}}, {"ScheduleExpression": "rate(2 hours)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": arn("Queue"), "RoleArn": arn("Role")}}, Role=ROLE, Queue=QUEUE),
    changed("AppSync::GraphQLApi", {"Name": "a", "AuthenticationType": "API_KEY"}, {"Name": "b", "AuthenticationType": "API_KEY"}),
    changed("CloudFront::Distribution", {"DistributionConfig": {"Enabled": True, "Origins": [], "Comment": "a"}}, {"DistributionConfig": {"Enabled": True, "Origins": [], "Comment": "b"}}),
    changed("Route53::HostedZone", {"Name": "a.example"}, {"Name": "b.example"}),
    changed("CertificateManager::Certificate", {"DomainName": "a.example"}, {"DomainName": "b.example"}),
    changed("WAFv2::WebACL", {"Scope": "REGIONAL", "Name": "a", "DefaultAction": {"Allow": {}}, "VisibilityConfig": {}}, {"Scope": "REGIONAL", "Name": "b", "DefaultAction": {"Allow": {}}, "VisibilityConfig": {}}),
    changed("ElastiCache::CacheCluster", {"Engine": "redis", "NumCacheNodes": 1, "CacheNodeType": "cache.t3.micro"}, {"Engine": "memcached", "NumCacheNodes": 1, "CacheNodeType": "cache.t3.micro"}),
    changed("RDS::DBInstance", {"Engine": "mysql", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20"}, {"Engine": "mysql", "DBInstanceClass": "db.t3.small", "AllocatedStorage": "20"}),
    changed("EFS::FileSystem", {"PerformanceMode": "generalPurpose"}, {"PerformanceMode": "maxIO"}),
    varied("DynamoDB::Table: added", None, TABLE, Queue=QUEUE),
    varied("S3::Bucket: added", None, BUCKET, Queue=QUEUE),
    varied("Lambda::Function: added", None, FUNCTION, Role=ROLE),
    varied("IAM::Role: added", None, ROLE, Queue=QUEUE),
    varied("ApiGatewayV2::Route: added", None, of("ApiGatewayV2::Route", **ROUTE), Api=HTTP),
    varied("ApiGatewayV2::Route: removed", of("ApiGatewayV2::Route", **ROUTE), None, Api=HTTP),
    varied("Events::Rule: added", None, of("Events::Rule", **SCHEDULE), Queue=QUEUE),
    varied("SSM::Parameter: removed", of("SSM::Parameter", Type="String", Value="a"), None, Queue=QUEUE),
    varied("Cognito::UserPool: added", None, POOL, Queue=QUEUE),
    varied("StepFunctions::StateMachine: added", None, of("StepFunctions::StateMachine", **MACHINE), Role=ROLE),
    Transition("one goes, another comes, a third changes", {"A": QUEUE, "C": of("SQS::Queue", DelaySeconds=1)}, {"B": TOPIC, "C": of("SQS::Queue", DelaySeconds=2)}),
]  # fmt: skip
