"""What a service refuses of settings that do not go together."""

from __future__ import annotations

from typing import Any

from tests.changesets.rules.case import FUNCTION, ROLE, TABLE_TYPE, Case, bad, bad_stack, good, good_stack, table
from tests.changesets.rules.refused import (
    BUCKET,
    CODE,
    MAPPING,
    POLICY,
    QUEUE,
    RULE,
    A,
    arn,
    given,
    may,
    read,
    speaks,
    trust,
)
from tests.changesets.templates import stack

from seed.changesets import Pseudo

CDN, ROUTE, RECORD = "AWS::CloudFront::Distribution", "AWS::ApiGatewayV2::Route", "AWS::Route53::RecordSet"
TOPIC, SUBSCRIPTION, CLIENT = "AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::Cognito::UserPoolClient"
LOCALS, GLOBALS = "LocalSecondaryIndexes", "GlobalSecondaryIndexes"
UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
PAID = {name: value for name, value in table().items() if name != "BillingMode"} | {"ProvisionedThroughput": UNITS}


def dead(letters: bool, source: bool) -> dict[str, Any]:
    redrive = {"deadLetterTargetArn": arn("D"), "maxReceiveCount": 3}
    kinds = [{"FifoQueue": True} if fifo else {} for fifo in (source, letters)]
    return stack(Q=(QUEUE, {**kinds[0], "RedrivePolicy": redrive}), D=(QUEUE, kinds[1]))


def serving(origin: str, **more: Any) -> dict[str, Any]:
    return {
        "DistributionConfig": {"Origins": [{"Id": "o"}], "DefaultCacheBehavior": {"TargetOriginId": origin}, **more}
    }


def certified(region: str) -> dict[str, Any]:
    return serving("o", ViewerCertificate={"AcmCertificateArn": f"arn:aws:acm:{region}:111122223333:certificate/a"})


def routed(key: str, kind: str = "HTTP") -> dict[str, Any]:
    return stack(
        A=("AWS::ApiGatewayV2::Api", {"ProtocolType": kind}), X=(ROUTE, {"ApiId": {"Ref": "A"}, "RouteKey": key})
    )


def targets(number: int, *more: Any) -> dict[str, Any]:
    found = [{"Id": f"t{n}", "Arn": f"arn:aws:sqs:eu-west-1:111122223333:q{n}"} for n in range(number)]
    return {"EventPattern": {"source": ["a"]}, "Targets": [*found, *more]}


def with_indexes(place: str, number: int) -> dict[str, Any]:
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    own = [*keys, {"AttributeName": "at", "KeyType": "RANGE"}]
    return table(KeySchema=own, **{place: [{"IndexName": f"i{n}", "KeySchema": keys} for n in range(number)]})


def attribute(kind: str) -> dict[str, Any]:
    return table(AttributeDefinitions=[{"AttributeName": "id", "AttributeType": kind}])


def told(protocol: str, endpoint: Any, topic: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A subscription, and what it could tell."""
    subscription = {"TopicArn": {"Ref": "T"}, "Protocol": protocol, "Endpoint": endpoint, **more}
    return stack(T=(TOPIC, topic or {}), Q=(QUEUE, {}), F=(FUNCTION, CODE), X=(SUBSCRIPTION, subscription))


def client(*flows: str, **more: Any) -> dict[str, Any]:
    return {"UserPoolId": "p", "AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": list(flows), **more}


def policies(number: int) -> dict[str, Any]:
    return {**trust(), "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/P{n}" for n in range(number)]}


def large(letters: int) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [may(Resource=["arn:aws:s3:::" + "a" * 90 + "/*"] * (letters // 100))],
    }


def notifies(*depends: str, target: str = "F", place: str = "LambdaConfigurations", **more: Any) -> dict[str, Any]:
    """A bucket that tells a function, a queue or a topic."""
    told = {
        "Event": "s3:ObjectCreated:*",
        place.removesuffix("Configurations").replace("Lambda", "Function"): arn(target),
    }
    bucket = {"NotificationConfiguration": {place: [told]}}
    found = stack(F=(FUNCTION, CODE), Q=(QUEUE, {}), **more)
    found["Resources"]["X"] = {"Type": BUCKET, "Properties": bucket, "DependsOn": list(depends)}
    return found


def lets_in(**more: Any) -> tuple[str, dict[str, Any]]:
    given = {"FunctionName": {"Ref": "F"}, "Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction", **more}
    return "AWS::Lambda::Permission", given


def open_queue(name: str) -> tuple[str, dict[str, Any]]:
    statement = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    return "AWS::SQS::QueuePolicy", {"Queues": [{"Ref": name}], "PolicyDocument": {"Statement": [statement]}}


def indexed(place: str, key: str = "id", sort: bool = True, **projection: Any) -> dict[str, Any]:
    """A table of a sort key or of none, and an index."""
    own = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}][: 1 + sort]
    keys = [{"AttributeName": key, "KeyType": "HASH"}, {"AttributeName": "to", "KeyType": "RANGE"}]
    one = {"IndexName": "i", "KeySchema": keys, "Projection": projection or {"ProjectionType": "ALL"}}
    return table(KeySchema=own, **{place: [one]})


def replicas(*regions: str, **more: Any) -> dict[str, Any]:
    return stack(X=("AWS::DynamoDB::GlobalTable", {"Replicas": [{"Region": region} for region in regions], **more}))


def public(**bucket: Any) -> dict[str, Any]:
    """A bucket, and who may read it: everybody."""
    found = speaks(A, {"Fn::Sub": "${A.Arn}/*"})
    found["Resources"]["A"]["Properties"] = bucket
    return found


def reads(*actions: str, source: str = QUEUE, managed: Any = (), **more: Any) -> dict[str, Any]:
    """Who reads a queue, or something else, and what its role allows."""
    attached = "AWSLambdaBasicExecutionRole"
    statement = may(Action=list(actions), Resource="*")
    role = {**trust(), "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/service-role/{attached}", *managed]}
    role["Policies"] = [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}]
    mapping = {"FunctionName": {"Ref": "F"}, "EventSourceArn": arn("S"), "StartingPosition": "LATEST"}
    function = {**CODE, "Role": arn("R")}
    return stack(R=(ROLE, role), F=(FUNCTION, function), S=(source, {}), X=(MAPPING, mapping), **more)


def deployed(*depends: str, **api: Any) -> dict[str, Any]:
    """A deployment of an API; `N` may hold methods too."""
    found = stack(
        N=("AWS::CloudFormation::Stack", {"TemplateURL": "https://bucket.s3.amazonaws.com/n.json"}),
        A=("AWS::ApiGateway::RestApi", {"Name": "a", **api}),
        M=("AWS::ApiGateway::Method", {"RestApiId": A, "ResourceId": "r", "HttpMethod": "GET"}),
        X=("AWS::ApiGateway::Deployment", {"RestApiId": A}),
    )
    found["Resources"]["X"]["DependsOn"] = list(depends)
    return found


CASES: list[Case] = [
    bad("settings-refused", "danger", FUNCTION, None, {**CODE, "Layers": [f"arn:{n}" for n in range(6)]}),
    bad("settings-refused", "danger", FUNCTION, None, {"Code": {"ZipFile": "x"}, "Runtime": "nodejs22.x"}),
    bad("settings-refused", "danger", FUNCTION, None, {**CODE, "PackageType": "Image"}),
    good("settings-refused", FUNCTION, None, {"PackageType": "Image", "Code": {"ImageUri": "a"}}),
    good("settings-refused", FUNCTION, None, CODE),
    good("settings-refused", FUNCTION, {"Code": {"ZipFile": "x"}}, {"Code": {"ZipFile": "y"}}),
    bad("settings-refused", "danger", "AWS::Lambda::Alias", None, {"FunctionVersion": "$LATEST", "ProvisionedConcurrencyConfig": {}}),
    bad_stack("settings-refused", "danger", None, read(3, {}, BatchSize=100)),
    good_stack("settings-refused", None, read(3, {}, BatchSize=100, MaximumBatchingWindowInSeconds=1)),
    bad_stack("settings-refused", "danger", None, read(3, {"FifoQueue": True}, BatchSize=100)),
    bad_stack("settings-refused", "danger", None, read(3, {"FifoQueue": True}, MaximumBatchingWindowInSeconds=1)),
    good_stack("settings-refused", None, read(3, {"FifoQueue": True}, BatchSize=10)),
    bad_stack("settings-refused", "danger", None, stack(S=("AWS::Kinesis::Stream", {}), E=(MAPPING, {"EventSourceArn": arn("S")}))),
    bad_stack("settings-refused", "danger", None, dead(letters=False, source=True)),
    good_stack("settings-refused", None, dead(letters=True, source=True)),
    good_stack("settings-refused", None, dead(letters=False, source=False)),
    bad("settings-refused", "danger", TABLE_TYPE, None, table(ProvisionedThroughput=UNITS)),
    bad("settings-refused", "danger", TABLE_TYPE, None, {**PAID, "ProvisionedThroughput": {"Ref": "AWS::NoValue"}}),
    bad("settings-refused", "danger", TABLE_TYPE, None, {**PAID, "GlobalSecondaryIndexes": [{"IndexName": "i"}]}),
    good("settings-refused", TABLE_TYPE, None, {**PAID, "GlobalSecondaryIndexes": [{"IndexName": "i", "ProvisionedThroughput": UNITS}]}),
    good("settings-refused", TABLE_TYPE, None, table()),
    bad("settings-refused", "danger", TABLE_TYPE, None, attribute("String")),
    bad("settings-refused", "danger", "AWS::DynamoDB::GlobalTable", None, attribute("String")),
    good("settings-refused", TABLE_TYPE, None, attribute("B")),
    good("settings-refused", TABLE_TYPE, None, attribute("{{resolve:ssm:type}}")),
    bad("settings-refused", "danger", TABLE_TYPE, None, with_indexes("LocalSecondaryIndexes", 6)),
    good("settings-refused", TABLE_TYPE, None, with_indexes("LocalSecondaryIndexes", 5)),
    bad("settings-refused", "warning", TABLE_TYPE, None, with_indexes("GlobalSecondaryIndexes", 21)),
    good("settings-refused", TABLE_TYPE, None, with_indexes("GlobalSecondaryIndexes", 20)),
    bad_stack("settings-refused", "danger", None, stack(T=(TABLE_TYPE, table()), E=(MAPPING, {"EventSourceArn": arn("T"), "StartingPosition": "LATEST"}))),
    good_stack("settings-refused", None, stack(T=(TABLE_TYPE, table(StreamSpecification={})), E=(MAPPING, {"EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]}, "StartingPosition": "LATEST"}))),
    bad("settings-refused", "danger", RULE, targets(5), targets(6)),
    good("settings-refused", RULE, None, targets(5)),
    good("settings-refused", RULE, targets(6), {**targets(6), "Name": "a"}),
    good("settings-refused", RULE, None, targets(5, {"Fn::If": ["Unknown", {"Id": "u"}, {"Ref": "AWS::NoValue"}]})),
    bad_stack("settings-refused", "danger", None, told("email-jsn", "a@b.org")),
    bad_stack("settings-refused", "danger", None, told("https", "http://a.org")),
    bad_stack("settings-refused", "danger", None, told("email", "nobody")),
    bad_stack("settings-refused", "danger", None, told("sqs", {"Ref": "Q"})),
    bad_stack("settings-refused", "danger", None, told("sqs", arn("F"))),
    bad_stack("settings-refused", "danger", None, told("lambda", {"Ref": "F"})),
    bad_stack("settings-refused", "danger", None, told("lambda", arn("F"), {"FifoTopic": True})),
    bad_stack("settings-refused", "danger", None, told("firehose", "arn:aws:firehose:eu-west-1:111122223333:deliverystream/a")),
    bad("settings-refused", "danger", TOPIC, None, {"Subscription": [{"Protocol": "sqs", "Endpoint": "https://sqs.eu-west-1.amazonaws.com/111122223333/q"}]}),
    good_stack("settings-refused", None, told("sqs", arn("Q"), {"FifoTopic": True})),
    good_stack("settings-refused", None, told("lambda", arn("F"))),
    good_stack("settings-refused", None, told("https", {"Fn::Sub": "https://${F}.org"})),
    good_stack("settings-refused", None, told("https", {"Fn::ImportValue": "address"})),
    good_stack("settings-refused", None, told("email", "a@b.org")),
    good_stack("settings-refused", None, told("firehose", "arn:aws:firehose:eu-west-1:111122223333:deliverystream/a", SubscriptionRoleArn="arn:aws:iam::111122223333:role/r")),
    bad("settings-refused", "danger", CLIENT, None, client("code")),
    bad("settings-refused", "danger", CLIENT, None, client("implicit", CallbackURLs=[])),
    bad("settings-refused", "danger", CLIENT, None, client("code", "client_credentials", CallbackURLs=["https://a.org"], GenerateSecret=True)),
    bad("settings-refused", "danger", CLIENT, None, client("client_credentials")),
    bad("settings-refused", "danger", CLIENT, None, client("code", CallbackURLs=["http://a.org"])),
    bad("settings-refused", "danger", CLIENT, None, client("code", CallbackURLs=["https://a.org"], DefaultRedirectURI="https://b.org")),
    good("settings-refused", CLIENT, None, client("code", CallbackURLs=["https://a.org", "http://localhost:3000", "app://b"], DefaultRedirectURI="app://b")),
    good("settings-refused", CLIENT, None, client("code", CallbackURLs=[{"Ref": "AWS::Region"}], DefaultRedirectURI="https://b.org")),
    good("settings-refused", CLIENT, None, client("client_credentials", GenerateSecret="true")),
    good("settings-refused", CLIENT, None, {"UserPoolId": "p"}),
    bad("settings-refused", "warning", ROLE, policies(10), policies(11)),
    good("settings-refused", ROLE, None, policies(10)),
    bad("settings-refused", "danger", ROLE, None, {**trust(), "Policies": [{"PolicyName": n, "PolicyDocument": large(6_000)} for n in "ab"]}),
    good("settings-refused", ROLE, None, {**trust(), "Policies": [{"PolicyName": n, "PolicyDocument": large(4_500)} for n in "ab"]}),
    bad("settings-refused", "danger", "AWS::IAM::ManagedPolicy", None, {"PolicyDocument": large(6_200)}),
    good("settings-refused", "AWS::IAM::ManagedPolicy", None, {"PolicyDocument": large(5_500)}),
    bad("settings-refused", "danger", POLICY, None, {"Roles": ["r"], "PolicyDocument": large(11_000)}),
    good("settings-refused", POLICY, None, {"Roles": ["r"], "PolicyDocument": {"Statement": [may(Resource=[{"Fn::ImportValue": "a" * 99}] * 150)]}}),
    bad_stack("settings-refused", "danger", None, notifies()),
    bad_stack("settings-refused", "danger", None, notifies(P=lets_in(SourceArn=arn("X")))),
    bad_stack("settings-refused", "warning", None, notifies(P=lets_in())),
    good_stack("settings-refused", None, notifies("P", P=lets_in())),
    good_stack("settings-refused", None, notifies("P", P=lets_in(FunctionName="orders"))),
    good_stack("settings-refused", stack(F=(FUNCTION, CODE), Q=(QUEUE, {})), notifies()),
    bad_stack("settings-refused", "danger", None, notifies(target="Q", place="QueueConfigurations")),
    good_stack("settings-refused", None, notifies("P", target="Q", place="QueueConfigurations", P=open_queue("Q"))),
    bad("settings-refused", "danger", TABLE_TYPE, None, indexed(LOCALS, sort=False)),
    bad("settings-refused", "danger", TABLE_TYPE, None, indexed(LOCALS, "other")),
    bad("settings-refused", "danger", TABLE_TYPE, None, indexed(GLOBALS, ProjectionType="INCLUDE")),
    bad("settings-refused", "danger", TABLE_TYPE, None, indexed(GLOBALS, ProjectionType="ALL", NonKeyAttributes=["a"])),
    good("settings-refused", TABLE_TYPE, None, indexed(LOCALS)),
    good("settings-refused", TABLE_TYPE, None, indexed(GLOBALS, "other", sort=False)),
    good("settings-refused", TABLE_TYPE, None, indexed(GLOBALS, ProjectionType="INCLUDE", NonKeyAttributes=["a"])),
    bad_stack("settings-refused", "danger", None, replicas("us-east-1"), pseudo=Pseudo(region="eu-west-1")),
    bad_stack("settings-refused", "danger", None, replicas("us-east-1", "eu-west-1")),
    good_stack("settings-refused", None, replicas("us-east-1", "eu-west-1", StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"}), pseudo=Pseudo(region="eu-west-1")),
    good_stack("settings-refused", None, replicas("us-east-1")),
    bad_stack("settings-refused", "danger", None, stack(X=(FUNCTION, {**CODE, "Layers": ["arn:aws:lambda:us-east-1:111122223333:layer:a:1"]})), pseudo=Pseudo(region="eu-west-1")),
    good_stack("settings-refused", None, stack(X=(FUNCTION, {**CODE, "Layers": ["arn:aws:lambda:us-east-1:111122223333:layer:a:1"]}))),
    bad("settings-refused", "danger", BUCKET, None, {"AccessControl": "PublicRead"}),
    bad("settings-refused", "danger", BUCKET, {}, {"AccessControl": "PublicRead", "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}),
    good("settings-refused", BUCKET, None, {"AccessControl": "PublicRead", "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}),
    good("settings-refused", BUCKET, None, {"AccessControl": "Private"}),
    good("settings-refused", BUCKET, {}, {"AccessControl": "PublicRead"}),
    bad_stack("settings-refused", "danger", None, public()),
    bad_stack("settings-refused", "danger", None, public(PublicAccessBlockConfiguration={"BlockPublicPolicy": True})),
    good_stack("settings-refused", None, public(PublicAccessBlockConfiguration={"BlockPublicPolicy": False})),
    good_stack("settings-refused", stack(A=(BUCKET, {})), public()),
    bad_stack("settings-refused", "danger", None, reads("sqs:SendMessage")),
    bad_stack("settings-refused", "danger", None, reads("sqs:*", source="AWS::Kinesis::Stream")),
    good_stack("settings-refused", None, reads("sqs:Receive*")),
    good_stack("settings-refused", None, reads("*")),
    good_stack("settings-refused", None, reads("sqs:SendMessage", managed=["arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"])),
    good_stack("settings-refused", None, reads("a:b", P=(POLICY, {"Roles": [{"Ref": "R"}], **given(may(Action="sqs:ReceiveMessage"))}))),
    bad_stack("settings-refused", "danger", None, deployed()),
    good_stack("settings-refused", None, deployed("N")),
    good_stack("settings-refused", None, deployed("M")),
    good_stack("settings-refused", None, deployed(Body={"paths": {}})),
    bad("settings-refused", "danger", CDN, None, serving("o", Aliases=["a.org"])),
    good("settings-refused", CDN, None, serving("o", Aliases=["a.org"], ViewerCertificate={"AcmCertificateArn": {"Ref": "C"}})),
    bad("settings-refused", "danger", "AWS::CloudWatch::Alarm", None, {"Period": 300, "EvaluationPeriods": 289}),
    good("settings-refused", "AWS::CloudWatch::Alarm", None, {"Period": 3600, "EvaluationPeriods": 48}),
    bad("settings-refused", "danger", RECORD, None, {"Name": "a", "Type": "A", "TTL": "300", "AliasTarget": {}}),
    bad("settings-refused", "danger", RECORD, None, {"Name": "a", "Type": "A", "ResourceRecords": ["1.2.3.4"]}),
    good("settings-refused", RECORD, None, {"Name": "a", "Type": "A", "TTL": "300", "ResourceRecords": ["1.2.3.4"]}),
    good("settings-refused", RECORD, None, {"Name": "a", "Type": "A", "AliasTarget": {}}),
    bad("settings-refused", "danger", RULE, None, {"Name": "a"}),
    good("settings-refused", RULE, None, {"EventPattern": {"source": ["a"]}}),
    bad("settings-refused", "danger", POLICY, None, {"PolicyName": "p"}),
    bad_stack("settings-refused", "danger", None, routed("/orders")),
    good_stack("settings-refused", None, routed("GET /orders")),
    good_stack("settings-refused", None, routed("$connect", "WEBSOCKET")),
    bad("settings-refused", "danger", CDN, None, serving("p")),
    good("settings-refused", CDN, None, serving("o")),
    bad("settings-refused", "danger", CDN, None, certified("eu-west-1")),
    good("settings-refused", CDN, None, certified("us-east-1")),
    bad("settings-refused", "danger", "AWS::CloudWatch::Alarm", None, {"Period": 45}),
    good("settings-refused", "AWS::CloudWatch::Alarm", None, {"Period": 120}),
    good_stack("settings-refused", None, {**stack(X=(RULE, {"Name": "a"})), "Transform": "Mine"}),
]  # fmt: skip
